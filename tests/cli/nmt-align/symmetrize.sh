# The heuristics on pairs of our own, worked out by hand. Line 1: 0-1 touches 0-0, 1-2 touches 0-1
# in the same sweep; 5-5, 7-7 and 5-3 are left to `final`, and `final-and` leaves 5-3 out, for 5-5 has
# its source word. Line 4: 0-0 comes before 1-1 in order and has to wait for the second sweep.
printf '0-0 0-1 1-2 5-5\n\n2-2 1-1\n2-2 1-1 0-0\n' >forward
printf '0-0 7-7 5-3\n0-0\n2-2 1-1 1-1\n2-2\n' >reverse
for how in intersect union grow-diag grow-diag-final grow-diag-final-and fmeasure; do
    echo "$how"
    nmt-align -S "$how" forward reverse
done
echo invert
nmt-align -S invert forward
echo 'invert of invert is convert'
nmt-align -S invert forward | nmt-align -S invert - >twice
nmt-align -S convert <forward - | cmp - twice
echo 'kinds and weights stay'
printf '1p0 0-1:0.25\n' | nmt-align -S invert -
echo 'text before the links is passed over'
printf 'a b ||| c d ||| 1-1 0-0\n' | nmt-align -S convert -
echo 'the last line needs no LF'
printf '1-1\n0-0' | nmt-align --symmetrize=convert -
echo 'nothing in, nothing out'
nmt-align -S union /dev/null /dev/null
