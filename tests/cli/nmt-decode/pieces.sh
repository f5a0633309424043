# A stream in pieces, and many pipes at once, give what one pipe gives, byte for byte.
. "$TOP/tests/cli/models.inc"
tiny_model m
make_bitext 2000 3 test
printf '\n\nthe dog' >>test.en
nmt-encode -m m.nmt -o in.ann test.en || exit 1
nmt-decode -m m.nmt in.ann >want || exit 1
every_line want 2003
nmt-decode -m m.nmt -n 2 --word-scores -A want.al in.ann >want.list

# Pieces by number, with lists, alignments and files beside the stream.
for piece in 1-1 2-900 901-2002 2003-5000 6000-; do
    nmt-decode -m m.nmt --records $piece in.ann || echo "piece $piece"
done | cmp - want || echo 'pieces give another whole'
for piece in 1-700 701-1400 1401-; do
    nmt-decode -m m.nmt -n 2 --word-scores -A al --records $piece in.ann || echo "piece $piece"
    nmt-align -t 0 al >>links
done >list
cmp list want.list || echo 'lists of pieces'
nmt-align -t 0 want.al | cmp - links || echo 'alignments of pieces'
{ cat test.fr; printf '\n\nle chien\n'; } >target
nmt-decode -m m.nmt --force target in.ann >want.scores || exit 1
for piece in 1-1999 2000-2003; do nmt-decode -m m.nmt --force target --records $piece in.ann; done | cmp - want.scores
nmt-decode -m m.nmt --records 2001-2003 in.ann in.ann >out || exit 1
tail -n 3 want | cmp - out || echo 'the last of the first stream'
nmt-decode -m m.nmt --records 2003-2005 in.ann in.ann >out || exit 1
{ tail -n 1 want; head -n 2 want; } | cmp - out || echo 'a piece over two streams'
nmt-decode -m m.nmt --records 7 --log log in.ann >out
sed -n 7p want | cmp - out || echo 'one record'
jq -es '.[0].lines == 1' log >/dev/null || cat log
printf 'the dog\n\377\n' | nmt-encode -m m.nmt 2>/dev/null >bad.ann
nmt-decode -m m.nmt --records 1 bad.ann >out || echo 'what is not wanted does not fail'
fails 1 'record 2, line 2' nmt-decode -m m.nmt --records 2 bad.ann
head -c 5000 in.ann >cut
fails 1 'cut short' nmt-decode -m m.nmt --records 1- cut
fails 1 'cut short' nmt-decode -m m.nmt --records 1900-1901 cut
for wrong in 0-3 3-2 a-b 1,2 -3 1-2-3 99999999999999999999999-; do
    fails 2 'records' nmt-decode -m m.nmt "--records=$wrong" in.ann
done
for task in 2 0 1 3; do
    SLURM_ARRAY_TASK_ID=$task "$TOP/examples/parallel/piece" m.nmt in.ann 600 || echo "task $task"
done
cat in.ann.???? | cmp - want || echo 'examples/parallel/piece gives another whole'

command -v parallel >/dev/null || exit 0
BLOCK=3k "$TOP/examples/parallel/translate" m.nmt 2 <test.en >out 2>err || { echo 'parallel failed'; cat err; }
cmp out want || echo 'examples/parallel/translate gives another whole'
# A block with a line that fails: the status says so.
{ head -n 50 test.en; printf '\377\n'; tail -n 50 test.en; } >bad
BLOCK=3k "$TOP/examples/parallel/translate" m.nmt 2 <bad >out 2>err && echo 'parallel hides a failure'
every_line out 101
exit 0
