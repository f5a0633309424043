# nmt-train refuses a bitext if and only if -c calls it unusable, and accepts what --clean writes.
command -v nmt-train >/dev/null || { echo 'nmt-train is not built'; exit 77; }
. "$TOP/tests/cli/train.inc"
make_bitext 40 1 good

train() {
    rm -f m.nmt m.nmt.state
    nmt-train -q $TINY -s train.updates=1 -o m.nmt "$1" "$2" >/dev/null 2>message
}

# try NAME SOURCE TARGET: printf formats of a pair that is put among good ones.
try() {
    for side in en fr; do
        { head -n 20 good.$side; printf "$2\n"; tail -n 20 good.$side; } >bad.$side
        set -- "$1" "$3" "$2"
    done
    judge "$1"
}

# judge NAME: bad.en, bad.fr
judge() {
    nmt-vocab -c bad.en bad.fr >report 2>&1
    usable=$?
    train bad.en bad.fr
    status=$?
    [ $usable -eq $status ] || { echo "$1: checked: $usable, trained: $status"; cat report message; }
    [ $usable -eq 0 ] || echo "$1: $(tail -n 1 report)"
    nmt-vocab -c bad.en bad.fr --clean clean.en clean.fr >/dev/null
    [ $? -eq $usable ] || echo "$1: another status with --clean"
    nmt-vocab -c clean.en clean.fr >/dev/null || echo "$1: what is clean is not usable"
    [ "$(wc -l <clean.en)" -ge 40 ] || echo "$1: $(wc -l <clean.en) pairs left"
    train clean.en clean.fr || { echo "$1: clean, but not trained on"; cat message; }
    cat bad.en >>all.en
    cat bad.fr >>all.fr
}

long=$(awk 'BEGIN { for (i = 0; i < 5000; i++) printf "wort " }')
try good 'a' 'b'
try cr-end 'a\r' 'b\r'
try cr-end-target 'a' 'b\r\r'
try cr-inside 'a\rb' 'c'
try cr-alone '\r' 'c'
try nul 'a\0b' 'c'
try utf8 'a' 'b \377'
try utf8-cut 'a \303' 'b'
try utf8-surrogate 'a' 'b \355\240\200'
try empty '' 'b'
try spaces 'a' '   '
try nbsp 'a' '\302\240'
try tab '\t' 'b'
try control 'a\001' 'b \302\205 c'
try line-ends 'a \342\200\250 b' 'c \013 d \014'
try long "$long" 'a'
try ratio 'a' 'b c d e f g'
try same 'a b' 'a b'
try bom '\357\273\277a' 'b'
for side in en fr; do
    { cat good.$side; head -c 17000000 /dev/zero | tr '\0' x; echo; } >bad.$side
    other=$([ $side = en ] && echo fr || echo en)
    { cat good.$other; echo x; } >bad.$other
    judge "17 MB in $side"
done
mv all.en bad.en
mv all.fr bad.fr
judge 'all of it'
head -n 40 good.en >bad.en
cat good.fr good.fr >bad.fr
nmt-vocab -c bad.en bad.fr | tail -n 1
train bad.en bad.fr && echo 'line counts differ, but trained on'
exit 0
