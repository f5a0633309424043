# add-k with a k that is no whole number: the reference adds it in single precision to a bootstrap
# sample, and the whole part of it to a trial of randomisation. The numbers were computed with numpy
# 1.24 by its rules.
awk 'BEGIN { x = 1; for (i = 0; i < 40; i++) { s = ""; for (k = 0; k < 8; k++) {
    x = x * 16807 % 2147483647; s = s " w" x % 9 } print substr(s, 2) } }' >ref
sed 's/w1/w2/; 5s/^w. //' ref >a
sed 's/w3 w/w4 w/; s/w5/w6/; 7s/ w.$//' ref >b
for k in 0.3 2.7 0.999; do
    nmt-bleu -t none -s add-k -sv $k --paired-bs ref -i a b |
        jq -r '.[].BLEU | "\(.score * 1e10 | round) \(.mean * 1e10 | round) \(.ci * 1e10 | round) \(.p_value)"'
    nmt-bleu -t none -s add-k -sv $k --paired-ar --paired-ar-n 1000 ref -i a b | jq '.[1].BLEU.p_value'
done
