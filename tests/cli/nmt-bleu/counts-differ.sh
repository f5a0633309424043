# Lines are counted before anything is printed; both counts and names are told.
printf 'a\nb\nc\n' >three
printf 'a\nb\n' >two
: >none
for args in "" "--sentence -f text" "-f tsv --sentence"; do
    nmt-bleu $args three <two && exit 9
    nmt-bleu $args two <three && exit 9
    nmt-bleu $args two three -i two && exit 9
    nmt-bleu $args three -i three two && exit 9
    nmt-bleu $args two <none && exit 9
done
nmt-bleu none <none
