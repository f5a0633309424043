# The worst sentences with their texts: against the reference, against a baseline, with the source.
printf 'a b c d e\nf g h i j\nk l m n o\n\n' >ref
printf 'A B C D E\nF G H I J\nK L M N O\n\n' >src
printf 'a b c d e\nf g h x j\nk l\n\n' >one
printf 'a b c\nf g h i j\nk l m n\n\n' >two
nmt-bleu --worst 2 -f text ref <one
nmt-bleu --worst 1 -f text --source src ref one -i two
nmt-bleu --worst 9 -f text ref -i one two
nmt-bleu --worst 1 -m ter ref -i one two
nmt-bleu --worst 2 --paired one -w 3 ref <two
nmt-bleu --worst 2 -f tsv ref <two
echo "status $?"
# Nothing of a line is lost, and nothing in it steers a terminal.
printf 'a\0b \033[2J\tc \302\233\n' >odd
echo x >plain
nmt-bleu --worst 1 odd <plain
nmt-bleu --worst 1 -f text odd <plain | tail -n 2
# A name with a tab or the like breaks no table.
cp two "$(printf 'a\tb')"
nmt-bleu -f tsv ref -i one a*b
nmt-bleu -f text ref -i one a*b | head -n 3
