# Streams and models that are cut, changed, or of another kind.
. "$TOP/tests/cli/models.inc"
tiny_model m -s train.updates=20
tiny_model other -s train.updates=3
printf 'the dog\n\na cat sees my horse\n' >in
nmt-encode -m m.nmt -o in.ann in || exit 1
nmt-decode -m m.nmt in.ann >want || exit 1
size=$(wc -c <in.ann)
n=0
while [ $n -lt "$size" ]; do
    head -c $n in.ann >cut
    nmt-decode -m m.nmt cut >out 2>err
    [ $? -eq 1 ] || { echo "cut after $n of $size bytes: no failure"; exit 1; }
    [ -s err ] || echo "cut after $n bytes: no message"
    head -c "$(wc -c <out)" want | cmp -s - out || echo "cut after $n bytes: another beginning"
    n=$((n + 1 + n / 40))
done
grep -q 'record' err || cat err
flip() { # FILE BYTE: the file with one byte changed
    { head -c "$2" "$1"; head -c $(($2 + 1)) "$1" | tail -c 1 | tr '\000-\377' '\001-\377\000'; tail -c +$(($2 + 2)) "$1"; }
}
n=0
while [ $n -lt "$size" ]; do
    flip in.ann $n >bad
    nmt-decode -m m.nmt bad >out 2>err && echo "byte $n of $size changed: no failure"
    [ $? -le 1 ] && [ -s err ] || echo "byte $n changed: no message"
    n=$((n + 7 + n / 20))
done
fails 1 'made by' nmt-decode -m other.nmt in.ann
fails 1 'record' sh -c 'cat in.ann in.ann | head -c $(($(wc -c <in.ann) + 100)) | nmt-decode -m m.nmt'
every_line fails.out 3
fails 1 'not' nmt-decode -m m.nmt in
nmt-decode -m m.nmt -A al in.ann >/dev/null
fails 1 'annotation' nmt-decode -m m.nmt al
fails 1 '' nmt-decode -m m.nmt /dev/null

# Models.
size=$(wc -c <m.nmt)
for n in 0 10 100 5000 $((size - 1)); do
    head -c $n m.nmt >cut.nmt
    fails 1 'cut.nmt' nmt-decode -m cut.nmt in.ann
    fails 1 'cut.nmt' nmt-encode -m cut.nmt in
done
for n in 3 30 300 3000 $((size / 2)) $((size - 100)); do
    flip m.nmt $n >bad.nmt
    fails 1 'bad.nmt' nmt-decode -m bad.nmt in.ann
    fails 1 'bad.nmt' nmt-encode -m bad.nmt in
done
fails 1 'in' nmt-decode -m in in.ann
fails 1 'm.nmt.state' nmt-encode -m m.nmt.state in

# Output.
nmt-decode -m m.nmt in.ann >/dev/full 2>err
[ $? -eq 1 ] && grep -q 'No space left' err || echo 'a full disk'
nmt-decode -m m.nmt -A /dev/full in.ann >/dev/null 2>err
[ $? -eq 1 ] && grep -q 'No space left' err || echo 'a full disk for alignments'
yes 'the dog' | head -n 500 | nmt-encode -m m.nmt | nmt-decode -m m.nmt -b 1 2>err | head -n 1 >out
[ ! -s err ] || cat err
every_line out 1
echo old >file
nmt-decode -m m.nmt -o file cut 2>/dev/null
[ "$(cat file)" = old ] || echo 'a failure must leave the old file'
exit 0
