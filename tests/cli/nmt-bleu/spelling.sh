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
same "-tok=intl -w=4 -bm=ter" "-t intl -w 4 -b -m ter"
same "-s=add-k -sv=2 -cw=1 -e=utf8" "-s add-k --smooth-value 2"
same "--sent" "-sl"
nmt-bleu -h >a && nmt-bleu --help >b && cmp a b
nmt-bleu -V >a && nmt-bleu --version >b && cmp a b
nmt-bleu -o==name ref <hyp && rm =name
nmt-vocab -t word -o=name ref && rm =name # elsewhere it is part of the value
nmt-bleu -lc=yes ref <hyp
echo "status $?"
nmt-bleu --se ref <hyp # --seed, or --sentence
echo "status $?"
same "-sh -b -w 4" "--short --score-only --width 4"
same "-e utf-8 -nc --force" "--encoding=UTF8 --no-color"
same "-ci -cin 50" "--confidence --confidence-n 50"
same "-m chrf -cc 4 -cw 2" "--metrics chrf --chrf-char-order 4 --chrf-word-order 2"
same "-j 0" "--threads 2"
cp hyp other
paired() {
    nmt-bleu $1 ref -i hyp other >a && nmt-bleu $2 ref -i hyp other >b && cmp a b
}
paired "-pbs -pbsn 20" "--paired-bs --paired-bs-n 20"
paired "-par -parn 20" "--paired-ar --paired-ar-n 20"
paired "-par -part 20 --paired-jobs 2" "--paired-ar --paired-ar-n 20 -j 1"
nmt-bleu -e latin-1 ref <hyp
echo "status $?"
# Its variables: the format for where none is given, the seed (also None) for where one is used.
SACREBLEU_FORMAT=TEXT nmt-bleu ref <hyp >a
nmt-bleu -f text ref <hyp | cmp - a
SACREBLEU_FORMAT=text nmt-bleu -f json ref <hyp | head -n 1
SACREBLEU_FORMAT=nonsense nmt-bleu ref <hyp | head -n 1
SACREBLEU_FORMAT=latex nmt-bleu -sl -b ref <hyp
SACREBLEU_SEED=nonsense nmt-bleu -b ref <hyp
SACREBLEU_SEED=nonsense nmt-bleu -b --confidence ref <hyp
SACREBLEU_SEED=None nmt-bleu --confidence ref <hyp | grep '"seed"'
nmt-bleu -f text ref -i hyp >a
nmt-bleu -f text -i hyp -- ref >b
nmt-bleu -f text -m bleu ref <hyp >c
cmp a b && cmp b c
