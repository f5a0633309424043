# What is wrong with a bitext is found, counted, placed; clean pairs are written.
printf 'a b\r\n\nx\nx\nx\377y\nq w e r t z\n\001\n' >src
printf 'A B\r\nz\nx\nx\nx\0y\nq\ny\n' >tgt
nmt-vocab -c src tgt
echo "status $?"
nmt-vocab -f json -c src tgt --clean out.src out.tgt
echo "status $?"
cat out.src out.tgt
printf 'one\n' >short
nmt-vocab -c src - --clean out.src out.tgt <short
echo "status $?"
cmp out.src short && echo 'out.src was replaced'
nmt-vocab -c short short -q | tail -n 1
nmt-vocab -c short
echo "status $?"
