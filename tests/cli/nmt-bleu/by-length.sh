# Scores by length of the source: classes add up to all lines, three formats, and a picture.
awk 'BEGIN { for (i = 0; i < 40; i++) { s = ""; for (k = 0; k < i; k++) s = s " w" (k * i) % 7
    print substr(s, 2) } }' >src
sed 's/w/x/g' src >ref
sed 's/x3/x4/g' ref >a
sed 's/x5//; 9s/.*//' ref >b
x='s,nmt-bleu-[0-9.]*,nmt-bleu-X,'
nmt-bleu -f text -w 2 -t none --by-length src -m bleu ter ref <a | sed "$x"
nmt-bleu -f tsv -w 2 --by-length src --length-step 15 ref -i a b
nmt-bleu -w 2 --by-length src --length-step 20 ref -i a b | sed "$x"
nmt-bleu -w 2 --by-length src --svg 'out.svg' ref -i a b >/dev/null
sed -n '1,2p; /polyline/p; /<text.*>[ab]</p' out.svg
nmt-bleu -w 2 --by-length src --svg /nowhere/out.svg ref -i a b
echo "status $?"
head -n 3 src >short
nmt-bleu -w 2 --by-length short ref -i a b
echo "status $?"
nmt-bleu --svg x ref -i a
echo "status $?"
