# Several systems: tables, seeds, the baseline in its two spellings, and what cannot be asked for.
awk 'BEGIN { x = 1; for (i = 0; i < 60; i++) { s = ""; for (k = 0; k < 8; k++) {
    x = x * 16807 % 2147483647; s = s " w" x % 9 } print substr(s, 2) } }' >ref
sed 's/w1/w2/' ref >a
sed 's/w3/w4/g; 7s/^.*$/bad/' ref >b
x='s,nmt-bleu-[0-9.]*,nmt-bleu-X,'
nmt-bleu -f text -w 2 -m bleu,ter ref -i a b | sed "$x"
nmt-bleu -f text -w 2 -m bleu ter --paired-bs --paired-bs-n 200 ref -i a b a | sed "$x"
nmt-bleu -f text -w 2 --paired-ar --paired-ar-n 200 --seed 3 ref -i a b | sed "$x"
nmt-bleu -f tsv -w 2 --paired-bs ref -i a b
nmt-bleu -f tsv -w 2 --paired a ref <b
nmt-bleu -w 2 ref -i a b
nmt-bleu -f text --confidence --confidence-n 100 -m bleu ter em ref <b | sed "$x"
SACREBLEU_SEED=77 nmt-bleu -b -f text --confidence ref <b
nmt-bleu -b -f text --confidence --seed 77 ref <b
nmt-bleu -f text --confidence --seed none ref <b | grep -c 'seed:none'
for wrong in "--paired-bs ref -i a" "--confidence ref -i a b" "--confidence --sentence ref" \
    "--seed x ref" "--paired-ar --paired-bs ref -i a b" "--confidence-n 0 --confidence ref"; do
    nmt-bleu $wrong </dev/null 2>/dev/null
    echo "$?"
done
# A system that is the baseline under another name has the smallest p there is, as in the reference.
cp a again
nmt-bleu --paired-bs --paired-bs-n 99 ref -i a again | jq '.[1].BLEU.p_value'
nmt-bleu --paired-ar --paired-ar-n 99 ref -i a again | jq '.[1].BLEU.p_value'
# The baseline itself has none.
nmt-bleu --paired-ar --paired-ar-n 99 ref -i a again | jq '.[0].BLEU.p_value'
