# Guided alignment: attention learns the links it is told, from words spread over pieces, with and
# without subword dropout; the same bytes on any number of threads and after a kill; bad files are
# named with their line before training starts.
. "$TOP/tests/cli/models.inc"
make_bitext 400 1 train
make_bitext 20 2 valid
sed 's/.*/0-0 1-1 2-2 3-3 4-4/' train.en >train.links
sed 's/.*/0-0 1-1 2-2 3-3 4-4/' valid.en >valid.links
pieces="-s vocabulary.type=bpe -s vocabulary.size=50 -s train.dropout=0 -s train.learning-rate=0.005"
guide="-s data.alignments=train.links -s train.alignment-weight=2"
set -- $TINY $pieces -s train.epochs=6 -s train.save-every=7 train.en train.fr
aer() { # MODEL
    nmt-align -m "$1" valid.en valid.fr >"$1.links" || exit 1
    nmt-align -E valid.links "$1.links" | awk '$1 == "aer" { print $2 }'
}
nmt-train -q "$@" -o free.nmt || exit 1
for threads in 1 2 7; do
    nmt-train -q "$@" $guide -j $threads --log $threads.log -o $threads.nmt || exit 1
done
cmp 1.nmt 2.nmt && cmp 1.nmt 7.nmt || exit 1
grep '"event":"update"' 1.log | grep -vq '"guide_loss":[0-9]' && { echo "no guide_loss"; exit 1; }
free=$(aer free.nmt) told=$(aer 1.nmt)
awk -v a="$free" -v b="$told" 'BEGIN { exit !(b < 0.1 && a > 2 * b) }' ||
    { echo "AER $free without, $told with links"; exit 1; }

nmt-train -q "$@" $guide -s train.subword-dropout=0.2 -s train.alignment-decay=0.5 -o whole.nmt || exit 1
told=$(aer whole.nmt)
awk -v b="$told" 'BEGIN { exit !(b < 0.15) }' || { echo "AER $told with subword dropout"; exit 1; }
for n in 1 2 3; do
    nmt-train -q "$@" $guide -s train.subword-dropout=0.2 -s train.alignment-decay=0.5 -o cut.nmt &
    pid=$!
    sleep "0.$n"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
done
nmt-train -q "$@" $guide -s train.subword-dropout=0.2 -s train.alignment-decay=0.5 -o cut.nmt || exit 1
cmp whole.nmt cut.nmt || exit 1

sed '9s/.*/0-0/' train.links >other.links
fails 1 'has changed since (the alignments)' \
    nmt-train -q "$@" -s data.alignments=other.links -s train.alignment-weight=2 -o 1.nmt
fails 1 'has changed since (the alignments)' nmt-train -q "$@" -s train.alignment-weight=2 -o 1.nmt

bad() { # PATTERN
    fails 1 "$1" nmt-train -q $TINY -s data.alignments=bad.links -o bad.nmt train.en train.fr
    [ ! -e bad.nmt ] || { echo "training had begun"; exit 1; }
}
sed '17s/1-1/1_1/' train.links >bad.links
bad "bad.links:17: '1_1' is not a link"
sed '400s/1-1/1-5/' train.links >bad.links
bad 'bad.links:400: the link 1-5, but the target has 5 words'
sed '1s/1-1/5-1/' train.links >bad.links
bad 'bad.links:1: the link 5-1, but the source has 5 words'
sed '400d' train.links >bad.links
bad 'bad.links has 399 lines, but the bitext has 400'
(cat train.links; echo; echo) >bad.links
bad 'bad.links has 402 lines, but the bitext has 400'
: >bad.links
bad 'bad.links has 0 lines'
printf '0-0\0\n' >bad.links
bad "bad.links:1: '0-0'* "
rm bad.links
bad 'bad.links: cannot open'
fails 1 'data.alignments: there is no attention to guide' \
    nmt-train -q $TINY -s model.attention=none -s data.alignments=train.links -o bad.nmt train.en train.fr
