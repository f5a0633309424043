# Word vectors from text files: word2vec's form with and without its first line and GloVe's; how many
# were found is said; frozen ones stay; wrong lengths and bad numbers are named with their line.
. "$TOP/tests/cli/models.inc"
make_bitext 200 1 train
# 12 numbers for each word of the source and some others, as text that single precision holds exactly
vectors() {
    awk '{ for (i = 1; i <= NF; i++) print $i }' train.en | sort -u | cat - extra |
        awk '{ printf "%s", $0; for (i = 1; i <= 12; i++) printf " %g", (NR * 12 + i) / 64 - 2; print "" }'
}
printf 'unheard\nnew york\n' >extra
vectors >glove
(printf '%d 12\n' "$(wc -l <glove)"; sed 's/$/ /' glove) >word2vec
words=$(($(wc -l <glove) - 2))
set -- $TINY -s train.epochs=1
nmt-train "$@" -s data.source-embeddings=glove -o glove.nmt train.en train.fr 2>err || exit 1
grep -q "word vectors for $words of the [0-9]* pieces of the source" err || { cat err; exit 1; }
nmt-train -q "$@" -s data.source-embeddings=word2vec --log log -o word2vec.nmt train.en train.fr || exit 1
cmp glove.nmt word2vec.nmt || exit 1
grep -q "\"source_vectors\":$words" log || exit 1
nmt-train -q "$@" -o none.nmt train.en train.fr || exit 1
! cmp -s none.nmt glove.nmt || exit 1
fails 1 'has changed since (the source embeddings)' nmt-train -q "$@" -o glove.nmt train.en train.fr

# frozen, on any number of threads: the file's numbers are in the model (the first word's first two)
for threads in 1 2 7; do
    nmt-train -q "$@" -j $threads -s data.source-embeddings=glove -s train.freeze-embeddings=true \
        -s train.average=0 -o frozen$threads.nmt train.en train.fr || exit 1
done
cmp frozen1.nmt frozen2.nmt && cmp frozen1.nmt frozen7.nmt || exit 1
floats() { # FILE: its bytes in hexadecimal, a line
    od -An -v -tx1 "$1" | tr -d ' \n'
}
# the last of the words' vectors, ($words * 12 + 1..12) / 64 - 2, in single precision
awk -v n="$words" 'BEGIN { for (i = 1; i <= 12; i++) printf "%.9g ", (n * 12 + i) / 64 - 2 }' >want
floats frozen1.nmt >bytes
vector=$(awk '{ for (i = 1; i <= NF; i++) printf "%s", hex($i) }
    function hex(v,    s, e, m, b) { # the bytes of a float, little end first
        s = v < 0; if (s) v = -v
        if (v == 0) return "00000000"
        e = 127; while (v >= 2) { v /= 2; e++ } while (v < 1) { v *= 2; e-- }
        m = int((v - 1) * 8388608 + 0.5)
        b = s * 2147483648 + e * 8388608 + m
        return sprintf("%02x%02x%02x%02x", b % 256, int(b / 256) % 256, int(b / 65536) % 256, int(b / 16777216))
    }' want)
grep -q "$vector" bytes || { echo "the frozen vector is not in the model"; exit 1; }
floats glove.nmt | grep -q "$vector" && { echo "a vector that is not frozen was not trained"; exit 1; }

refuse() { # PATTERN
    fails 1 "$1" nmt-train -q $TINY -s data.source-embeddings=bad -o bad.nmt train.en train.fr
    [ ! -e bad.nmt ] || { echo "training had begun"; exit 1; }
}
sed '5s/ [^ ]*$//' glove >bad
refuse 'bad:5: 11 numbers, but model.embedding is 12'
sed '5s/$/ 1/' glove >bad
refuse 'bad:5: 13 numbers, but model.embedding is 12'
sed '1s/ [^ ]* / x /' glove >bad
refuse "bad:1: 'x' is not a number"
rm bad
refuse 'bad: cannot open'
nmt-train -q "$@" -s data.target-embeddings=/dev/null -o empty.nmt train.en train.fr
