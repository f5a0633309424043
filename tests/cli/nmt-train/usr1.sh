# SIGUSR1 saves the state and goes on.
. "$TOP/tests/cli/train.inc"
make_bitext 400 1 train
nmt-train -q $TINY -s train.updates=100000 -s train.epochs=0 --log log.json -o m.nmt \
    train.en train.fr 2>err &
pid=$!
tries=0
while ! grep -q '"event":"resumed"\|"event":"data"' log.json 2>/dev/null && [ $tries -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -USR1 $pid
while [ ! -s m.nmt.state ] && [ $tries -lt 400 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -0 $pid || { echo "it did not go on"; exit 1; }
[ -s m.nmt.state ] || { echo "nothing saved"; exit 1; }
kill -TERM $pid
wait $pid
[ $? -eq 3 ] || { echo "not status 3"; exit 1; }
