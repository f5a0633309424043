# -o writes a file, whole or not at all; a place that cannot be written is told before the work.
printf 'one two three four\n' >ref
printf 'one two three five\n' >hyp
nmt-bleu ref <hyp >want
nmt-bleu -o got ref <hyp && cmp want got
echo old >kept
nmt-bleu --output kept ref missing <hyp
cat kept
nmt-bleu -o - ref <hyp | cmp - want
nmt-bleu -o /nowhere/out ref <hyp
echo "status $?"
nmt-bleu -o same --svg same --by-length ref ref <hyp
echo "status $?"
nmt-bleu --svg - --by-length ref ref <hyp
echo "status $?"
nmt-bleu -o report --svg picture --by-length ref ref <hyp
head -c 4 picture && echo
nmt-bleu -o /dev/full ref <hyp
echo "status $?"
ls
