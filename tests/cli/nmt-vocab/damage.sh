# A vocabulary cut at any byte is refused with file and line; so are codes cut inside a line, and files
# that are too long, at once and in little memory.
printf 'low lower lowest\n' | nmt-vocab -s 14 >whole || exit 1
bytes=$(wc -c <whole) n=0
while [ $n -lt "$bytes" ]; do
    head -c $n whole >cut
    line=$(awk 'END { print NR ? NR : 1 }' cut)
    nmt-vocab -e cut </dev/null 2>message
    [ $? -eq 1 ] && grep -q "^nmt-vocab: cut:$line: " message || echo "vocabulary of $n bytes: $(cat message)"
    n=$((n + 1))
done
printf 'low low lower lower\n' | nmt-vocab --learn-codes 4 >codes || exit 1
bytes=$(wc -c <codes) n=1
while [ $n -lt "$bytes" ]; do
    head -c $n codes >cut
    lines=$(wc -l <cut)
    nmt-vocab --apply-codes cut </dev/null 2>message
    status=$?
    if [ "$(tail -c 1 cut | wc -l)" -eq 1 ]; then
        [ $status -eq 0 ] && [ ! -s message ] || echo "codes of $n bytes: status $status"
    else
        [ $status -eq 1 ] && grep -q "^nmt-vocab: cut:$((lines + 1)): " message ||
            echo "codes of $n bytes: $(cat message)"
    fi
    n=$((n + 1))
done
case $BUILD in *san-*) ;; *) ulimit -v 600000 ;; esac
pieces() { printf '<unk>\t0\n<s>\t0\n</s>\t0\n'; seq "$1" | sed 's/$/\t-1/'; }
header='#nmt-vocabulary 1 type=bpe normalize=nfkc lowercase=no byte-fallback=no size='
for size in 8 10000000 99999999999999999999 -1 0x10 ''; do
    { echo "$header$size"; pieces 1000; } | nmt-vocab -e - text
    echo "size $size: status $?"
done 2>&1
{ echo "${header}4000000"; pieces 9; } | nmt-vocab -e - text 2>&1
pieces 10000000 2>/dev/null | nmt-vocab -t bpe -e - text 2>&1
seq 10000000 2>/dev/null | sed 's/$/ x/' | nmt-vocab --apply-codes - text 2>&1
# A line that never ends is not read to its end.
yes x 2>/dev/null | tr -d '\n' | nmt-vocab -e - text 2>&1
yes x 2>/dev/null | tr -d '\n' | nmt-vocab --apply-codes - text 2>&1
yes x 2>/dev/null | tr -d '\n' | nmt-vocab --apply-codes codes --vocabulary - text 2>&1
for piece in 'a b\t0' '\t0' 'a\0b\t0' 'a\377\t0' '\342\226\202\t0' 'a' 'a\t' 'a\t-' 'a\tinf' 'a\t0x1' 'a\t1e400' \
    '<s>\t0' '4\t-1' 'a\342\226\201b\t0' '\342\226\201\342\226\201\t0'; do
    { echo "${header}8"; pieces 4; printf "$piece\n"; } | nmt-vocab -e - text
done 2>&1
exit 0
