# A trained model finds the diagonal of a word-for-word language; words are those of the lines as
# they are written; a bad line is named by its file.
. "$TOP/tests/cli/train.inc"
make_bitext 1000 1 train
make_bitext 30 5 test
nmt-train -q $TINY -s model.embedding=32 -s model.state=32 -s model.alignment=32 \
    -s model.maxout=32 -s train.dropout=0 -s train.label-smoothing=0 -s train.learning-rate=0.005 \
    -s train.average=0 -s train.epochs=10 -o m.nmt train.en train.fr || exit 1
nmt-align -m m.nmt test.en test.fr -j 1 > one || exit 1
nmt-align -m m.nmt test.en test.fr -j 3 > three || exit 1
cmp one three || exit 1
awk '{ print "0-0 1-1 2-2 3-3 4-4" }' test.en > gold
aer=$(nmt-align -E gold one | awk '$1 == "aer" { print $2 }')
awk -v aer="$aer" 'BEGIN { exit !(aer < 0.2) }' || { echo "AER $aer"; exit 1; }
printf 'the dog\n\n   \nx\nthe dog\n' > a
printf 'le chien\ne\n f\n\nle\302\240chien  mange' > b
nmt-align -m m.nmt a b > links || exit 1
[ "$(wc -l < links)" -eq 5 ] && [ "$(sed -n '2,4p' links | tr -d '\n')" = "" ] || { cat links; exit 1; }
# words are cut at spaces alone: a no-break space is inside a word
nmt-align -f matrix -m m.nmt a b | grep -q "le$(printf '\302\240')chien" || exit 1
printf 'a\nb\n' > short
nmt-align -m m.nmt a short > out 2> err
[ $? -eq 1 ] && grep -q 'a has 5 lines, short has 2 lines' err || { cat err; exit 1; }
printf 'the \377 dog\nthe dog\n' > bad.en
printf 'le chien\nle chien\n' > bad.fr
nmt-align -m m.nmt bad.en bad.fr > out 2> err
[ $? -eq 1 ] && [ "$(wc -l < out)" -eq 2 ] && [ -z "$(head -n 1 out)" ] && [ -n "$(tail -n 1 out)" ] &&
    grep -q '^nmt-align: bad.en:1: ' err || { cat out err; exit 1; }
