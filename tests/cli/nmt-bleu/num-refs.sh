# -nr N: every line of the one reference file has N references between tabs, blank ones too.
printf 'the cat sat on the mat\na dog ran home\n' >hyp
printf 'the cat sat on a mat\ta cat sat on the mat\nthe dog ran home\ta dog ran\n' >both
cut -f 1 both >r1
cut -f 2 both >r2
nmt-bleu -f text -m bleu chrf ter r1 r2 <hyp >a
nmt-bleu -f text -m bleu chrf ter -nr 2 both <hyp >b
nmt-bleu -f text -m bleu chrf ter --num-refs=2 both <hyp | cmp - b
cmp a b
# A blank reference is one, and tabs behind the last border belong to the last reference.
printf '\tthe cat sat on the mat\na dog\tran\thome\n' >odd
printf '\na dog\n' >r1
printf 'the cat sat on the mat\nran\thome\n' >r2
nmt-bleu -f text -m bleu ter r1 r2 <hyp >a
nmt-bleu -f text -m bleu ter -nr 2 odd <hyp | cmp - a
nmt-bleu -b -f text -m bleu ter --refs-tab odd <hyp
# -nr 1 is what there is without it.
nmt-bleu -f text -m bleu ter -nr 1 r1 r2 <hyp | cmp - a
nmt-bleu -nr 3 both <hyp
echo "status $?"
nmt-bleu -nr 3 odd <hyp
echo "status $?"
nmt-bleu -nr 2 r1 r2 <hyp
echo "status $?"
