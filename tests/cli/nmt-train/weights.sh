# Sentence weights: equal ones change nothing but what is said, unequal ones do; the same bytes on
# any number of threads; bad files are named with their line before training starts.
. "$TOP/tests/cli/models.inc"
make_bitext 300 1 train
awk '{ print 2 }' train.en >two
awk '{ print NR % 3 ? 1 : "0.25" }' train.en >some
set -- $TINY -s train.epochs=2
losses() { # LOG
    grep '"event":"update"' "$1" | sed 's/"weighted":true,//; s/"\(seconds\|epoch_left\|left\)":[^,]*,//g'
}
nmt-train -q "$@" --log none.log -o none.nmt train.en train.fr || exit 1
nmt-train -q "$@" --log two.log -s data.weights=two -o two.nmt train.en train.fr || exit 1
losses none.log >none.losses
losses two.log | cmp - none.losses || { echo "equal weights change the training"; exit 1; }
grep -q '"weighted":true' two.log || exit 1
for threads in 1 2 7; do
    nmt-train -q "$@" --log some.log -s data.weights=some -j $threads -o some$threads.nmt \
        train.en train.fr || exit 1
done
cmp some1.nmt some2.nmt && cmp some1.nmt some7.nmt || exit 1
losses some.log | cmp -s - none.losses && { echo "weights change nothing"; exit 1; }
nmt-train --describe two.nmt | grep -q '^training.weights = ' || exit 1
fails 1 'has changed since (the weights)' \
    nmt-train -q "$@" -s data.weights=some -o two.nmt train.en train.fr

for value in 0 -1 x '' nan inf 1e9 '1 2' 0x10; do
    awk -v v="$value" 'NR == 8 { print v; next } { print 1 }' train.en >bad
    fails 1 "bad:8: '$value' is not a weight" \
        nmt-train -q $TINY -s data.weights=bad -o bad.nmt train.en train.fr
done
sed 1d two >bad
fails 1 'bad has 299 lines, but the bitext has 300' \
    nmt-train -q $TINY -s data.weights=bad -o bad.nmt train.en train.fr
[ ! -e bad.nmt ]
