# Wrong command lines: status 2 and a reason; nothing is written.
echo 'some text' >c
nmt-vocab -t word c >v
nmt-vocab -s 10 c >b
printf '#version: 0.2\na b\n' >codes
while read -r options; do
    nmt-vocab $options -o out </dev/null
    echo "status $?"
done <<'.' 2>&1 | grep -v "try 'nmt-vocab --help'"
-e v -d v
-c --counts c c
--nonsense
-t unigram
-s
--coverage 2
--coverage 0
--min-count 0
--max-types 0
--invalid maybe
--import v
--import v -t word c
-c one
--learn-codes -1
--learn-codes 1048577
--min-frequency 0 --learn-codes 9
-f xml -c c c
-f json c
--clean c c
-P c
-P --apply-codes codes c
-s 30 -e v c
-s 30 --learn-codes 9 c
--min-count 2 --learn-codes 9 c
--min-frequency 2 c
--total-symbols --apply-codes codes c
--dict-input --counts c
-m 3 --learn-codes 9 c
--vocabulary v -e v c
--vocabulary-threshold 5 --apply-codes codes c
--glossary x -e v c
--dropout 0.1 c
--dropout 0.1 -d v c
--dropout 1.1 -e b c
--dropout nan -e b c
--seed -1 --dropout 0.1 -e b c
--seed 3 --counts c
--normalize none -e v c
--lowercase -d v c
--byte-fallback -t bpe --import v
--invalid skip -c c c
--type word --counts c
--apply-codes codes --glossary ( c
-j -1 -e v c
-j x -e v c
-e -
-e - -
--apply-codes - --vocabulary - c
--apply-codes codes --vocabulary - -
-c - -
- c -
--coverage 0.9 -t word c
--dropout 0.1 -e v c
--dropout 0 -t word -e v c
--byte-fallback --learn-codes 9 c
--coverage 0.9 -e v c
--max-types 9 --counts c
-j 2 --counts c
-j 2 -c c c
-j 2 --learn-codes 3 --dict-input c
-j 2 -t word --import v
-m 3 -e v c
--glossary x --counts c
--clean --counts c
--max-words 3 c
--max-words 0 -c c c
--max-chars x -c c c
--max-ratio 0.9 -c c c
--max-ratio nan -c c c
--drop-duplicates -e v c
--drop-identical --apply-codes codes c
--max 3 -c c c
.
# A file that says of itself something else than -t and --normalize: not what was meant.
nmt-vocab -e v -t bpe c 2>&1
nmt-vocab -e v -t word --normalize none c 2>&1
nmt-vocab -d v -t word --lowercase c 2>&1
echo "status $?"
# A file without a name is refused before any work.
for options in '-t word' '-e v' '--counts' '--learn-codes 2' '-c c' '--import v -t word'; do
    case $options in --import*) operand= ;; *) operand=c ;; esac
    nmt-vocab $options -o '' $operand
    echo "status $?"
done 2>&1 | sort | uniq -c
nmt-vocab -c c c --clean '' other 2>&1
echo "status $?"
nmt-vocab --help | grep -e --version
nmt-vocab --help | head -n 1
ls
