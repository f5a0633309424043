# Every form of a small stream, which nmt-align itself makes from links and their text.
printf 'das <b> & Haus\n\n ein   Satz \n' >src
printf 'the house "\n\na sentence\n' >tgt
printf '0-0:0.75 3-1:0.5 1-1:0.125\n\n0-0 1p1\n' >links
nmt-align -f stream -L links src tgt -o stream
for format in pharaoh prob matrix json term; do
    echo "$format:"
    nmt-align -f $format stream
done
echo ascii:
nmt-align --format=term --ascii --columns 20 --record 1 <stream
echo 'the threshold is reached by what equals it'
nmt-align -t 0.5 stream
nmt-align -t 0.51 --record 1 stream
nmt-align -f prob -t 0.125 --record 1 stream
echo 'two streams, once as operands and once behind each other'
nmt-align stream stream >a
cat stream stream | nmt-align >b
cmp a b && wc -l <a
echo 'a part of a stream is a stream'
nmt-align -f stream --record 2-3 stream | nmt-align --record 2
