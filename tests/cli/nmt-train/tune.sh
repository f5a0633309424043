# train.init: a trained model learns on from new data, with its vocabularies and its shape, the same
# after a kill; what contradicts it is named.
. "$TOP/tests/cli/models.inc"
make_bitext 400 1 train
make_bitext 100 2 new
make_bitext 20 3 valid
valid="-s data.valid-source=valid.en -s data.valid-target=valid.fr"
base="-s train.epochs=20 -s train.learning-rate=0.01 -s train.dropout=0"
nmt-train -q $TINY $base $valid -o base.nmt train.en train.fr || exit 1

# the sizes come from the model: no TINY here
tune="-s train.init=base.nmt -s train.batch-sentences=8 -s train.epochs=2 -s train.save-every=3
    -s train.learning-rate=0.001 -s train.shards=3 -s train.dropout=0 $valid"
nmt-train -q $tune --log tuned.log -o tuned.nmt new.en new.fr || exit 1
describe() { # MODEL: what must not change
    nmt-train --describe "$1" | grep -E '^(rnnsearch|vocabulary)'
}
describe base.nmt >base.shape
describe tuned.nmt | cmp - base.shape || exit 1
nmt-train --describe tuned.nmt | grep -q '^training.init = "[0-9a-f]*"$' || exit 1
first=$(grep '"event":"update"' tuned.log | head -n 1 | sed 's/.*"perplexity":\([0-9.]*\).*/\1/')
awk -v p="$first" 'BEGIN { exit !(p < 4) }' || { echo "first perplexity $first: not tuned"; exit 1; }

# nothing but a rate of 0 gives the model's own weights back
nmt-train -q $tune -s train.learning-rate=0 -s train.average=0 -o same.nmt new.en new.fr || exit 1
nmt-encode -m base.nmt valid.en | nmt-decode -m base.nmt >base.out || exit 1
nmt-encode -m same.nmt valid.en | nmt-decode -m same.nmt | cmp - base.out || exit 1

for n in 1 2 3; do
    nmt-train -q $tune -o cut.nmt new.en new.fr &
    pid=$!
    sleep "0.$n"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
nmt-train -q $tune -o cut.nmt new.en new.fr || exit 1
cmp tuned.nmt cut.nmt || exit 1
cp tuned.nmt other.nmt
fails 1 'has changed since (the model of train.init)' \
    nmt-train -q $tune -s train.init=other.nmt -o cut.nmt new.en new.fr

fails 1 'base.nmt: is not what the configuration says in model.embedding, model.maxout' \
    nmt-train -q $tune -s model.embedding=20 -s model.maxout=20 -o bad.nmt new.en new.fr
nmt-train -q $tune -s model.embedding=12 -s train.updates=1 -o bad.nmt new.en new.fr || exit 1
rm bad.nmt bad.nmt.state
fails 1 'base.nmt is the file that the new model is written to' \
    nmt-train -q $tune --overwrite -o base.nmt new.en new.fr
nmt-vocab -t word -s 10 train.en >few.vocab
nmt-vocab -t word train.fr >fr.vocab
fails 1 'base.nmt: does not have the vocabulary few.vocab' nmt-train -q $tune \
    -s vocabulary.source=few.vocab -s vocabulary.target=fr.vocab -o bad.nmt new.en new.fr
fails 1 'train.en: ' nmt-train -q $tune -s train.init=train.en -o bad.nmt new.en new.fr
fails 1 'cannot open' nmt-train -q $tune -s train.init=none.nmt -o bad.nmt new.en new.fr
[ ! -e bad.nmt ]
