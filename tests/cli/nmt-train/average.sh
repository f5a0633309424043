# The last models of a run are kept (the same after a kill), and their mean is a model; models that
# do not fit are refused by name.
. "$TOP/tests/cli/models.inc"
make_bitext 300 1 train
make_bitext 20 2 valid
set -- $TINY -s train.epochs=4 -s train.valid-every=40 -s train.save-every=7 -s train.keep=2 \
    -s data.valid-source=valid.en -s data.valid-target=valid.fr train.en train.fr
nmt-train -q "$@" -o m.nmt || exit 1
ls m.nmt.*[0-9] >list
printf 'm.nmt.120\nm.nmt.152\n' | cmp - list || { cat list; exit 1; }
for n in 1 2 3; do
    nmt-train -q "$@" -o killed.nmt &
    pid=$!
    sleep "0.$n"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
nmt-train -q "$@" -o killed.nmt || exit 1
cmp m.nmt.120 killed.nmt.120 && cmp m.nmt.152 killed.nmt.152 || exit 1
[ ! -e killed.nmt.40 ] && [ ! -e killed.nmt.80 ] || { ls; exit 1; }

nmt-train --average m.nmt.120 m.nmt.152 -o mean.nmt || exit 1
nmt-train -o again.nmt --average m.nmt.120 m.nmt.152 || exit 1
cmp mean.nmt again.nmt || exit 1
! cmp -s mean.nmt m.nmt.152 || exit 1
nmt-train --describe mean.nmt | grep -q '^training.average_of = \["[0-9a-f]*", "[0-9a-f]*"\]$' || exit 1
nmt-encode -m mean.nmt valid.en | nmt-decode -m mean.nmt >out || exit 1
every_line out 20

nmt-train -q $TINY -s train.updates=1 -s model.state=13 -o wide.nmt train.en train.fr || exit 1
fails 1 'wide.nmt: rnnsearch.encoder_state_length is 13, that of m.nmt is 12' \
    nmt-train --average m.nmt wide.nmt -o bad.nmt
awk '{ print $0, "." }' train.en >dots.en
nmt-train -q $TINY -s train.updates=1 -o dots.nmt dots.en train.fr || exit 1
fails 1 'dots.nmt: rnnsearch.source_vocabulary_size is 1[0-9], that of m.nmt is 1[0-9]' \
    nmt-train --average m.nmt dots.nmt -o bad.nmt
sed s/dog/dingo/g train.en >dingo.en
nmt-train -q $TINY -s train.updates=1 -o dingo.nmt dingo.en train.fr || exit 1
fails 1 'dingo.nmt: vocabulary.source.pieces is not that of m.nmt' \
    nmt-train --average m.nmt dingo.nmt -o bad.nmt
fails 1 'm.nmt.state: a file of type .training-state., not a model' \
    nmt-train --average m.nmt m.nmt.state -o bad.nmt
fails 2 'no bitext goes with it' nmt-train -o bad.nmt train.en --average m.nmt
fails 2 'output' nmt-train --average m.nmt
[ ! -e bad.nmt ]
