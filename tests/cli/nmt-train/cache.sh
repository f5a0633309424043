# data.cache is built once and used by the next run, with the same bytes; another text, a vocabulary
# of another size, damage are noticed and the file is built anew; something else is not written over.
. "$TOP/tests/cli/models.inc"
make_bitext 300 1 train
make_bitext 20 2 valid
train() { # MODEL ARGUMENT...
    model=$1
    shift
    rm -f "$model" "$model.state"
    nmt-train $TINY -s train.updates=4 -s data.valid-source=valid.en -s data.valid-target=valid.fr \
        -o "$model" "$@" 2>err || { cat err; exit 1; }
}
says() { # TEXT
    grep -q "^nmt-train: kept: $1\$" err || { echo "not '$1':"; cat err; exit 1; }
}
train plain.nmt train.en train.fr
grep -q kept err && exit 1
set -- -s data.cache=kept train.en train.fr
train a.nmt "$@"
says built
cp kept before
train b.nmt "$@"
says used
cmp plain.nmt a.nmt && cmp plain.nmt b.nmt && cmp before kept || exit 1
paste train.en train.fr >pairs
rm -f c.nmt c.nmt.state
nmt-train $TINY -s train.updates=4 -s data.valid-source=valid.en -s data.valid-target=valid.fr \
    -s data.cache=kept -o c.nmt <pairs 2>err || exit 1
says used
cmp plain.nmt c.nmt || exit 1

# going on from a state
train long.nmt -s train.schedule=constant -s train.updates=9 train.en train.fr
train r.nmt -s train.schedule=constant "$@"
nmt-train $TINY -s train.updates=9 -s train.schedule=constant -s data.valid-source=valid.en \
    -s data.valid-target=valid.fr --accept-changes -o r.nmt "$@" 2>err || exit 1
says used
cmp long.nmt r.nmt || exit 1

# with subword dropout the text is read all the same
train drop.nmt -s vocabulary.type=bpe -s vocabulary.size=40 -s train.subword-dropout=0.2 train.en train.fr
train e.nmt -s vocabulary.type=bpe -s vocabulary.size=40 -s train.subword-dropout=0.2 "$@"
says 'built anew: it was made with other vocabularies'
train e.nmt -s vocabulary.type=bpe -s vocabulary.size=40 -s train.subword-dropout=0.2 "$@"
says used
cmp drop.nmt e.nmt || exit 1

# damage is said also with -q
head -c 1000 before >kept
train f.nmt -q "$@"
says 'built anew: it is damaged'
cmp before kept && cmp plain.nmt f.nmt || exit 1
train f.nmt -s train.max-length=60 "$@"
says 'built anew: it was made with another train.max-length'
sed '7s/.*/le chien/' train.fr >other.fr
train g.nmt "$@"
train g.nmt -s data.cache=kept train.en other.fr
says 'built anew: it was made of another text'
train h.nmt train.en other.fr
cmp g.nmt h.nmt || exit 1

# a disk that is full: training goes on without it, the exit status is 1 at the end
cp kept before
(
    trap '' XFSZ
    ulimit -f 2
    nmt-train $TINY -s train.updates=4 -o full.nmt "$@" 2>err
)
[ $? -eq 1 ] && grep -q 'not saved, the old file stays: kept: ' err || { cat err; exit 1; }
cmp before kept || exit 1
(
    trap '' XFSZ
    ulimit -f 2
    fails 1 'not everything could be saved' nmt-train $TINY --dry-run -o full.nmt "$@"
) || exit 1
[ -z "$(ls | grep tmp-)" ] || { ls; exit 1; }

cp train.en text
fails 1 'text: data.cache names something else than a cache' \
    nmt-train $TINY -s data.cache=text -o i.nmt train.en train.fr
cmp text train.en || exit 1
fails 1 '/dev/full: data.cache must be a regular file' \
    nmt-train $TINY -s data.cache=/dev/full -o i.nmt train.en train.fr
fails 1 '\.: data.cache must be a regular file' \
    nmt-train $TINY -s data.cache=. -o i.nmt train.en train.fr
exit 0
