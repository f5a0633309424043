# Memory beyond the model is bounded, whatever the input is; what does not fit fails by itself.
. "$TOP/tests/cli/models.inc"
tiny_model m
make_bitext 60 3 test
# 40 lines of 8000 words each stand among others.
awk 'BEGIN { for (l = 0; l < 40; l++) { for (i = 0; i < 4000; i++) printf "the dog "; print "" } }' >fat
{ head -n 30 test.en; cat fat; tail -n 30 test.en; } >in
case $BUILD in
*san-*) limit() { "$@"; } ;; # sanitizers take all the addresses there are
*) limit() { (ulimit -v 400000; exec "$@"); } ;;
esac
limit nmt-encode -q -m m.nmt -j 2 --memory 100M -o in.ann in || echo 'the lines fit'
nmt-encode -q -m m.nmt -j 1 in | cmp - in.ann || echo 'memory changes the stream'
limit nmt-decode -q -m m.nmt -j 2 -b 2 --max-ratio 1 --memory 100M --score in.ann >out || echo 'the records fit'
every_line out 100
nmt-decode -q -m m.nmt -b 2 --max-ratio 1 --score in.ann | cmp - out || echo 'memory changes translations'
# Soft alignments of 2,000 words with as many: 16 MB where a sixteenth of the memory is less.
{ head -n 30 test.en; head -n 12 fat | cut -d ' ' -f 1-2000; } | nmt-encode -q -m m.nmt -o wide.ann
limit nmt-decode -q -m m.nmt -j 2 -b 1 --min-ratio 0.9 --max-ratio 1 --memory 50M -A al wide.ann >/dev/null 2>err
[ $? -eq 1 ] && grep -q 'record 31: .*memory' err || { echo 'weights of 2000 words'; head -n 3 err; }
[ "$(wc -l <err)" -eq 11 ] || { echo 'ten names and a count'; cat err; }
[ "$(nmt-align al 2>/dev/null | wc -l)" -eq 42 ] || echo 'every record has its place among the alignments'

# Too much for what is allowed: these lines fail, the others do not.
limit nmt-encode -q -m m.nmt -j 2 --memory 32M --max-length 100000 in >in.ann 2>err
[ $? -eq 1 ] && [ "$(wc -l <err)" -eq 11 ] || { echo 'parts of 8000 tokens in 4 MB'; head -n 3 err; }
grep -q 'in:31: 800[0-9] tokens at once need more memory than is allowed' err || head -n 3 err
nmt-encode -q -m m.nmt --max-length 100000 -o in.ann in || echo 'parts of 8000 tokens'
limit nmt-decode -q -m m.nmt -j 2 -b 50 --memory 32M in.ann 2>err >out
[ $? -eq 1 ] && grep -q 'record 31: .*memory' err || { echo 'a beam of 50 over 8000 words in 2 MB'; head -n 3 err; }
every_line out 100
nmt-decode -q -m m.nmt -b 50 --records 1-30 in.ann >want
head -n 30 out | cmp - want || echo 'companions that fail change a translation'
# A record that is larger than it may be fails alone.
{ head -n 2 test.en; awk 'BEGIN { for (i = 0; i < 60000; i++) printf "the dog "; print "" }'; tail -n 2 test.en; } |
    nmt-encode -q -m m.nmt -o in.ann
nmt-decode -q -m m.nmt --memory 32M in.ann >out 2>err
[ $? -eq 1 ] && grep -qx 'nmt-decode: record 3: [0-9]* bytes, more than the 4194304 that are allowed' err || cat err
nmt-decode -q -m m.nmt --records 1-2 in.ann >want
{ cat want; echo; nmt-decode -q -m m.nmt --records 4- in.ann; } | cmp - out || echo 'a large record changes others'
head -c 2000000 /dev/zero | tr '\0' x >long
{ echo 'the dog'; cat long; echo; echo 'a cat'; } >in
fails 1 'in:2: the line is too long' nmt-encode -m m.nmt --memory 32M -o in.ann in
nmt-decode -m m.nmt --memory 32M in.ann >out 2>err
every_line out 3
for wrong in 0 1M 31M 3T x 1.5G 99999999999G -1M ''; do
    fails 2 'memory' nmt-decode -m m.nmt "--memory=$wrong" in.ann
    fails 2 'memory' nmt-encode -m m.nmt "--memory=$wrong" in
done
exit 0
