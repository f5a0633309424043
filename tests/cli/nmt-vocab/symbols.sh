# Symbols of a sentencepiece file: what it does not tell is not guessed in silence.
special='<unk>\t0\n<s>\t0\n</s>\t0\n'
learnt='\342\226\201a\t-0\nb<\t-1\nb<x\t-2\n\342\226\201\t-3\na\t-4\nb\t-5\n<\t-6\nx\t-7\n>\t-8\nc\t-9\n'
printf "$special<pad>\t0\n<x>\t0\n<c<x>\t0\n$learnt" >symbols.vocab
printf "$special<pad>\t0\n$learnt" >pad.vocab
printf 'a <x >\nab<x>\n<pad> a\n\357\274\234x>\n<c<x\n<c<x>\n<<<<>>x>\n' >text
try() { "$@"; echo "status $?"; }
try nmt-vocab -e symbols.vocab -t bpe text
try nmt-vocab -e symbols.vocab -t bpe --normalize none --invalid replace text
try nmt-vocab -e symbols.vocab -t bpe --invalid fail text
try nmt-vocab -e pad.vocab -t bpe -P text
printf '6 3 1 2\n6 4\n6 4294967295\n' >ids
try nmt-vocab -d symbols.vocab -t bpe ids
printf '<s> <pad> a\n<x> a\n' | try nmt-vocab -d symbols.vocab -t bpe -P
echo '# imported'
try nmt-vocab --import symbols.vocab -t bpe -o own.v
nmt-vocab -q --import symbols.vocab -t bpe | cmp - own.v
try nmt-vocab --import pad.vocab -t bpe -o pad.v
head -n 7 own.v
# Control symbols: text never becomes one (b<x> is b<x and >), and they become no text.
try nmt-vocab -e own.v -P text
try nmt-vocab -d own.v ids
nmt-vocab -e own.v text | nmt-vocab -d own.v | sed 's/<unk>/(unk)/g'
echo '# refused'
for line in '1 <unk>\t-1' '2 <s>\t-0' '3 </s>\t0.5' '5 x>\t0' '5 <>\t0' '5 <\342\226\202>\t0' '5 <\342\226\201>\t0' '5 <0x41>\t0' '5 <0x41>\t-1' \
    '4 <x>\t0'; do
    awk -v n="${line%% *}" -v new="$(printf "${line#* }")" 'NR == n { print new; next } { print }' symbols.vocab >bad
    nmt-vocab --import bad -t bpe
done 2>&1
try nmt-vocab -e symbols.vocab text
echo '# a single word has the probability 1'
printf "$special\342\226\201a\t0\n" >one.vocab
echo 'a b a' | try nmt-vocab -e one.vocab -t word
