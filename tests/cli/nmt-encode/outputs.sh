# JSON lines, NumPy arrays, full disks, readers that go away, old files.
. "$TOP/tests/cli/models.inc"
tiny_model m
tiny_model none -s model.attention=none -s train.updates=2

printf 'the dog\n\n\377\n' >in
nmt-encode -m m.nmt -m none.nmt -f jsonl in >out 2>/dev/null
[ "$(jq -c '[.record, (.models | length)]' out)" = "$(printf '[1,2]\n[2,2]\n[3,0]')" ] || cat out
jq -es '.[0] | .text == "the dog" and .words == ["the", "dog"] and
       (.models[0].annotations | length == 3 and all(length == 24)) and
       (.models[1].annotations | length == 1 and all(length == 12)) and
       .models[0].word == [0, 1, null]' out >/dev/null || echo 'record 1 is not what it should be'
jq -es '.[2] | .failed | test("UTF-8")' out >/dev/null || cat out

# A .npy file: 128 bytes of header, then rows x width numbers of 4 bytes.
echo 'the dog' | nmt-encode -m m.nmt -f npy >out
[ "$(wc -c <out)" -eq $((128 + 3 * 24 * 4)) ] || wc -c out
head -c 6 out | tail -c 5 | grep -q NUMPY || echo 'no NumPy magic'
head -c 128 out | grep -aq "'shape': (3, 24)" || echo 'no shape'

nmt-encode -m m.nmt in >/dev/full 2>err
[ $? -eq 1 ] || echo 'a full disk is no success'
grep -q 'No space left' err || cat err
yes 'the dog sees a cat' | head -n 2000 | nmt-encode -m m.nmt 2>err | head -c 1 >/dev/null
[ ! -s err ] || cat err
echo old >file
nmt-encode -m m.nmt --invalid fail -o file in 2>/dev/null && echo 'must fail'
[ "$(cat file)" = old ] || echo 'a failure must leave the old file'
nmt-encode -m m.nmt -o file train.en || exit 1
nmt-decode -m m.nmt -b 1 file >out
every_line out 300

fails 2 'model is required' nmt-encode in
fails 1 'none.such' nmt-encode -m none.such in
fails 1 'none.such' nmt-encode -m m.nmt none.such
nmt-encode -m m.nmt <&- >out 2>err
[ $? -eq 1 ] || echo 'closed stdin is a failure'
exit 0
