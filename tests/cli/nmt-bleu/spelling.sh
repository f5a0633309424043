# sacreBLEU's spelling and ours are the same options.
printf 'The cat sat on the mat.\nYes!\n' >ref
printf 'the cat sat on a mat.\nYes !\n' >hyp
same() {
    nmt-bleu -f text $1 ref <hyp >a && nmt-bleu -f text $2 ref <hyp >b && cmp a b
}
same "-tok none -lc" "-t none --lowercase"
same "-sl" "--sentence"
same "--sentence-level -s add-k -sv 2" "--sentence --smooth-method add-k --smooth-value 2"
same "-m bleu" "--metrics=bleu"
same "-sh -b -w 4" "--short --score-only --width 4"
nmt-bleu -f text ref -i hyp >a
nmt-bleu -f text -i hyp -- ref >b
nmt-bleu -f text -m bleu ref <hyp >c
cmp a b && cmp b c
