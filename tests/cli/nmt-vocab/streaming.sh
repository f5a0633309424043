# A line in, a line out at once when the input pauses; a reader that goes away; a full disk.
printf 'a b c\n' | nmt-vocab -t word >v
# Pieces without merges: dropout has nothing to leave out.
{
    echo '#nmt-vocabulary 1 type=bpe normalize=nfkc lowercase=no byte-fallback=no size=7'
    printf '<unk>\t0\n<s>\t0\n</s>\t0\n\342\226\201\t-3\na\t-4\nb\t-5\nc\t-6\n'
} >b
printf '#version: 0.2\nb c</w>\n' >codes
mkfifo in out

# One line after the other; a program that keeps one back would hang here.
cat >talk <<'.'
"$@" <in >out &
exec 3>in 4<out
for line in "$first" "$second" '' "$first"; do
    echo "$line" >&3
    read -r answer <&4
    echo "$line: $answer"
done
# Many at once, the last of them without its end: all but that come back.
{ yes "$first" | head -n 3000; printf %s "$second"; } >&3 &
head -n 3000 <&4 | uniq
wait $!
exec 3>&-
cat <&4
wait
.
for j in 1 2; do
    first='a' second='b c'
    export first second
    timeout 30 sh talk nmt-vocab -j $j -e v || echo "-e -j $j: status $?"
    timeout 30 sh talk nmt-vocab -j $j -e b --dropout 0.5 || echo "--dropout -j $j: status $?"
    timeout 30 sh talk nmt-vocab -j $j --apply-codes codes || echo "--apply-codes -j $j: status $?"
    first='4' second='5 6'
    timeout 30 sh talk nmt-vocab -j $j -d v || echo "-d -j $j: status $?"
    first="$(printf '\342\226\201a')" second="<unk>"
    timeout 30 sh talk nmt-vocab -j $j -d v -P || echo "-d -P -j $j: status $?"
done
yes 'a b c' | head -n 100000 >many
{ nmt-vocab -e v many; echo "status $?" >&2; } 2>err | head -n 1
grep -v 'status 141' err
nmt-vocab -e v many >/dev/full
echo "status $?"
nmt-vocab -e v <&-
echo "status $?"
nmt-vocab -e v nowhere
echo "status $?"
nmt-vocab -e v -o ids many && nmt-vocab -d v -o text ids && cmp text many
nmt-vocab -t word -o v2 many && cmp v2 v >/dev/null || echo 'the vocabulary differs'
nmt-vocab --counts -o counts many && tail -n 1 counts
nmt-vocab -q --learn-codes 2 -o codes2 many && cat codes2
nmt-vocab --apply-codes codes2 -o pieces many && head -n 1 pieces
nmt-vocab -c many many -o report && tail -n 1 report
nmt-vocab --import v -t word -o v3 && cmp v3 v
for options in '-t word' '--counts' '-q --learn-codes 2' '-e v' '-d v' '--apply-codes codes' '-c many'; do
    nmt-vocab $options -o /dev/full many
    echo "status $?"
    nmt-vocab $options -o none/there many
    echo "status $?"
done 2>&1 | sort | uniq -c
# Several blocks, with lines that are no text: the same bytes from one thread and from two, out of a
# file, out of a pipe and line by line; what stands before a fault is written.
awk 'BEGIN { for (i = 1; i <= 60000; i++) print (i % 7000 ? "a b " i " c a b c a b c a b c" : "\377") }' >blocks
nmt-vocab -j 1 -e v --invalid skip blocks >once 2>why
sed -n 1p why
head -n 6999 once >before
for j in 1 2; do
    nmt-vocab -j $j -e v blocks 2>why2 | cmp - once && cmp why why2
    cat blocks | nmt-vocab -j $j -e v 2>/dev/null | cmp - once
    sed -u -n p <blocks | nmt-vocab -j $j -e v 2>/dev/null | cmp - once
    nmt-vocab -j $j -e v --invalid fail blocks 2>/dev/null | cmp - before
done
wc -l <once
ls
