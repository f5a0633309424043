# One stream of pairs on stdin trains the same model as two files; also without a last LF and
# with CR, which is refused: it is no line end.
. "$TOP/tests/cli/train.inc"
make_bitext 60 1 train
nmt-train -q $TINY -s train.updates=6 -o a.nmt train.en train.fr || exit 1
paste train.en train.fr | nmt-train -q $TINY -s train.updates=6 -o b.nmt || exit 1
paste train.en train.fr | head -c -1 | nmt-train -q $TINY -s train.updates=6 -o c.nmt || exit 1
cmp a.nmt b.nmt && cmp a.nmt c.nmt || exit 1
paste train.en train.fr | sed 's/$/\r/' | nmt-train -q $TINY -s train.updates=6 -o d.nmt 2>err
[ $? -eq 1 ] && grep -q '(stdin):1: CR at byte' err || { cat err; exit 1; }
