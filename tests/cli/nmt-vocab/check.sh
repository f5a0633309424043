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
