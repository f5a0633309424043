# train.precision: bfloat16 learns what float32 learns, gives the same bytes on any number of
# threads and after a kill, is noticed when it changes, and leaves nothing in the model.
. "$TOP/tests/cli/models.inc"
make_bitext 300 1 train
make_bitext 20 2 valid
set -- $TINY -s train.epochs=6 -s train.save-every=5 -s data.valid-source=valid.en \
    -s data.valid-target=valid.fr train.en train.fr
rounded="-s train.precision=bfloat16"
nmt-train -q "$@" -o exact.nmt --log exact.log || exit 1
for threads in 1 2 7; do
    nmt-train -q "$@" $rounded -j $threads -o $threads.nmt --log $threads.log || exit 1
done
cmp 1.nmt 2.nmt && cmp 1.nmt 7.nmt || exit 1
cmp -s 1.nmt exact.nmt && { echo "bfloat16 is float32"; exit 1; }
for model in exact 1; do
    nmt-train --describe $model.nmt | sed 's/ = .*//' >$model.txt || exit 1
done
cmp exact.txt 1.txt || exit 1

last() { # LOG: loss of the last update
    sed -n 's/.*"event":"update".*"loss":\([0-9.]*\).*/\1/p' "$1" | tail -n 1
}
awk -v a="$(last exact.log)" -v b="$(last 1.log)" 'BEGIN { exit !(a > 0 && (a - b) ^ 2 < (0.02 * a) ^ 2) }' ||
    { echo "loss $(last exact.log) with float32, $(last 1.log) with bfloat16"; exit 1; }

for n in 1 2 3; do
    nmt-train -q "$@" $rounded -o cut.nmt &
    pid=$!
    sleep "0.$n"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
nmt-train -q "$@" $rounded -o cut.nmt && cmp 1.nmt cut.nmt || exit 1
fails 1 'train.precision' nmt-train -q "$@" -o cut.nmt
fails 2 'train.precision' nmt-train -q "$@" -s train.precision=half -o new.nmt
