# One record for every line, whatever it holds, and one line for every record.
. "$TOP/tests/cli/models.inc"
tiny_model m

printf 'the dog\n\n   \na \377 b\nthe\rdog\nthe dog\r\nnul\000byte\n\342\200\250 x\302\205y\nlast' >in
nmt-encode -m m.nmt -o out.ann in 2>err
[ $? -eq 1 ] || { echo 'bad lines must give status 1'; exit 1; }
for place in in:4 in:5 in:6 in:7; do
    grep -q "^nmt-encode: $place: " err || { echo "$place is not named"; cat err; }
done
[ "$(wc -l <err)" -eq 4 ] || { echo 'four lines are bad:'; cat err; }
nmt-decode -m m.nmt out.ann >out 2>err
[ $? -eq 1 ] || echo 'failed records must give status 1'
every_line out 9
for n in 2 3 4 5 6 7; do
    [ -z "$(sed -n ${n}p out)" ] || echo "line $n is not empty"
done
for n in 1 8 9; do
    [ -n "$(sed -n ${n}p out)" ] || echo "line $n is empty"
done

# What cannot be seen is no sentence: tab, U+00A0, U+2028, U+3000, U+FEFF, a control; what can be is.
printf '\t \t\n\302\240\n\342\200\250\n\343\200\200 \n\357\273\277\n\001\nthe dog\n\302\240.\n' >blank
nmt-encode -m m.nmt -f jsonl blank | jq -c '.models[0].ids | length' | tr '\n' ' ' >out
[ "$(cat out)" = '0 0 0 0 0 0 3 3 ' ] || cat out
nmt-encode -m m.nmt blank | nmt-decode -m m.nmt --align-text -A al >out
every_line out 8
[ "$(grep -vc '^ ||| $' out)" -eq 2 ] || cat out
printf '0 1\n' | nmt-encode -m m.nmt --ids -f jsonl 2>/dev/null | jq -e '.models or .failed' >/dev/null || echo ids

# Nothing in, nothing out.
nmt-encode -m m.nmt </dev/null >empty.ann || echo 'empty input is no failure'
nmt-decode -m m.nmt empty.ann >out || echo 'an empty stream is no failure'
[ ! -s out ] || echo 'an empty stream has no translations'

# More than ten failures are counted.
yes "$(printf 'a\377')" | head -n 25 | nmt-encode -m m.nmt 2>err >25.ann
[ "$(wc -l <err)" -eq 11 ] || { echo 'ten messages and a count are expected'; cat err; }
grep -q ': 15 more lines failed' err || cat err
nmt-decode -m m.nmt 25.ann 2>err >out
every_line out 25
[ "$(cat err)" = 'nmt-decode: 25 lines had failed before, the first: record 1, line 1: invalid UTF-8 at byte 2' ] || cat err

# A long line is one record too.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "the dog sees "; print "" }' >long
{ echo 'the dog'; cat long; echo 'the dog'; } | nmt-encode -q -m m.nmt >long.ann || echo 'a long line'
nmt-decode -q -m m.nmt -b 1 long.ann >out || echo 'a long line has no translation'
every_line out 3
[ "$(sed -n 1p out)" = "$(sed -n 3p out)" ] || echo 'a long line shifts or changes the others'

# Several files are one input.
printf 'the dog\n' >a
printf 'a cat' >b
nmt-encode -m m.nmt a b - <a | nmt-decode -m m.nmt >out
every_line out 3
exit 0
