# What is learnt depends on the text alone: not on threads, nor on how it arrives. Blocks of text, the
# tables of threads and those that all share are all exceeded.
awk 'BEGIN {
    for (i = 1; i <= 60000; i++) {
        x = (x * 16807 + i) % 2147483647
        line = x % 50000 " Wort" int(x / 7) % 90000 " \303\204rger" x % 13 " e\314\201t" x % 7000
        print line (i % 100 == 0 ? " \357\254\201" x % 5 "\302\240ein" x % 9 : "")
    }
    for (i = 0; i < 300; i++) # words that are longer than a thread keeps
        printf "%s%2000d\n", i % 9, i % 7
}' >text
head -c 1000000 text >first
tail -c +1000001 text >second

# learn OPTION...: the vocabulary must be the same in every way
learn()
{
    nmt-vocab "$@" -j 1 -o one text
    for threads in 2 7; do
        nmt-vocab "$@" -j $threads text | cmp one - || echo "$* -j $threads differs"
    done
    sort -r text | cat | nmt-vocab "$@" -j 2 | cmp one - || echo "$* of sorted lines differs"
    cat text | nmt-vocab "$@" -j 2 | cmp one - || echo "$* of a pipe differs"
    tail -n 1 one | cut -f 2
}

learn -s 2000
learn -s 1500 --lowercase --byte-fallback
learn -s 1000 --normalize none --min-count 2
learn -t word -s 3000
learn -t char
learn -s 500 --max-types 5000 -q
learn -t word --max-types 700 -q
nmt-vocab --learn-codes 800 -j 1 text >one
nmt-vocab --learn-codes 800 -j 2 text | cmp one -
nmt-vocab --learn-codes 800 -j 7 text | cmp one -

# Many files; a line that goes over two of them would be two lines.
split -l 9000 text part.
for type in bpe word char; do
    nmt-vocab -t $type -s 1000 -j 1 text >one
    nmt-vocab -t $type -s 1000 -j 2 part.* | cmp one -
done

# Of bad lines the first in the order of the text is named, however many threads look for it.
awk '{ print } FNR == 41000 || FNR == 20011 || FNR == 59999 { printf "bad \377 %d\n", FNR }' text >bad
for threads in 1 2 7; do
    nmt-vocab -s 1000 -j $threads --invalid fail bad; echo $?
    nmt-vocab -s 1000 -j $threads -o kept bad; echo $?
    nmt-vocab -s 1000 -j $threads text >one
    cmp one kept
    nmt-vocab -s 1000 -j $threads --invalid replace bad | cmp -s one - || echo differs
    nmt-vocab -s 4000000 -j $threads first >/dev/null; echo $?
done
