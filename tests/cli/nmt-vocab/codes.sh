# Codes as subword-nmt has them, on text whose merges can be counted by hand.
yes 'low low low low low lower lower newest newest newest newest newest newest widest widest widest' | head -n 1 >text
echo '# learn' # es and st</w> 9 times, st</w> is the greater pair; then e st</w>, lo, low ...
nmt-vocab --learn-codes 6 text
echo '# the same out of counts'
nmt-vocab --counts text | tee counts
nmt-vocab --learn-codes 6 --dict-input counts >codes
nmt-vocab --learn-codes 6 text | cmp - codes
echo '# seen seven times'
nmt-vocab --learn-codes 100 --min-frequency 7 text
echo '# until nothing is seen twice'
nmt-vocab --learn-codes 1000 text | wc -l
echo '# 8 characters inside, 3 at the end'
nmt-vocab --learn-codes 5 text >five
nmt-vocab --learn-codes 16 --total-symbols text | cmp - five
nmt-vocab --learn-codes 11 --total-symbols text
nmt-vocab --learn-codes 4 --total-symbols text
echo '# apply'
printf 'lowest  newer\n  low \nl\n\n' >new
nmt-vocab --apply-codes codes new | sed 's/ /_/g'
for m in 0 1 6 7; do echo "-m $m: $(nmt-vocab --apply-codes codes -m $m text | tr ' ' '\n' | sort -u | tr '\n' ' ')"; done
echo '# vocabulary'
nmt-vocab --apply-codes codes text | nmt-vocab --counts | tee pieces
for n in 0 6 9 10; do
    echo "$n: $(nmt-vocab --apply-codes codes --vocabulary pieces --vocabulary-threshold $n new | head -n 1)"
done
nmt-vocab --apply-codes codes --vocabulary /dev/null new | head -n 1
echo '# glossaries'
printf 'lowest2low 13 lowlow wide\n' >gloss
nmt-vocab --apply-codes codes gloss
nmt-vocab --apply-codes codes --glossary '[0-9]+' gloss
nmt-vocab --apply-codes codes --glossary '[0-9]' --glossary low --glossary 'wi?de|w' gloss
nmt-vocab --apply-codes codes --glossary '^low' --glossary 'st$' gloss
printf 'caf\303\251s \303\251\n' | nmt-vocab --apply-codes codes --glossary '.s' --glossary "$(printf '\303\251')"
printf 'Mr.X MrsY\n' | nmt-vocab --apply-codes codes --glossary 'Mr|Mrs'
echo '# white space'
printf ' \302\240low\tlow \342\200\250 low\r\nlow\013low\r' | nmt-vocab --apply-codes codes | od -An -c | tail -n 4
echo '# version 0.1'
printf 'l o\nlo w\nlow </w>\n' >old
echo 'low slow lowlow' | nmt-vocab --apply-codes old
echo '# nothing to learn from'
nmt-vocab --learn-codes 5 -o none /dev/null
echo "status $?"
printf ' \n\r\n' | nmt-vocab --learn-codes 5 --total-symbols
echo "status $?"
[ ! -e none ] || echo "there are codes"
echo 'a b a b' | nmt-vocab --learn-codes 5
echo "status $?"
nmt-vocab -q --learn-codes 1000 text | wc -l
nmt-vocab --counts /dev/null
printf 'a\377b\nfine\n' | nmt-vocab --counts
echo "status $?"
printf 'low 3\nlow\n' | nmt-vocab --learn-codes 5 --dict-input
echo "status $?"
