# What becomes of lines that are no text, or too long.
. "$TOP/tests/cli/models.inc"
tiny_model m

printf 'the dog\na \377\nthe cat\r\n' >bad
fails 1 'bad:2: invalid UTF-8 at byte 3' nmt-encode -m m.nmt --invalid fail bad
# The lines before it come out, however many are encoded together.
for batch in 1 64; do
    { yes 'the dog' | head -n 9; cat bad; } |
        nmt-encode -m m.nmt --invalid fail --batch $batch -f jsonl 2>err >out && echo 'must fail'
    [ "$(wc -l <out)" = 10 ] || echo "batch $batch: $(wc -l <out) lines came before the one that fails"
    grep -q '(stdin):11: invalid UTF-8' err || cat err
done
nmt-encode -m m.nmt --invalid replace -f jsonl bad >out || exit 1
[ "$(jq -r .text out)" = "$(printf 'the dog\na \357\277\275\nthe cat ')" ] || cat out
fails 2 'none of fail, replace, skip' nmt-encode -m m.nmt --invalid other bad

awk 'BEGIN { for (i = 0; i < 30; i++) printf "%sthe dog%s", i ? " " : "", i % 5 == 4 ? "." : ""
    print "" }' >long
nmt-encode -m m.nmt --max-length 25 -f jsonl long >out || exit 1
jq -e '.models[0].word | map(select(. != null)) | length == 60 and . == (sort)' out >/dev/null ||
    echo 'splitting loses or moves words'
jq -e '[.models[0].ids[] | select(. == 2)] | length >= 3' out >/dev/null || echo 'three parts'
# Parts end behind full stops where they can: words 10, 20, 30 ... end a sentence.
jq -e '.models[0] as $m | [range($m.ids | length) | select($m.ids[.] == 2) | $m.word[. - 1] + 1]
       | map(. % 10) | unique == [0]' out >/dev/null || { echo 'parts end at odd places'; jq -c .models[0].ids out; }
# Without a mark the parts are of even length: 60 words at most 25 at once are thrice 20.
tr -d . <long | nmt-encode -m m.nmt --max-length 25 -f jsonl >out || exit 1
jq -c '[.models[0].ids | to_entries[] | select(.value == 2) | .key]' out | grep -qx '\[20,41,62\]' ||
    { echo 'uneven parts'; jq -c .models[0].ids out; }
nmt-encode -m m.nmt --max-length 25 --overlong crop -f jsonl long >out || exit 1
jq -e '.models[0].ids | length == 26' out >/dev/null || echo 'cropping leaves another length'
jq -e '.words | length == 60' out >/dev/null || echo 'the line itself is not cropped'
fails 1 'long:1: 60 tokens, more than 25' nmt-encode -m m.nmt --max-length 25 --overlong fail long
fails 1 'long:1: 60 tokens, more than 25' nmt-encode -m m.nmt --max-length 25 --overlong skip long
nmt-encode -m m.nmt --max-length 25 --overlong skip long 2>/dev/null | nmt-decode -m m.nmt >out 2>/dev/null
every_line out 1

# A word that is longer than everything allowed.
nmt-vocab -t char -o chars train.en
tiny_model c -s vocabulary.type=char -s train.max-length=1000 -s train.updates=2
head -c 2000 /dev/zero | tr '\0' e >word
nmt-encode -m c.nmt --max-length 30 -f jsonl word >out || exit 1
jq -e '[.models[0].ids[] | select(. != 2)] | length >= 2000' out >/dev/null || echo 'letters are lost'
nmt-encode -m c.nmt --max-length 30 word | nmt-decode -m c.nmt -b 1 >out
every_line out 1
exit 0
