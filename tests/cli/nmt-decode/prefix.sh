# Translations that begin as they are told to.
. "$TOP/tests/cli/models.inc"
tiny_model a
make_bitext 30 3 test
nmt-encode -m a.nmt -o a.ann test.en || exit 1
nmt-decode -m a.nmt a.ann >free || exit 1

# The first words of other translations, more and fewer of them; some lines are free.
{ tail -n +2 free; head -n 1 free; } | awk '{ n = split($0, w, " "); k = NR % 4; if (k > n) k = n
    for (i = 1; i <= k; i++) printf "%s%s", w[i], i < k ? " " : ""; print "" }' >begin
nmt-decode -m a.nmt --prefix begin --score a.ann >out || exit 1
every_line out 30
cut -f 2 out >text
paste -d '|' begin text free | awk -F '|' '
    $1 == "" && $2 != $3 { print "free: " $0 } $1 != "" && index($2, $1) != 1 { print "begins: " $0 }
    $2 != $3 { n++ } END { if (!n) print "no prefix changes a translation" }'
cut -f 1 out >scores
nmt-decode -m a.nmt --force text a.ann | diff scores - || echo 'other scores'
for how in '--batch 1' '--batch 7 -j 2' '-j 2'; do
    # shellcheck disable=SC2086
    nmt-decode -m a.nmt $how --prefix begin --score a.ann | cmp - out || echo "$how: differs"
done
nmt-decode -m a.nmt --prefix begin -n 4 a.ann | awk -F ' [|][|][|] ' '
    NR == FNR { b[NR - 1] = $0; next } index($2, b[$1]) != 1 { print "4-best: " $0 }' begin -
nmt-decode -m a.nmt -b 1 --ids a.ann >want
cut -d ' ' -f 1 want >ids
nmt-decode -m a.nmt -b 1 --ids --prefix ids a.ann | cmp - want || echo 'greedy goes another way'

# The whole of a translation, and more than the bound allows: both are kept.
nmt-decode -m a.nmt --prefix text --max-length 2 a.ann | paste -d '|' text - |
    awk -F '|' 'index($2, $1) != 1 { print "cut: " $0 }'

# What cannot be is a failed record; files must fit; stdin is one thing.
sed 's/^.*$/3 2 3/' ids >closed
fails 1 'record 1: closed:1: token 2 of those given is </s>' nmt-decode -m a.nmt --ids --prefix closed a.ann
every_line fails.out 30
fails 1 'record 1: closed:1: token 2 of those given is </s>' nmt-decode -m a.nmt --ids --force closed a.ann
sed 's/^.*$/3 99999/' ids >far
fails 1 'record 1: ' nmt-decode -m a.nmt --ids --prefix far a.ann
{ head -n 29 begin; printf '\377\n'; } >bad
fails 1 'record 30: bad:30: invalid UTF-8' nmt-decode -m a.nmt --prefix bad a.ann
every_line fails.out 30
head -n 29 begin >short
fails 1 'short has 29 lines' nmt-decode -m a.nmt --prefix short a.ann
cat begin begin >longer
fails 1 'longer has 60 lines for 30 records' nmt-decode -m a.nmt --prefix longer a.ann
echo | nmt-encode -m a.nmt >empty.ann
head -n 2 begin | tail -n 1 >one
fails 1 'record 1: one:1: a translation of nothing' nmt-decode -m a.nmt --prefix one empty.ann
echo >one
[ -z "$(nmt-decode -m a.nmt --prefix one empty.ann)" ] || echo 'nothing begins with nothing'
fails 2 'exclude' nmt-decode -m a.nmt --prefix begin --force begin a.ann
fails 2 'stdin' nmt-decode -m a.nmt --prefix - <begin
nmt-decode -m a.nmt --prefix - a.ann <begin | cmp - text || echo 'a prefix from stdin'
exit 0
