# -e then -d gives back the text (none) or its normal form; ids and pieces, on one thread and three.
printf '  two  spaces \n\n   \n\302\240nb\302\240sp\t tab\r\nlast without LF' >odd
# One of 997 characters of every plane, a few to a line.
awk 'BEGIN {
    for (cp = 33; cp < 1114112; cp += 997) {
        if (cp >= 55296 && cp < 57344) continue
        if (cp < 128) printf "%c", cp
        else if (cp < 2048) printf "%c%c", 192 + int(cp / 64), 128 + cp % 64
        else if (cp < 65536) printf "%c%c%c", 224 + int(cp / 4096), 128 + int(cp / 64) % 64, 128 + cp % 64
        else printf "%c%c%c%c", 240 + int(cp / 262144), 128 + int(cp / 4096) % 64, 128 + int(cp / 64) % 64, 128 + cp % 64
        printf cp % 3 ? "" : cp % 7 ? " " : "\n"
    }
    print "\342\226\201 \342\226\202 \342\226\202_ \360\237\221\250\342\200\215\360\237\221\251 e\314\201 \357\254\201"
}' >planes
cat planes odd >text
for type in word char bpe; do
    case $type in bpe) size='-s 1200 --coverage 1' ;; char) size='--coverage 1' ;; *) size= ;; esac
    nmt-vocab -t $type $size --normalize none planes odd >$type.v || exit 1
    for j in 1 3; do
        nmt-vocab -j $j -e $type.v text >ids || exit 1
        nmt-vocab -j $j -d $type.v ids | cmp - text || echo "$type: ids do not come back"
        nmt-vocab -j $j -P -e $type.v text | nmt-vocab -P -d $type.v | cmp - text ||
            echo "$type: pieces do not come back"
    done
    [ "$(wc -l <ids)" -eq "$(wc -l <text)" ] || echo "$type: line counts differ"
    nmt-vocab -e $type.v planes odd | nmt-vocab -d $type.v | cmp - text ||
        echo "$type: two files do not come back"
done
nmt-vocab --byte-fallback -s 300 --normalize nfc odd >bytes.v
nmt-vocab -e bytes.v text | nmt-vocab -d bytes.v >nfc
nmt-vocab -t char --coverage 1 --normalize nfc text >char.v
nmt-vocab -e char.v text | nmt-vocab -d char.v | cmp - nfc
printf '\357\254\201 e\314\201 120\302\240cm \304\260A\n' >composed
nmt-vocab -t char --lowercase --coverage 1 composed >lower.v
nmt-vocab -e lower.v composed | nmt-vocab -d lower.v
