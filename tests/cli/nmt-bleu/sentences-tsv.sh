# Sentence scores of several systems and metrics in columns.
printf 'the cat sat on the mat\na dog ran home\n' >ref
printf 'the cat sat on a mat\na dog ran home\n' >a
printf 'cat on the mat\na dog ran home now\n' >b
nmt-bleu --sentence -f tsv -w 2 --exact-match ref -i a b
