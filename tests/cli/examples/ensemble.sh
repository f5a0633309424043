# examples/multi30k, with its ensemble, on a little bitext: everything is made once, and scored.
cp "$TOP"/examples/demo/*.awk "$TOP/examples/demo/lexicon" .
awk -f words.awk -f nouns.awk -f sentences.awk -v train=200 -v valid=20 -v test=20 lexicon > /dev/null
for part in train valid test; do
    case $part in valid) to=val ;; test) to=test_2016 ;; *) to=$part ;; esac
    for lang in en fr; do gzip -c $part.$lang > $to.$lang.gz; done
done
cat > few.yaml <<'END'
model: { embedding: 16, state: 16, alignment: 16, maxout: 16 }
train: { updates: 4 }
END
run() { MAKEFLAGS= make -s -f "$TOP/examples/multi30k/Makefile" DATA=. T=fr SIZE=120 CONFIG=few.yaml SEEDS='1 2' BEAM=2 \
    BIN="$(dirname "$(command -v nmt-train)")" OPTIONS='-q' "$@"; }
run ensemble > score || echo 'no ensemble'
grep -q '"score"' score || echo 'no score'
[ "$(wc -l < out/test_2016.ensemble)" -eq "$(wc -l < test.en)" ] || echo 'lines are missing'
cmp -s out/en-fr.seed-1.nmt out/en-fr.seed-2.nmt && echo 'one seed, twice'
run -q out/test_2016.ensemble || echo 'something would be made again'
nmt-encode -m out/en-fr.seed-1.nmt -m out/en-fr.seed-2.nmt test.en |
    nmt-decode -m out/en-fr.seed-1.nmt -m out/en-fr.seed-2.nmt -b 2 | cmp - out/test_2016.ensemble
exit 0
