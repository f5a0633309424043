# JSON by default, with the reference's keys in its order, and jq can read it.
printf 'the cat sat on the mat\n' >ref
printf 'the cat sat on a mat\n' >hyp
nmt-bleu -w 3 -lc -s floor -sv 0.5 ref <hyp >out
sed "s,nmt-bleu-[0-9.]*,nmt-bleu-X," out
jq -e '.score > 53 and .tok == "13a" and .smooth == "floor[0.50]" and .case == "lc"' out >/dev/null
nmt-bleu -sl -f json ref <hyp | jq -er '.verbose_score'
