# Half precision: half the bytes, nearly the same translations, and the decoder sees which it is.
. "$TOP/tests/cli/models.inc"
tiny_model m -s model.state=40 -s train.epochs=8
make_bitext 60 3 test
nmt-encode -m m.nmt -o full.ann test.en || exit 1
nmt-encode -m m.nmt --half -o half.ann test.en || exit 1
full=$(wc -c <full.ann) half=$(wc -c <half.ann)
[ $((half * 100)) -lt $((full * 65)) ] || echo "$half of $full bytes"
nmt-decode -m m.nmt --score full.ann >full || exit 1
nmt-decode -m m.nmt --score half.ann >half || exit 1
cut -f2 full >full.txt
cut -f2 half | diff full.txt - | grep -c '^<' | awk '$1 > 3 { print $1 " lines of 60 differ" }'
paste full half | awk -F '\t' '$2 == $4 && ($1 - $3) ^ 2 > 1e-4 { print "score: " $0 }'
cat half.ann half.ann | nmt-decode -m m.nmt --score | head -n 60 | cmp - half || echo 'two streams of half precision'
fails 1 'another stream begins' sh -c 'cat half.ann full.ann | nmt-decode -m m.nmt'
every_line fails.out 60
nmt-decode -m m.nmt -A half.al --force test.fr half.ann >out || exit 1
fails 2 'for streams' nmt-encode -m m.nmt --half -f npy test.en
exit 0
