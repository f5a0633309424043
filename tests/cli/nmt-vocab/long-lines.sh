# A line of 1 MB, of one character or of many, with LF and without, comes back; a word as long is unknown.
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "a" }' >same
awk 'BEGIN { srand(1); for (i = 0; i < 1000000; i++) printf "%c", 97 + int(rand() * 26) }' >many
for text in same many; do
    { cat $text; echo; } >$text-lf
done
printf '<unk>' >unknown
printf '<unk>\n' >unknown-lf
for text in same same-lf many many-lf; do
    for type in word char bpe; do
        case $type-$text in bpe-same*) size='-s 14' ;; bpe-many*) size='-s 300' ;; *) size= ;; esac
        want=$text
        [ $type = char ] || [ $type = bpe ] || want=unknown${text#????}
        for j in 1 2; do
            nmt-vocab -t $type $size -j $j $text >v || echo "$type $text: status $?"
            nmt-vocab -j $j -e v $text | nmt-vocab -j $j -d v | cmp - $want ||
                echo "$type $text -j $j does not come back"
        done
    done
    nmt-vocab -q --learn-codes 20 $text >codes
    for j in 1 2; do
        nmt-vocab --apply-codes codes -j $j $text | sed 's/@@ //g' | cmp - $text
        nmt-vocab --apply-codes codes -j $j --dropout 0.5 $text | sed 's/@@ //g' | cmp - $text
    done
    [ "$(nmt-vocab --counts $text | cut -d ' ' -f 2)" = 1 ] || echo "$text: counts"
done
exit 0
