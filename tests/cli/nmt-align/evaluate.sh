# Judging by hand-made gold: A = 4, S = 2, P = 4, A and S = 1, A and P = 2.
printf '0-0 1p1 2p2\n0-1\n' >gold
printf '0-0 1-1 3-3\n1-0\n' >links
nmt-align -E gold links
echo all-sure
nmt-align -E --all-sure gold links | sed -n 2,3p
echo ignore-possible
nmt-align -E --ignore-possible gold links | sed -n 1,3p
echo reverse-hypothesis
nmt-align -E --reverse-hypothesis gold links -f json
printf '1-1 2p2 3p3\n1-2\n' >gold1
printf '1-1 2-2 4-4\n2-1\n' >links1
nmt-align -E gold links >want
nmt-align -E --one-gold gold1 links | cmp - want
nmt-align -E --one-hypothesis gold links1 | cmp - want
nmt-align -E --one-gold --one-hypothesis gold1 links1 | cmp - want
echo 'a link given twice counts once, sure beats possible, weights do not matter'
printf '0p0 0-0 1p1 1p1 2p2\n0-1\n' >twice
printf '0-0 0-0 1-1:0.5 3-3\n1-0\n' >links2
nmt-align -E twice links2 | cmp - want
echo 'no links at all'
printf '\n\n' | nmt-align -E gold - -f json
nmt-align -E --one-hypothesis gold links
