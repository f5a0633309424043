# A changed configuration or bitext is noticed and named, and needs a flag; threads may change.
. "$TOP/tests/cli/train.inc"
make_bitext 100 1 train
nmt-train -q $TINY -s train.updates=5 -o m.nmt train.en train.fr || exit 1
nmt-train -q $TINY -s train.updates=9 -s train.clip=2 -o m.nmt train.en train.fr 2>err
[ $? -eq 1 ] || exit 1
grep -q 'has changed since (train.clip, train.updates)' err || { cat err; exit 1; }
make_bitext 100 3 train
nmt-train -q $TINY -s train.updates=5 -o m.nmt train.en train.fr 2>err
[ $? -eq 1 ] || exit 1
grep -q 'has changed since (the bitext)' err || { cat err; exit 1; }
nmt-train -q $TINY -s train.updates=9 --accept-changes -o m.nmt train.en train.fr || exit 1
nmt-train --describe m.nmt | grep -q '^training.updates = 9$' || exit 1
rm m.nmt.state
nmt-train -q $TINY -s train.updates=5 -o m.nmt train.en train.fr 2>err
[ $? -eq 1 ] || exit 1
grep -q 'm.nmt: exists, but there is no m.nmt.state' err || { cat err; exit 1; }
nmt-vocab -t word train.en > en.vocab && nmt-vocab -t word train.fr > fr.vocab || exit 1
given="-s vocabulary.source=en.vocab -s vocabulary.target=fr.vocab"
nmt-train -q $TINY $given -s train.updates=5 -o v.nmt train.en train.fr || exit 1
nmt-train -q $TINY $given -s train.updates=5 -o v.nmt train.en train.fr || exit 1
nmt-vocab -t word -s 9 train.en > en.vocab
nmt-train -q $TINY $given -s train.updates=5 -o v.nmt train.en train.fr 2>err
[ $? -eq 1 ] || exit 1
grep -q 'has changed since (the vocabulary en.vocab)' err || { cat err; exit 1; }
nmt-train -q $TINY -s train.updates=5 --overwrite -o m.nmt train.en train.fr
