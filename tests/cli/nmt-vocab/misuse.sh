# Wrong command lines: status 2 and a reason.
for options in '-e v -d v' '--nonsense' '-t unigram' '-s' '--coverage 2' '--invalid maybe' '--import x' \
    '-c one' '--learn-codes -1' '-f xml -c a b'; do
    nmt-vocab $options </dev/null
    echo "status $?"
done 2>&1 | grep -v "try 'nmt-vocab --help'"
echo text >c
printf '#version: 0.2\na b\n' >codes
nmt-vocab --apply-codes codes --glossary '(' c 2>&1
echo "status $?"
nmt-vocab --help | head -n 1
