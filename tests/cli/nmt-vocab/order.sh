# The vocabulary depends on the text alone: not on the order of lines, nor on how files cut it.
awk 'BEGIN { srand(5); for (i = 0; i < 3000; i++) { for (k = 0; k < 6; k++) printf "%d ", int(exp(rand() * 9)); print "x" } }' >text
sort text >sorted
head -n 1000 text >one
tail -n +1001 text >two
for type in word char bpe; do
    size=; [ $type = bpe ] && size='-s 300'
    nmt-vocab -t $type $size text >v
    for other in sorted 'two one' '- '; do
        nmt-vocab -t $type $size $other <text | cmp - v || echo "$type: $other differs"
    done
done
nmt-vocab --learn-codes 300 text >codes
nmt-vocab --learn-codes 300 sorted | cmp - codes
nmt-vocab --learn-codes 200 text | cmp - codes 2>&1 | grep -o EOF
for p in 0 0.2; do
    nmt-vocab -s 300 text >v
    nmt-vocab -j 1 --dropout $p --seed 7 -e v text >a
    nmt-vocab -j 2 --dropout $p --seed 7 -e v text | cmp - a
    nmt-vocab -d v a | cmp - text
    nmt-vocab -j 1 --dropout $p --apply-codes codes text >c
    nmt-vocab -j 2 --dropout $p --apply-codes codes text | cmp - c
    sed 's/@@ //g' c | cmp - text
done
nmt-vocab --dropout 0.2 --seed 8 -e v text | cmp -s - a && echo 'another seed gives the same'
# Ids of one line: as many as bytes, for its LF makes up for the space in front.
nmt-vocab --dropout 1 -e v text | head -n 1 | wc -w >got
head -n 1 text | wc -c | cmp - got || echo 'dropout 1 is not characters'
# How lines arrive, in one file or in two, all at once or with pauses, changes nothing.
head -n 60 text >few
head -n 20 few >head
tail -n +21 few >rest
trickle() { while read -r line; do echo "$line"; sleep 0.001; done; }
for options in '-e v' '--apply-codes codes'; do
    nmt-vocab -j 1 --dropout 0.3 $options few >whole
    nmt-vocab -j 2 --dropout 0.3 $options head rest | cmp - whole || echo "$options: two files differ"
    trickle <few | nmt-vocab -j 2 --dropout 0.3 $options | cmp - whole || echo "$options: pauses change it"
    nmt-vocab --dropout 0.3 --seed 1 $options few | cmp - whole || echo "$options: the seed is not 1"
    nmt-vocab --dropout 0.3 --seed 9223372036854775807 $options few | cmp -s - whole && echo "$options: same"
    nmt-vocab --dropout 0 $options few >whole
    nmt-vocab $options few | cmp - whole || echo "$options: dropout 0 changes it"
done
nmt-vocab --apply-codes codes --dropout 1 few | tr -s '@ ' '\n' | awk 'length > 1' | head -n 3
exit 0
