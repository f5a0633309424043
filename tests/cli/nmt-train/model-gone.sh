# A state without the model it speaks of cannot be gone on from: nothing could bring the best back.
. "$TOP/tests/cli/train.inc"
make_bitext 100 1 train
make_bitext 10 2 valid
set -- $TINY -s train.updates=10 -s data.valid-source=valid.en -s data.valid-target=valid.fr \
    -o m.nmt train.en train.fr
nmt-train -q "$@" || exit 1
nmt-train -q "$@" || exit 1
rm m.nmt
nmt-train -q "$@" 2>err
[ $? -eq 1 ] && grep -q 'm.nmt: is gone, but m.nmt.state says' err || { cat err; exit 1; }
