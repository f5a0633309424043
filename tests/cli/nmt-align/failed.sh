# A line that a stream cannot hold travels as a failed line, keeps its place, and ends with status 1.
printf 'ja\nj\377\nso ist es\n' >src
printf 'yes\nno\nthat is so\n' >tgt
printf '0-0\n0-0\n0-2 1-1 2-0\n' >links
nmt-align -f stream -L links src tgt >stream
echo "status $?"
for format in pharaoh json term stream; do
    nmt-align -f $format stream >out
    echo "$format: status $?"
    [ $format = stream ] && cmp out stream || cat out
done
nmt-align --record 3 stream
