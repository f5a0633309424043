# A log becomes a picture with a curve for everything in it; without validation, of the training alone.
. "$TOP/tests/cli/models.inc"
command -v gnuplot >/dev/null || { echo 'gnuplot is not installed'; exit 77; }
make_bitext 100 1 train
make_bitext 10 2 valid
nmt-train -q $TINY -s train.updates=30 -s train.valid-every=10 -s data.valid-source=valid.en \
    -s data.valid-target=valid.fr --log run.log -o m.nmt train.en train.fr || exit 1
"$TOP/examples/watching/plot-log" run.log >out 2>&1 || { cat out; exit 1; }
for curve in 'perplexity, training' 'perplexity, validation' 'BLEU, validation' 'gradient norm' \
    'learning rate'; do
    grep -q "$curve" run.svg ||
        { echo "no curve '$curve'"; exit 1; }
done
grep -v '"validation"' run.log >plain.log
"$TOP/examples/watching/plot-log" plain.log picture.svg >out 2>&1 || { cat out; exit 1; }
grep -q 'perplexity, training' picture.svg && ! grep -q 'BLEU, validation' picture.svg || exit 1
: >empty.log
fails 1 'empty.log: no updates' "$TOP/examples/watching/plot-log" empty.log
