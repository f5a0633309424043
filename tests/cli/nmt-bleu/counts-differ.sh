# Lines are counted before anything is printed; both counts and names are told.
printf 'a\nb\nc\n' >three
printf 'a\nb\n' >two
printf 'a\n' >one
: >none
for args in "" "--sentence -f text" "-f tsv --sentence" "--worst 1" "--confidence"; do
    nmt-bleu $args three <two && exit 9
    nmt-bleu $args two <three && exit 9
    nmt-bleu $args two three -i two && exit 9
    cat two | nmt-bleu $args one && exit 9
    nmt-bleu $args two <none && exit 9
done
for args in "" "-f tsv --sentence" "--paired-bs" "--paired-ar"; do
    nmt-bleu $args three -i three two && exit 9
    nmt-bleu $args three -i two three && exit 9
done
cat two | nmt-bleu --refs-tab three && exit 9
nmt-bleu --by-length one two <two && exit 9
nmt-bleu --worst 1 --source three two <two && exit 9
nmt-bleu none <none
