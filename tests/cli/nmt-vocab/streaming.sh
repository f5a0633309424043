# A line in, a line out at once when the input pauses; a reader that goes away; a full disk.
printf 'a b c\n' | nmt-vocab -t word >v
mkfifo in out
nmt-vocab -e v <in >out &
exec 3>in 4<out
for line in a 'b c' ''; do
    echo "$line" >&3
    read -r ids <&4
    echo "$line: $ids"
done
exec 3>&-
wait $!
echo "status $?"
yes 'a b c' | head -n 100000 >many
{ nmt-vocab -e v many; echo "status $?" >&2; } 2>err | head -n 1
grep -v 'status 141' err
nmt-vocab -e v many >/dev/full
echo "status $?"
nmt-vocab -e v <&-
echo "status $?"
nmt-vocab -e v nowhere
echo "status $?"
