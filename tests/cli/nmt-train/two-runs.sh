# Two runs on one model: the second says so and changes nothing.
. "$TOP/tests/cli/train.inc"
make_bitext 200 1 train
nmt-train -q $TINY -s train.updates=100000 -s train.epochs=0 --log log -o m.nmt train.en train.fr 2>err &
pid=$!
tries=0
while [ ! -s log ] && [ $tries -lt 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
nmt-train -q $TINY -s train.updates=3 -o m.nmt train.en train.fr 2>second
status=$?
kill -TERM $pid
wait $pid
[ $? -eq 3 ] || { cat err; exit 1; }
[ $status -eq 1 ] && grep -q 'm.nmt: another nmt-train is at work on it' second || { cat second; exit 1; }
[ ! -e m.nmt.lock ]
