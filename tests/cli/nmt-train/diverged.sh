# Gradients that are not finite: the updates are skipped, counted and reported with the lines of their
# batches; many in a row end the run with status 1 and the last good model in its place.
. "$TOP/tests/cli/models.inc"
make_bitext 200 1 train
make_bitext 20 2 valid
set -- $TINY -s data.valid-source=valid.en -s data.valid-target=valid.fr -s train.valid-every=10
nmt-train -q "$@" -s train.updates=10 -o m.nmt train.en train.fr || exit 1
cp m.nmt good.nmt
# one more update with steps of this size, and the weights are beyond all numbers
nmt-train -q "$@" --accept-changes -s train.optimizer=sgd -s train.learning-rate=1000 \
    -s train.clip=0 -s train.updates=1000 --log log.json -o m.nmt train.en train.fr 2>err
[ $? -eq 1 ] || { echo "status $?"; cat err; exit 1; }
grep -q 'skipped: the gradient is not finite; lines [0-9 ]*[0-9]$' err || { cat err; exit 1; }
[ "$(grep -c 'skipped: the gradient is not finite' err)" -ge 20 ] || { cat err; exit 1; }
grep -q '20 updates in a row had no finite gradient; the last saved model stands' err || { cat err; exit 1; }
# the lines are those of a batch of 8 out of 200, all different
grep 'skipped' err | tail -n 1 | sed 's/.*lines //' | tr ' ' '\n' | sort -n | uniq |
    awk '$1 < 1 || $1 > 200 { bad = 1 } END { exit bad || NR != 8 }' || { cat err; exit 1; }
last=$(grep '"event":"skipped"' log.json | tail -n 1 | sed 's/.*"skipped":\([0-9]*\),.*/\1/')
[ "$last" -ge 20 ] || { echo "counted $last"; exit 1; }
# train.max-skipped says how many, and has no part in the result
nmt-train -q "$@" -s train.updates=12 -o one.nmt train.en train.fr || exit 1
nmt-train -q "$@" -s train.updates=12 -s train.max-skipped=3 -o two.nmt train.en train.fr || exit 1
cmp one.nmt two.nmt || exit 1
nmt-train -q "$@" --accept-changes -s train.optimizer=sgd -s train.learning-rate=1000 \
    -s train.clip=0 -s train.updates=1000 -s train.max-skipped=3 -o two.nmt train.en train.fr 2>err
[ $? -eq 1 ] || { echo "status $?"; cat err; exit 1; }
grep -q '3 updates in a row had no finite gradient' err || { cat err; exit 1; }
cmp one.nmt two.nmt || exit 1
fails 2 'train.max-skipped' nmt-train -s train.max-skipped=0 -o two.nmt train.en train.fr
nmt-train --describe m.nmt >/dev/null || exit 1
nmt-encode -m m.nmt valid.en | nmt-decode -m m.nmt >out || exit 1
every_line out 20
cmp m.nmt good.nmt
