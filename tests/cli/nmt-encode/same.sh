# The records of a line do not depend on batches, threads or the speed of the input, to the last bit.
. "$TOP/tests/cli/models.inc"
tiny_model m
make_bitext 60 3 test
{ cat test.en; echo; echo 'the dog'; awk 'BEGIN { for (i = 0; i < 40; i++) printf "cat "; print "" }'; } >in
nmt-encode -m m.nmt -o want.ann in || exit 1
for options in '--batch 1 -j 1' '--batch 7 -j 2' '--batch 64 -j 1' '--batch 1000 -j 3 --max-length 400'; do
    # shellcheck disable=SC2086
    nmt-encode -m m.nmt $options in | cmp - want.ann || echo "$options changes something"
done
while IFS= read -r line; do
    printf '%s' "$line"
    sleep 0.01
    echo
done <in | nmt-encode -m m.nmt --max-wait 1 | cmp - want.ann || echo 'slow input changes something'

# The same for ids of the same text.
nmt-encode -m m.nmt -f jsonl in | jq -r '.models[0].ids | map(select(. != 2)) | join(" ")' >ids
nmt-encode -m m.nmt -f jsonl in | jq -c '.models' >want
nmt-encode -m m.nmt --ids -f jsonl ids | jq -c '.models' >out
cmp out want
fails 1 'in:1: .* is not an id' nmt-encode -m m.nmt --ids --invalid fail in
printf '5 6\n2\n99999999999\n-1\n 7  8 \n' >ids
nmt-encode -m m.nmt --ids ids 2>err | nmt-decode -m m.nmt 2>/dev/null >out
every_line out 5
[ "$(wc -l <err)" -eq 3 ] || cat err
exit 0
