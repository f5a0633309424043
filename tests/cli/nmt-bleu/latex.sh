# Tables for LaTeX: what is a command there is escaped, signatures are comments.
printf 'one two three four five\none two six\n' >ref
printf 'one two three four six\none two six\n' >'a_1&50%.de'
printf 'one two three four five\none six\n' >'b{$}#^~\.de'
x='s,nmt-bleu-[0-9.]*,nmt-bleu-X,'
nmt-bleu -f latex -m bleu ter ref -i 'a_1&50%.de' 'b{$}#^~\.de' | sed "$x"
nmt-bleu -f latex -w 2 -sh --paired-bs --paired-bs-n 50 ref -i 'a_1&50%.de' ref | sed "$x"
nmt-bleu -f latex ref <ref | sed "$x"
nmt-bleu -f latex --by-length ref --length-step 3 ref <ref | sed "$x"
for wrong in "--worst 2" --sentence; do
    nmt-bleu -f latex $wrong ref <ref
    echo "status $?"
done
