# Full disk, a reader that goes away, closed stdin.
printf 'one two three four\n' >ref
nmt-bleu ref <ref >/dev/full
echo "full: $?"
seq 1 100000 >many
nmt-bleu --sentence -f text many <many | head -n 1 | sed "s,nmt-bleu-[0-9.]*,nmt-bleu-X,"
nmt-bleu ref <&-
echo "closed: $?"
