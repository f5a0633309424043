# Subword dropout: other weights than without it, the same on 1, 2 or 7 threads and after a kill in
# the middle of an epoch; only for vocabularies of type bpe.
. "$TOP/tests/cli/train.inc"
make_bitext 300 1 train
make_bitext 20 2 valid
set -- $TINY -s vocabulary.type=bpe -s vocabulary.size=60 -s train.epochs=2 -s train.save-every=3 \
    -s data.valid-source=valid.en -s data.valid-target=valid.fr
dropped="-s train.subword-dropout=0.2"
nmt-train -q "$@" -j 1 -o none.nmt train.en train.fr || exit 1
for threads in 1 2 7; do
    nmt-train -q "$@" $dropped -j $threads -o "$threads.nmt" train.en train.fr || exit 1
done
cmp 1.nmt 2.nmt && cmp 1.nmt 7.nmt || exit 1
! cmp -s none.nmt 1.nmt || { echo "it changes nothing"; exit 1; }
nmt-train -q "$@" $dropped -s train.subword-dropout-target=0 -o source.nmt train.en train.fr || exit 1
! cmp -s source.nmt 1.nmt || { echo "the sides are not told apart"; exit 1; }

for n in 1 2 3 4; do
    nmt-train -q "$@" $dropped -o killed.nmt train.en train.fr &
    pid=$!
    sleep "0.$n"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
nmt-train -q "$@" $dropped -o killed.nmt train.en train.fr || exit 1
cmp 1.nmt killed.nmt || exit 1
nmt-train -q "$@" -s train.subword-dropout=0.3 -o killed.nmt train.en train.fr 2>err
[ $? -eq 1 ] && grep -q 'has changed since (train.subword-dropout)' err || { cat err; exit 1; }

nmt-train -q $TINY $dropped -o word.nmt train.en train.fr 2>err
[ $? -eq 1 ] && grep -q 'train.subword-dropout: the source vocabulary is not of type bpe' err ||
    { cat err; exit 1; }
