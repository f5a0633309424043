# What is wrong with a bitext is found, counted, placed; clean pairs are written.
printf 'a b\r\n\nx\nx\nx\377y\nq w e r t z\n\001\na\rb\nok\r\r\n' >src
printf 'A B\r\nz\nx\nx\nx\0y\nq\ny\nz u\nok' >tgt
nmt-vocab -c src tgt
echo "status $?"
nmt-vocab -f json -c src tgt --clean out.src out.tgt >report
echo "status $?"
cat report out.src out.tgt
! command -v jq >/dev/null || jq -e '.pairs == 9 and .refused == 4 and .findings.cr.line == 1' <report >/dev/null ||
    echo 'the report is no JSON'
printf 'one\n' >short
nmt-vocab -c src - --clean out.src out.tgt <short
echo "status $?"
cmp out.src short && echo 'out.src was replaced'
nmt-vocab -c short short -q | tail -n 1
nmt-vocab -c short
echo "status $?"
for files in '- -' 'short short --clean x x' 'short short --clean x' 'short short --clean - -'; do
    nmt-vocab -c $files </dev/null 2>&1
    echo "status $?"
done
# No spaces between words: lengths are compared in bytes.
printf '\346\210\221\345\226\234\346\254\242\345\255\246\344\271\240\n\350\254\235\n' >zh
printf 'I really do like to learn\nThank you so very much\n' >en
nmt-vocab -c zh en | grep ratio
# White space that NFKC makes a space is white space: a side of it is empty, words stand between it.
printf '\302\240\343\200\200 \t\342\200\202\nof\302\240two\nx\302\205y\n\342\200\213\n' >white
printf 'a\nb c\nd\ne\n' >black
nmt-vocab -c white black --clean out.white out.black | grep -e words -e empty -e clean
od -An -c out.white
# The limits, and what else may be dropped.
awk 'BEGIN { for (i = 1; i <= 6; i++) { s = s " w" i; print substr(s, 2) } }' >steps
yes w1 | head -n 6 >ones
for options in '' '--max-words 3' '--max-chars 8' '--max-ratio 1' '--max-ratio 2.5' '--max-ratio 9 --max-words 5 --max-chars 14' \
    '--max-ratio 9 --drop-identical'; do
    echo "# $options"
    nmt-vocab -c $options steps ones --clean out.src out.tgt | grep -e clean -e long -e ratio
    tail -n 1 out.src
    wc -l <out.tgt
done
cat ones steps >again.src
cat ones steps >again.tgt
for options in '' '--drop-duplicates' '--drop-identical' '-f json --drop-identical --max-ratio 1.5 --max-words 7 --max-chars 9'; do
    nmt-vocab -c $options again.src again.tgt | grep -e '^clean' -e usable -e limits
done
nmt-vocab -c again.src again.tgt --drop-duplicates --clean out.src out.tgt >/dev/null
cmp out.src steps && cmp out.tgt steps
# Neither file takes its place when the other cannot be written.
echo old >out.src
nmt-vocab -c steps ones --clean out.src /dev/full 2>&1 | tail -n 1
cat out.src
# Bytes are those of the files: the last line without LF, an over-long one at the end.
{ echo a; head -c 17000000 /dev/zero | tr '\0' x; } >long.src
printf 'b\nc' >long.tgt
nmt-vocab -c long.src long.tgt | grep bytes
wc -c <long.src
echo d >>long.tgt
echo e >>long.tgt
nmt-vocab -c long.src long.tgt | grep bytes
# In place.
nmt-vocab -c src tgt --clean src tgt | tail -n 1
nmt-vocab -c src tgt | tail -n 1
printf '\001\n' >control
nmt-vocab -c control control | tail -n 1
nmt-vocab -c /dev/null /dev/null | tail -n 1
nmt-vocab -c src tgt --clean none/src none/tgt
echo "status $?"
nmt-vocab -c src nowhere
echo "status $?"
ls
