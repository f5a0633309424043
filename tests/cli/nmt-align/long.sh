# A word of 1 MB and a line of half a million words are drawn, shortened or in bands; a matrix
# beyond all measure is refused before memory is taken for it.
head -c 1000000 /dev/zero | tr '\0' x >word
awk 'BEGIN { for (i = 0; i < 500000; i++) printf "a " }' >words
echo b >one
echo 0-0 >links
for format in pharaoh term svg json; do
    for src in word words; do
        nmt-align -f $format -L links $src one >out || echo "$format $src: status $?"
        [ -s out ] || echo "$format $src: nothing"
    done
done
nmt-align -f term -L links one word | awk 'length > 90'
nmt-align -f term -L links words words 2>err
[ $? -eq 1 ] && grep -q 'links:1: .*too large' err || cat err
