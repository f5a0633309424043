# The demo's bitext: the same from every awk, its parts disjoint, its links within the sentences.
cp "$TOP"/examples/demo/*.awk "$TOP/examples/demo/lexicon" .
grammar='-f words.awk -f nouns.awk -f sentences.awk -v train=600 -v valid=40 -v test=80'
size='720 pairs'

mkdir one two other
awk $grammar -v out=one/ lexicon | grep -q "^$size" || echo "not $size"
awk $grammar -v seed=2 -v out=other/ lexicon > /dev/null
cmp -s one/train.en other/train.en && echo 'another seed, the same text'
for awk in mawk gawk 'gawk --posix' 'busybox awk' original-awk; do
    command -v "${awk%% *}" > /dev/null || continue
    rm -f two/*
    $awk $grammar -v out=two/ lexicon > /dev/null
    diff -r one two > /dev/null || echo "$awk writes another bitext"
done

[ "$(cat one/*.en | wc -l)" -eq 720 ] || echo 'lines are missing'
[ -z "$(cat one/*.en | sort | uniq -d)" ] || echo 'a sentence occurs twice'
# What an English sentence means in French is one thing, in all seeds.
cat one/*.en other/*.en > en
cat one/*.fr other/*.fr > fr
[ -z "$(paste en fr | sort -u | cut -f 1 | uniq -d)" ] || echo 'two translations of one sentence'

# Every link lies within its sentences, and every word has one.
for part in train valid test; do
    paste one/$part.en one/$part.fr one/$part.gold
done | awk -F '\t' '{
    n = split($1, unused, " "); m = split($2, unused, " "); k = split($3, link, " ")
    split("", e); split("", f)
    for (i = 1; i <= k; i++) {
        if (link[i] !~ /^[0-9]+[-p][0-9]+$/) print "no link: " link[i]
        split(link[i], at, /[-p]/)
        if (at[1] >= n || at[2] >= m) print "out of the sentence: " $0
        e[at[1]]; f[at[2]]
    }
    for (i = 0; i < n; i++) if (!(i in e)) print "English word " i " has no link: " $0
    for (i = 0; i < m; i++) if (!(i in f)) print "French word " i " has no link: " $0
}'
exit 0
