# Translations that are drawn: the same for the same seed, whatever stands beside a line.
. "$TOP/tests/cli/models.inc"
tiny_model a -s train.epochs=10
make_bitext 40 3 test
nmt-encode -m a.nmt -o a.ann test.en || exit 1
draw() { nmt-decode -m a.nmt --sample "$@"; }
draw -n 5 a.ann >five || exit 1
[ "$(cut -d ' ' -f 1 five | uniq -c | awk '$1 != 5' | wc -l)" = 0 ] || echo 'not five of each'
for how in '--batch 1' '--batch 7 -j 2' '-j 2'; do
    # shellcheck disable=SC2086
    draw -n 5 $how a.ann | cmp - five || echo "$how: differs"
done
draw -n 5 --seed 1 a.ann | cmp - five || echo 'the seed is not 1 by default'
draw -n 5 --seed 2 a.ann | cmp -s - five && echo 'another seed draws the same'
draw a.ann >one || exit 1
every_line one 40
awk -F ' [|][|][|] ' '$1 != id { print $2 } { id = $1 }' id=none five | cmp - one || echo 'the first is not the one'
cat test.en test.en >twice.en
nmt-encode -m a.nmt -o twice.ann twice.en
draw twice.ann >twice
head -n 40 twice | cmp - one || echo 'lines behind change those before'
tail -n 40 twice | cmp -s - one && echo 'the same line draws the same in another place'
cat a.ann a.ann | draw | cmp - twice || echo 'streams behind each other are not one'
draw a.ann a.ann | cmp - twice || echo 'files behind each other are not one'

# The score is the log-probability, whatever it was drawn by. To draw takes the sum over all words at
# once and to score in blocks: rounding may change the last of the four decimals that are printed.
draw --temperature 2 --top-k 5 --score a.ann >hot
cut -f 2 hot >text
draw --temperature 2 --top-k 5 --ids a.ann >ids
cut -f 1 hot >scores
nmt-decode -m a.nmt --force ids --ids --length-penalty 0 a.ann | paste scores - |
    awk 'NF != 2 || ($1 - $2) ^ 2 > 0.00011 ^ 2 { print "other scores: " $0 }' >other
[ "$(wc -l <scores)" = 40 ] || echo 'scores are missing'
cat other
# One word to draw from is greedy search.
nmt-decode -m a.nmt -b 1 a.ann >greedy
draw --top-k 1 a.ann | cmp - greedy || echo 'top-k 1'
draw --forbid-unk --temperature 5 a.ann | grep '<unk>'
draw --temperature 1000 --max-length 3 --ids a.ann | awk 'NF > 3 { print "too long: " $0 }'
cut -d ' ' -f 1 greedy >begin
draw --temperature 3 --prefix begin a.ann | paste -d '|' begin - |
    awk -F '|' 'index($2, $1) != 1 { print "prefix: " $0 }'

fails 2 'no meaning with' draw -b 3 a.ann
fails 2 'no meaning with' draw --length-penalty 1 a.ann
fails 2 'no meaning with' draw --coverage-penalty 1 a.ann
fails 2 'needs' nmt-decode -m a.nmt --seed 3 a.ann
fails 2 'needs' nmt-decode -m a.nmt --top-k 3 a.ann
fails 2 'temperature' draw --temperature 0 a.ann
fails 2 'top-k' draw --top-k -1 a.ann
fails 2 'exclude' draw --force text a.ann
exit 0
