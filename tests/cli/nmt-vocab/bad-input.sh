# Lines that are no text keep their place under every policy; LF alone ends a line.
printf 'good line\nbad \377 byte\nnul \0 here\r\n\nend\n' >text
printf 'good line bad byte nul here end\n' | nmt-vocab -t word - >v
for policy in skip replace fail; do
    for j in 1 2; do
        nmt-vocab -j $j -e v -P --invalid $policy text
        echo "status $?"
    done
done 2>&1
nmt-vocab -t word --invalid skip text | wc -l
nmt-vocab -t word --invalid fail text
echo "status $?"
printf '3 x 4\n99\n3 4\n-1\n4294967299\n' | nmt-vocab -d v
echo "status $?"
printf 'abc\n' | nmt-vocab -P -d v
echo "status $?"
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "x"; print ""; for (i = 0; i < 1000000; i++) printf " "; print ""; print "end" }' >long
nmt-vocab -e v long | cut -c 1-9
nmt-vocab -s 8 long | tail -n 1
nmt-vocab -e v long | nmt-vocab -d v | cut -c 1-9 | sed 's/ /_/g'
printf '\n\n' | nmt-vocab -e v | nmt-vocab -d v | od -An -c
