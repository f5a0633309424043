# SIGINT finishes the update, saves, exits with 3; the same command goes on to the same bytes.
. "$TOP/tests/cli/train.inc"
make_bitext 400 1 train
set -- $TINY -s train.updates=300 -s train.epochs=0 train.en train.fr
nmt-train -q "$@" -o whole.nmt || exit 1
nmt-train -q "$@" --log log.json -o cut.nmt 2>err &
pid=$!
while [ ! -s log.json ] || ! grep -q '"event":"update","update":3,' log.json; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.05
done
kill -INT $pid 2>/dev/null
wait $pid
status=$?
# on a fast machine the run may be over before the signal comes: then there is nothing to resume
[ $status -eq 3 ] || [ $status -eq 0 ] || { echo "status $status"; cat err; exit 1; }
[ $status -eq 0 ] || [ -s cut.nmt.state ] || { echo "no state"; exit 1; }
nmt-train -q "$@" -o cut.nmt || exit 1
cmp whole.nmt cut.nmt
