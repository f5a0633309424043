# Beams, n-best lists, scores, bounds, ensembles, given translations.
. "$TOP/tests/cli/models.inc"
tiny_model a
tiny_model b -s train.seed=2 -s model.cell=lstm -s model.state=10 -s model.order=text
make_bitext 30 3 test
nmt-encode -m a.nmt -o a.ann test.en || exit 1

nmt-decode -m a.nmt -b 6 --length-penalty 1 --score a.ann >best
nmt-decode -m a.nmt -b 6 -n 6 --length-penalty 1 a.ann >list || exit 1
awk -F ' [|][|][|] ' 'BEGIN { id = "none" }
    { n = split($3, f, " ")
    if (NF != 4 || n != 4 || f[1] != "logprob=" || f[3] != "tokens=") { print "form: " $0; exit }
    if (($4 - f[2] / f[4]) ^ 2 > 1e-7) { print "score: " $0; exit }
    if ($1 == id && $4 > last) { print "order: " $0; exit }
    if ($1 != id) print $4 "\t" $2 >"first"
    id = $1; last = $4 }' list
cmp first best || echo 'the first of the list is not the best'
[ "$(cut -d' ' -f1 list | sort -nu | tail -n 1)" = 29 ] || echo 'records are numbered from 0'
nmt-decode -m a.nmt -b 1 --score a.ann | cut -f 2 >scored
nmt-decode -m a.nmt -b 1 a.ann | cmp - scored || echo 'greedy, translations depend on --score'
nmt-decode -m a.nmt -n 20 a.ann >list || echo 'more translations than the beam has by default'
fails 2 'gives no 6' nmt-decode -m a.nmt -b 5 -n 6 a.ann
fails 2 'beam' nmt-decode -m a.nmt -b 0 a.ann
fails 2 'ratio' nmt-decode -m a.nmt --min-ratio 2 --max-ratio 1.5 a.ann
fails 2 'ratio' nmt-decode -m a.nmt --min-ratio 4 a.ann
fails 2 'max-length' nmt-decode -m a.nmt --max-length 0 a.ann
fails 2 'length-penalty' nmt-decode -m a.nmt --length-penalty -1 a.ann
nmt-decode -m a.nmt --min-ratio 4 --max-ratio 0 --ids a.ann | awk 'NF < 23 { print "too short: " $0 }'

# Of the same hypotheses, the penalty for coverage only lowers scores.
nmt-decode -m a.nmt -b 6 -n 6 --coverage-penalty 0 a.ann | cut -d' ' -f 2- | sort >free
nmt-decode -m a.nmt -b 6 -n 6 --coverage-penalty 0.5 a.ann | cut -d' ' -f 2- | sort >paid
[ "$(wc -l <free)" = "$(wc -l <paid)" ] || echo 'the penalty for coverage changes what is found'
paste -d '|' free paid | awk -F '[|]+' '$2 != $5 || $3 != $6 { print "other hypotheses"; exit }
    $7 > $4 + 0.0001 { print "the penalty raises a score: " $0; exit } $7 < $4 { n++ }
    END { if (!n) print "the penalty does nothing" }'
fails 2 'coverage-penalty' nmt-decode -m a.nmt --coverage-penalty -1 a.ann

# Bounds on the length.
nmt-decode -m a.nmt --max-length 3 --ids a.ann | awk 'NF > 3 { print "too long" }'
nmt-decode -m a.nmt --min-ratio 2 --max-ratio 2 --ids a.ann | awk 'NF < 11 { print "too short: " $0 }'

# What is found has the score that is found for it when it is given.
for beam in 1 5; do
    nmt-decode -m a.nmt -b $beam --score a.ann >found
    cut -f1 found >scores
    cut -f2 found >target
    nmt-decode -m a.nmt --force target a.ann | diff scores - || echo "beam $beam: other scores"
    nmt-decode -m a.nmt -b $beam --ids a.ann >ids
    nmt-decode -m a.nmt --force ids --ids a.ann | diff scores - || echo 'ids: other scores'
