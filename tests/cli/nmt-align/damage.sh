# A stream that is cut anywhere, or altered anywhere, is refused; what came before may be written.
printf 'ein Haus\nja\n' >src
printf 'a house\nyes\n' >tgt
printf '0-0 1-1:0.5\n0-0\n' >links
nmt-align -f stream -L links src tgt >stream
size=$(wc -c <stream)
nmt-align stream >whole
i=0
while [ $i -lt "$size" ]; do
    head -c $i stream | nmt-align >out 2>err && echo "cut at $i: status 0"
    [ -s err ] || echo "cut at $i: no message"
    head -c "$(wc -c <out)" whole | cmp -s - out || echo "cut at $i: other output"
    i=$((i + 1))
done
i=0
while [ $i -lt "$size" ]; do
    { head -c $i stream; printf '\245'; tail -c +$((i + 2)) stream; } >bad
    cmp -s bad stream || ! nmt-align bad >/dev/null 2>&1 || echo "altered at $i: status 0"
    i=$((i + 3))
done
cp whole kept
head -c $((size - 1)) stream | nmt-align -o kept 2>/dev/null && echo 'status 0'
cmp whole kept
nmt-align -f json src 2>err && echo 'text taken for a stream'
[ -s err ] || echo 'no message'
