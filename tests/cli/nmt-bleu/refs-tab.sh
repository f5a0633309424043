# One file of references with tabs gives what several files give; their number may vary.
printf 'the cat sat on the mat\na dog ran home\n' >hyp
printf 'the cat sat on a mat\nthe dog ran home\n' >r1
printf 'a cat sat on the mat\na dog is running home\n' >r2
paste r1 r2 >both
nmt-bleu -f text r1 r2 <hyp >a
nmt-bleu -f text --refs-tab both <hyp >b
cmp a b
printf 'the cat sat on a mat\ta cat sat on the mat\nthe dog ran home\n' >vary
nmt-bleu -f text -w 4 --refs-tab vary <hyp | sed "s,nmt-bleu-[0-9.]*,nmt-bleu-X,"
nmt-bleu -sl -f text -w 4 --refs-tab vary <hyp | sed "s,nmt-bleu-[0-9.]*,nmt-bleu-X,"
