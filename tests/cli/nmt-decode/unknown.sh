# Unknown words, and alignments between words.
. "$TOP/tests/cli/models.inc"
tiny_model m -s vocabulary.size=12
make_bitext 30 3 test
nmt-encode -m m.nmt -o in.ann test.en || exit 1
nmt-decode -m m.nmt -A al in.ann >plain || exit 1
grep -q '<unk>' plain || { echo 'the test needs unknown words in the output'; exit 1; }
nmt-decode -m m.nmt --replace-unk -A replaced.al in.ann >replaced
grep '<unk>' replaced
# Each <unk> became the source word that nmt-align gives for it.
nmt-align -t 0 al >links
paste -d '\t' plain replaced test.en links | awk -F '\t' '{
    n = split($1, a, " "); m = split($2, b, " "); split($3, s, " "); k = split($4, l, " ")
    if (n != m) { print "words: " $0; exit }
    for (i = 1; i <= k; i++) { split(l[i], ij, "-"); to[ij[2] + 1] = ij[1] + 1 }
    for (i = 1; i <= n; i++)
        if (a[i] == "<unk>" ? b[i] != s[to[i]] : b[i] != a[i]) { print "replaced: " $0; exit } }'
nmt-align -f json replaced.al | jq -r '.target | join(" ")' | cmp - replaced
nmt-align -f json al | jq -e '(.weight | all(add <= 1.001)) and (.source | length) > 0' >/dev/null ||
    echo 'weights of a target word are more than 1'
nmt-decode -m m.nmt --forbid-unk in.ann | grep '<unk>'

# Pieces: links are between words all the same.
tiny_model p -s vocabulary.type=char -s train.max-length=200 -s train.epochs=2
nmt-encode -m p.nmt test.en | nmt-decode -m p.nmt -A al >out || exit 1
nmt-align -f json al | jq -r '.target | join(" ")' >words
tr -s ' ' <out | sed 's/^ //; s/ $//' | cmp - words
nmt-align -f json al | jq -e '.source | length == 5' >/dev/null || echo 'five source words'
exit 0
