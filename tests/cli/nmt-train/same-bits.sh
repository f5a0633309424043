# The same configuration, data and seed give the same model byte for byte on 1, 2 or 7 threads;
# another seed gives another.
. "$TOP/tests/cli/train.inc"
make_bitext 200 1 train
make_bitext 20 2 valid
train() { # MODEL OPTION...
    out=$1
    shift
    nmt-train -q $TINY -s train.epochs=2 -s data.valid-source=valid.en \
        -s data.valid-target=valid.fr "$@" -o "$out" train.en train.fr || exit 1
}
train one.nmt -j 1
train two.nmt -j 2
train seven.nmt -j 7
train other.nmt -j 2 -s train.seed=2
cmp one.nmt two.nmt && cmp one.nmt seven.nmt && ! cmp -s one.nmt other.nmt
