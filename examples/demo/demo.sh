#!/bin/sh
# demo.sh BIN OUT: the whole of nmt on a small world, in a minute. Makes a bitext out of a grammar,
# learns to translate it, and measures translations and alignments against what the grammar knows.
# BIN has the programs; everything is written in OUT. Each command is shown as you would type it.

set -eu
LC_ALL=C
export LC_ALL
demo=$(cd "$(dirname "$0")" && pwd)
PATH=$(cd "$1" && pwd):$PATH
began=$(date +%s)

say() {
    printf '\n# %s\n' "$*"
}
run() {
    printf '$ %s\n' "$*"
    eval "$*"
}

mkdir -p "$2"
cd "$2"
cp "$demo"/*.awk "$demo/lexicon" "$demo/demo.yaml" .
rm -f en-fr.nmt en-fr.nmt.* # a model that is there would be trained on

say "A bitext out of a grammar: English, French and the true word alignment (in $2)."
run 'awk -f words.awk -f nouns.awk -f sentences.awk -v train=10000 -v valid=200 -v test=500 lexicon'
run 'tail -n 3 test.en test.fr test.gold'

say 'A vocabulary for each side.'
run 'nmt-vocab -t word train.en > en.vocab'
run 'nmt-vocab -t word train.fr > fr.vocab'

say 'Training. demo.yaml names the vocabularies and the validation pairs.'
run 'nmt-train -c demo.yaml -o en-fr.nmt train.en train.fr'

say 'Translation of sentences that training has not seen. Two programs, one pipe.'
run 'nmt-encode -m en-fr.nmt test.en | nmt-decode -m en-fr.nmt -A test.alignment > test.out'
run 'paste -d "\n" test.en test.out /dev/null | head -n 9'

say 'How good is it? BLEU of all of them, then of those over 25 words.'
run 'nmt-bleu -f text -t none test.fr < test.out'
for f in fr out; do
    awk 'NR == FNR { long[NR] = NF > 25; next } long[FNR]' test.en test.$f > long.$f
done
run 'nmt-bleu -f text -t none long.fr < long.out'

say 'Where the model looked while it wrote.'
run 'echo "the old doctor never gives the red apples to her because she is not happy ." > one.en'
run 'nmt-encode -m en-fr.nmt one.en | nmt-decode -m en-fr.nmt -A one.alignment'
run 'nmt-align -f term one.alignment'
run 'nmt-align -f svg one.alignment > one.svg'

say "Word alignments of given sentence pairs, and their error rate by the grammar's own."
run 'nmt-align -m en-fr.nmt test.en test.fr > test.links'
run 'head -n 1 test.links'
run 'nmt-align -E test.gold test.links'

say "$(($(date +%s) - began)) seconds. All of it is in $2; the picture is one.svg."
