# A run that is killed with SIGKILL again and again ends with the same bytes as one that was not.
. "$TOP/tests/cli/train.inc"
make_bitext 400 1 train
make_bitext 20 2 valid
set -- $TINY -s train.epochs=3 -s train.valid-every=20 -s train.save-every=5 \
    -s data.valid-source=valid.en -s data.valid-target=valid.fr train.en train.fr
nmt-train -q "$@" -o whole.nmt || exit 1
n=0
while [ $n -lt 10 ]; do
    n=$((n + 1))
    nmt-train -q "$@" -o killed.nmt 2>killed.err &
    pid=$!
    sleep "0.$(( (n * 37) % 30 + 5 ))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
nmt-train -q "$@" -o killed.nmt || exit 1
cmp whole.nmt killed.nmt || exit 1
rm -f killed.nmt.tmp-* killed.nmt.state.tmp-*

# killed between the first model and the first state: the model is nobody else's
nmt-train -q $TINY -s train.updates=5 -o first.nmt train.en train.fr || exit 1
cp first.nmt want.nmt
rm first.nmt.state
: >first.nmt.lock
nmt-train -q $TINY -s train.updates=5 -o first.nmt train.en train.fr || exit 1
cmp first.nmt want.nmt
