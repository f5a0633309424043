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

# A dictionary: what is not in it is copied; a word may become several. Checked by the links of each
# translation of a list, with and without, one word after the other.
printf 'bird\tVogel\ncat\tliebe Katze\nbird\tzweiter Vogel\nthe\tdas\n' >dict
nmt-decode -m m.nmt -n 4 -A al in.ann >plain || exit 1
nmt-decode -m m.nmt -n 4 -A replaced.al --replace-unk-dictionary dict in.ann >replaced || exit 1
nmt-align -t 0 al >links
slow() { # what the list should become: plain, its links, the sources
    awk -F '\t' -v use="$1" '
        FILENAME == "dict" { if (use && !($1 in to)) to[$1] = $2; next }
        FILENAME == "test.en" { source[FNR - 1] = $0; next }
        FILENAME == "links" { link[FNR] = $0; next }
        { split($0, field, / [|][|][|] /); n = split(field[2], word, " "); split(source[field[1]], s, " "); split("", at)
          m = split(link[FNR], l, " "); for (i = 1; i <= m; i++) { split(l[i], ij, "-"); at[ij[2] + 1] = ij[1] + 1 }
          line = ""
          for (i = 1; i <= n; i++) {
              w = word[i]; if (w == "<unk>" && i in at) { w = s[at[i]]; if (w in to) w = to[w] }
              line = line (i > 1 ? " " : "") w }
          print line }' dict test.en links plain
}
slow 1 >want
awk -F ' [|][|][|] ' '{ print $2 }' replaced | cmp - want || echo 'the dictionary replaces otherwise'
grep -q 'liebe Katze' want && grep -q 'Vogel' want || echo 'the test needs words of the dictionary'
grep -q 'zweiter' replaced && echo 'the first line of a source counts'
nmt-align -f json replaced.al | jq -r '.target | join(" ")' | cmp - want || echo 'the alignment has other words'
nmt-align -f json replaced.al | jq -es 'all(.[]; (.target | length) == (.weight | length))' >/dev/null || echo rows
nmt-decode -m m.nmt -n 4 --replace-unk=copy in.ann | awk -F ' [|][|][|] ' '{ print $2 }' >replaced
slow 0 | cmp - replaced || echo 'copying replaces otherwise'
nmt-decode -m m.nmt --replace-unk copy in.ann >want
nmt-decode -m m.nmt --replace-unk in.ann | cmp - want || echo 'copy is the default'

wrong() { # LINE PATTERN: a dictionary of a good line and this one
    printf "a\\tb\\n$1\\n" >bad.dict
    fails 1 "bad.dict:2: .*$2" nmt-decode -m m.nmt --replace-unk-dictionary bad.dict in.ann
}
wrong 'dog' 'no tab'
wrong '' 'no tab'
wrong '\tHund' 'no word'
wrong 'dog\t' 'no translation'
wrong 'dog\tHund\t0.5' 'more than one tab'
wrong 'the dog\tHund' 'more than one word'
wrong 'dog\tHund ' 'space too many'
wrong 'dog\t ' 'space too many'
wrong 'dog\ta  b' 'space too many'
wrong 'dog\tHund\r' 'carriage return'
wrong 'dog\t\377' 'UTF-8'
fails 1 'no.such' nmt-decode -m m.nmt --replace-unk-dictionary no.such in.ann
fails 2 'none of' nmt-decode -m m.nmt --replace-unk=other in.ann
fails 2 'no words' nmt-decode -m m.nmt --replace-unk --ids in.ann
: >dict
nmt-decode -m m.nmt --replace-unk-dictionary dict in.ann | cmp - want || echo 'an empty dictionary copies'

nmt-decode -m m.nmt --forbid-unk in.ann | grep '<unk>'

# Pieces: links are between words all the same.
tiny_model p -s vocabulary.type=char -s train.max-length=200 -s train.epochs=2
nmt-encode -m p.nmt test.en | nmt-decode -m p.nmt -A al >out || exit 1
nmt-align -f json al | jq -r '.target | join(" ")' >words
tr -s ' ' <out | sed 's/^ //; s/ $//' | cmp - words
nmt-align -f json al | jq -e '.source | length == 5' >/dev/null || echo 'five source words'
exit 0
