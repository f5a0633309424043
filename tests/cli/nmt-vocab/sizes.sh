# Sizes that are too small, too large or no sizes, and texts that give nothing.
yes 'low lower lowest' | head -n 50 >text
for size in 3 0 -1 x 4194305 4 11 17 18 19; do
    nmt-vocab -s $size text >out
    echo "$size: status $?, $(wc -l <out) lines"
done 2>&1
nmt-vocab </dev/null
echo "empty: status $?"
printf '\n   \n' | nmt-vocab -t word
echo "spaces: status $?"
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "a"; print "" }' >a
nmt-vocab -s 14 a | tail -n 2
nmt-vocab -s 17 a
echo "a million: status $?"
nmt-vocab -t word -s 5 text | cut -f 1
nmt-vocab -t word --min-count 51 text | cut -f 1
nmt-vocab -t word --max-types 2 text | tail -n 2
nmt-vocab -o kept/nowhere text
echo "no folder: status $?"
echo old >kept
nmt-vocab -s 3 -o kept text 2>/dev/null
nmt-vocab -s 1000 -o kept text 2>/dev/null
ls
cat kept