done
nmt-decode -m a.nmt --force test.fr -A given.al a.ann >out || exit 1
every_line out 30
nmt-align given.al >links
nmt-align -m a.nmt test.en test.fr | cmp - links || echo 'nmt-align -m sees another alignment'
head -n 29 test.fr >short
# What the lines say one by one is what --summary adds up.
nmt-decode -m a.nmt --force test.fr --length-penalty 0 --word-scores a.ann >each || exit 1
nmt-decode -m a.nmt --force test.fr --summary a.ann >sum || exit 1
awk 'NR == FNR { lines++; logprob += $1; tokens += NF - 3; next }
    { split("perplexity= logprob= tokens= lines=", name)
      want[1] = exp(-logprob / tokens); want[2] = logprob; want[3] = tokens; want[4] = lines
      for (i = 1; i <= 4; i++)
          if ($(2 * i - 1) != name[i] || ($(2 * i) - want[i])^2 > 0.003^2)
              print "--summary: " $0 ", not " name[i] " " want[i] }
    END { if (FNR != 1) print "--summary: not one line" }' each sum
nmt-decode -m a.nmt --force test.fr --summary --records 31- a.ann | grep -qx 'perplexity= -\{0,1\}nan logprob= 0.0000 tokens= 0 lines= 0' ||
    echo '--summary of nothing'
fails 2 'summary needs' nmt-decode -m a.nmt --summary a.ann
fails 2 'nothing of each' nmt-decode -m a.nmt --summary --force test.fr --word-scores a.ann
for useless in '-b 5' '-n 2' '--min-ratio 1' '--max-ratio 1' '--max-length 9' --forbid-unk --replace-unk '--terms f' '--prefix f'; do
    # shellcheck disable=SC2086
    fails 2 'exclude' nmt-decode -m a.nmt --force test.fr $useless a.ann
done
fails 1 'short has 29 lines' nmt-decode -m a.nmt --force short a.ann
cat test.fr test.fr >longer
fails 1 'longer has 60 lines for 30 records' nmt-decode -m a.nmt --force longer a.ann
{ head -n 29 test.fr; printf '\377\n'; } >bad
fails 1 'record 30: bad:30: invalid UTF-8' nmt-decode -m a.nmt --force bad a.ann
every_line fails.out 30

# An ensemble: order does not matter, one of its models alone can use the stream.
nmt-encode -m a.nmt -m b.nmt -o ab.ann test.en || exit 1
nmt-decode -m a.nmt -m b.nmt ab.ann >ab || exit 1
nmt-decode -m b.nmt -m a.nmt ab.ann | cmp - ab || echo 'the order of the models matters'
nmt-decode -m a.nmt -m b.nmt --geometric -A al -n 3 ab.ann >out || exit 1
nmt-decode -m a.nmt --score -b 6 --length-penalty 1 ab.ann | cmp - best || echo 'a model of an ensemble alone'
nmt-decode -m a.nmt -m a.nmt -b 6 --length-penalty 1 a.ann >out
cut -f2 best | cmp - out || echo 'twins differ from one of them'
fails 1 'made by' nmt-decode -m a.nmt -m b.nmt a.ann
nmt-decode -m a.nmt -m b.nmt --score ab.ann >ab.score
nmt-decode -m a.nmt -m b.nmt --weights 3,3 --score ab.ann | cmp - ab.score || echo 'equal weights'
nmt-decode -m a.nmt -m b.nmt --weights 1,0 -b 6 --length-penalty 1 ab.ann >out
cut -f2 best | cmp - out || echo 'the other model has no weight'
for mean in '' --geometric; do
    # shellcheck disable=SC2086
    nmt-decode -m a.nmt -m b.nmt $mean --weights 3,1 --score ab.ann >ab3
    # shellcheck disable=SC2086
    nmt-decode -m b.nmt -m a.nmt $mean --weights 0.25,0.75 --score ab.ann | cmp - ab3 ||
        echo 'weights do not follow their models'
    cut -f1 ab3 | cmp -s - scores && echo 'weights do nothing'
done
fails 2 'has 1 weights for 2 models' nmt-decode -m a.nmt -m b.nmt --weights 1 ab.ann
fails 2 'has 3 weights' nmt-decode -m a.nmt -m b.nmt --weights 1,2,3 ab.ann
for weights in '' , 1, ,1 a,1 -1,2 0,0 nan,1 inf,1 1e9,1; do
    fails 2 'weights' nmt-decode -m a.nmt -m b.nmt --weights "$weights" ab.ann
done
tiny_model c -s vocabulary.size=10 -s train.updates=2
nmt-encode -m a.nmt -m c.nmt -o ac.ann test.en
fails 1 'different target vocabularies' nmt-decode -m a.nmt -m c.nmt ac.ann
fails 2 'same file' nmt-decode -m a.nmt -o same -A same a.ann
fails 2 'same file' nmt-decode -m a.nmt -A - a.ann
nmt-decode -m a.nmt -A al a.ann >out || exit 1
fails 1 "there are only $(wc -l <test.en)" nmt-align --record 999 al
exit 0
