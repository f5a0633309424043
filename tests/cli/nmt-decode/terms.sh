# Words that translations must and must not hold.
. "$TOP/tests/cli/models.inc"
tiny_model w
tiny_model p -s vocabulary.type=char -s train.max-length=200 -s train.epochs=4
make_bitext 30 3 test

# Of translation n: its first word is forbidden, a word of the next one required, and now and then
# two words of that; every fifth line has none.
make_terms() {
    awk '{ line[NR] = $0 } END { for (i = 1; i <= NR; i++) {
        n = split(line[i], a, " "); split(line[i % NR + 1], b, " ")
        if (i % 5 == 0) { print ""; continue }
        if (i % 3 == 0) { print b[1] " " b[2]; continue }
        if (i % 3 == 1 || a[1] == b[2]) { print "!" a[1]; continue }
        print "!" a[1] "\t" b[2] "\t" b[2] } }' "$1"
}
# terms_hold TERMS TRANSLATIONS: by the words between the spaces.
terms_hold() {
    paste -d '|' "$1" "$2" | awk -F '|' '{ gsub(/ +/, " ", $2)
        n = split($1, t, "\t")
        for (i = 1; i <= n; i++) {
            bad = t[i] ~ /^!/; sub(/^!/, "", t[i])
            if (t[i] != "" && (index(" " $2 " ", " " t[i] " ") > 0) == bad) print "terms: " $0
        } }'
}
for m in w p; do
    nmt-encode -m $m.nmt -o $m.ann test.en || exit 1
    nmt-decode -m $m.nmt $m.ann >free || exit 1
    make_terms test.fr >terms
    for beam in 1 3 40; do
        nmt-decode -m $m.nmt -b $beam --terms terms $m.ann >out || exit 1
        every_line out 30
        terms_hold terms out
    done
    nmt-decode -m $m.nmt --terms terms --score $m.ann >out || exit 1
    paste -d '|' terms free out | awk -F '|' '$1 == "" && $3 !~ "\t" $2 "$" { print "free: " $0 }'
    for how in '--batch 1' '--batch 7 -j 2' '-j 2'; do
        # shellcheck disable=SC2086
        nmt-decode -m $m.nmt $how --terms terms --score $m.ann | cmp - out || echo "$m $how: differs"
    done
    nmt-decode -m $m.nmt --terms terms --score --ids $m.ann | cut -f 2 >ids
    cut -f 1 out >scores
    nmt-decode -m $m.nmt --force ids --ids $m.ann | diff scores - || echo "$m: other scores"
    nmt-decode -m $m.nmt --terms terms -n 4 $m.ann >four || exit 1
    awk -F ' [|][|][|] ' 'NR == FNR { t[NR - 1] = $0; next } { print t[$1] >"terms4"; print $2 >"out4" }' terms four
    terms_hold terms4 out4
    # Nothing forbidden, nothing required: nothing is changed.
    yes '!zzz' | head -n 30 >never
    nmt-decode -m $m.nmt --terms never $m.ann | cmp - free || echo "$m: a term that never comes"
    yes '	 	' | head -n 30 >blank
    nmt-decode -m $m.nmt --terms blank $m.ann | cmp - free || echo "$m: fields without words"
done

# Overlapping terms and a prefix; what cannot be.
set -- $(head -n 1 test.fr)
{ printf '%s %s\t%s %s\t%s\n' "$1" "$2" "$2" "$3" "$2"; yes '' | head -n 29; } >overlap
nmt-decode -m w.nmt --terms overlap w.ann >out || exit 1
head -n 1 out | grep -q "$1 $2 $3" || echo "overlapping terms: $(head -n 1 out)"
{ printf '%s\n' "$3"; yes '' | head -n 29; } >begin
{ printf '%s\t!%s\n' "$1" "$2"; yes '' | head -n 29; } >terms
nmt-decode -m w.nmt --terms terms --prefix begin w.ann >out || exit 1
head -n 1 out | grep "^$3" | grep -w "$1" | grep -qvw "$2" || echo "prefix and terms: $(head -n 1 out)"
{ printf '!%s\n' "$3"; yes '' | head -n 29; } >terms
fails 1 'record 1: no translation' nmt-decode -m w.nmt --terms terms --prefix begin w.ann
every_line fails.out 30
[ -z "$(head -n 1 fails.out)" ] || echo 'a failed record has a translation'
{ printf '%s\t!%s\n' "$1" "$1"; yes '' | head -n 29; } >terms
fails 1 'record 1: no translation' nmt-decode -m w.nmt --terms terms w.ann
{ printf '%s\t%s\t%s\n' "$1" "$2" "$3"; yes '' | head -n 29; } >terms
fails 1 'record 1: no translation' nmt-decode -m w.nmt --terms terms --max-length 2 w.ann
{ printf 'xyzzy\n!xyzzy\n\\!xyzzy\n'; yes '' | head -n 27; } >terms
fails 1 "record 1: terms:1: the term 'xyzzy' has" nmt-decode -m w.nmt --terms terms w.ann
grep -q "record 3: terms:3: the term '!xyzzy' has" fails.err || cat fails.err
grep -q 'record 2' fails.err && cat fails.err
{ awk 'BEGIN { for (i = 0; i < 70; i++) printf "!%s\t", i % 2 ? "'"$1"'" : "'"$2"'" }'; echo; yes '' | head -n 29; } >terms
fails 1 'record 1: terms:1: more than 64 terms' nmt-decode -m w.nmt --terms terms w.ann
{ awk 'BEGIN { for (i = 0; i < 300; i++) printf "%s ", "'"$1"'" }'; echo; yes '' | head -n 29; } >terms
fails 1 'record 1: terms:1: required terms have 300 tokens' nmt-decode -m w.nmt --terms terms w.ann
{ awk 'BEGIN { for (i = 0; i < 100; i++) printf "%s ", "'"$1"'" }'; echo; yes '' | head -n 29; } >terms
fails 1 'too much' nmt-decode -m w.nmt -b 1000 --terms terms w.ann
{ awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%s ", "'"$1"'" }'; echo; yes '' | head -n 29; } >terms
fails 1 'record 1: terms:1: a term of' nmt-decode -m w.nmt --terms terms w.ann
{ printf '\377\n'; yes '' | head -n 29; } >terms
fails 1 'record 1: terms:1: invalid UTF-8' nmt-decode -m w.nmt --terms terms w.ann
head -n 29 blank >short
fails 1 'short has 29 lines' nmt-decode -m w.nmt --terms short w.ann
echo | nmt-encode -m w.nmt >empty.ann
echo "$1" >terms
fails 1 'record 1: terms:1: a translation of nothing' nmt-decode -m w.nmt --terms terms empty.ann
echo "!$1" >terms
[ -z "$(nmt-decode -m w.nmt --terms terms empty.ann)" ] || echo 'nothing holds a term'
tr '\n' ' ' <test.en | nmt-encode -m w.nmt --overlong split --max-length 20 >parts.ann
fails 1 'record 1: a line in parts' nmt-decode -m w.nmt --terms terms parts.ann
fails 2 'exclude' nmt-decode -m w.nmt --terms terms --sample w.ann
fails 2 'exclude' nmt-decode -m w.nmt --terms terms --force terms w.ann
exit 0
