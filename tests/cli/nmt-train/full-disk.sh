# A disk that is full at a save: the old file stays, training goes on, the exit status is 1.
. "$TOP/tests/cli/train.inc"
make_bitext 60 1 train
nmt-train -q $TINY -s train.updates=3 -o m.nmt train.en train.fr || exit 1
cp m.nmt before.nmt
cp m.nmt.state before.state
# a limit on file sizes stands for the full disk; the signal that comes with it is ignored
(
    trap '' XFSZ
    ulimit -f 4
    nmt-train -q $TINY -s train.updates=6 --accept-changes -o m.nmt train.en train.fr 2>err
)
[ $? -eq 1 ] || { echo "status $?"; exit 1; }
grep -q 'not saved, the old file stays: m.nmt' err || { cat err; exit 1; }
cmp m.nmt before.nmt && cmp m.nmt.state before.state || exit 1
[ -z "$(ls | grep tmp-)" ] || { echo "left behind: $(ls)"; exit 1; }
nmt-train --dump-config > /dev/full 2>err
[ $? -eq 1 ] && grep -q 'No space left on device' err || { cat err; exit 1; }
