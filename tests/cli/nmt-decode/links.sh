# Links as text: hard and soft, of the best and of a list, between words and between tokens, against
# nmt-align and against sums made by hand; scores of words.
. "$TOP/tests/cli/models.inc"
make_bitext 20 3 test
awk 'BEGIN { for (i = 0; i < 30; i++) printf "%sthe dog%s", i ? " " : "", i % 5 == 4 ? "." : ""; print "" }' >>test.en
printf '\na \377\n' >>test.en
tiny_model p -s vocabulary.type=bpe -s vocabulary.size=30 -s train.max-length=200
tiny_model q -s vocabulary.type=bpe -s vocabulary.size=30 -s train.max-length=200 -s train.epochs=20 -s train.seed=7
nmt-encode -m p.nmt -m q.nmt --max-length 40 -o in.ann test.en 2>/dev/null

for models in '-m p.nmt' '-m q.nmt -m p.nmt'; do
    # shellcheck disable=SC2086
    nmt-decode $models -A al --align-text in.ann >out 2>/dev/null
    every_line out 23
    # shellcheck disable=SC2086
    nmt-decode $models in.ann 2>/dev/null >plain
    awk -F ' [|][|][|] ' 'NF != 2 { print "fields: " $0 >"/dev/stderr" } { print $1 }' out | cmp - plain
    nmt-align -t 0 al 2>/dev/null >links
    awk -F ' [|][|][|] ' '{ print $2 }' out | cmp - links || echo "$models: nmt-align has other links"
    [ "$(tr ' ' '\n' <links | grep -c -)" -gt 30 ] || echo 'hardly any links'
    # shellcheck disable=SC2086
    nmt-decode $models -n 3 -A al --align-text in.ann >list 2>/dev/null
    nmt-align -t 0 al 2>/dev/null >links
    awk -F ' [|][|][|] ' 'NF != 5 { print "fields: " $0 >"/dev/stderr" } { print $5 }' list |
        cmp - links || echo "$models: nmt-align has other links for a list"
    [ "$(sort -u links | wc -l)" -gt 10 ] || echo 'the translations of a list have links of their own'
    # shellcheck disable=SC2086
    nmt-decode $models -A al --align-soft in.ann 2>/dev/null | awk -F ' [|][|][|] ' '{ print $2 }' >soft
    nmt-align -f json al 2>/dev/null | jq -r 'if .failed then "" else [.weight[] | map(tostring) | join(",")] | join(" ") end' >want
    paste -d '|' soft want | awk -F '|' '{ n = split($1, a, /[ ,]/); if (n != split($2, b, /[ ,]/)) { print "weights: " NR; exit }
        for (i = 1; i <= n; i++) if ((a[i] - b[i]) ^ 2 > 1e-10) { print "weight " i " of line " NR; exit } }'
done

# Between tokens; the weights of words are sums of theirs over the pieces of the source and means over
# those of the translation.
nmt-decode -m p.nmt --ids --align-soft in.ann 2>/dev/null >tokens
nmt-decode -m p.nmt --ids --align-text in.ann 2>/dev/null >token.links
nmt-decode -m p.nmt --align-soft in.ann 2>/dev/null >words
# Of each source token but </s> its word or "-"; then the number of words.
nmt-encode -m p.nmt --max-length 40 -f jsonl test.en 2>/dev/null |
    jq -r 'if .failed then "0" else (.models[0] as $m | [range($m.ids | length) | select($m.ids[.] != 2) |
        $m.word[.] // "-"] + [.words | length] | map(tostring) | join(" ")) end' >word
paste -d '#' tokens words word | awk -F '#' '
    { split($1, t, / [|][|][|] /); split($2, w, / [|][|][|] /); n = split(t[2], row, " "); rows = split(w[2], want, " ")
      k = split($3, of, " "); n_source = of[k]
      for (i = 1; i <= n; i++) if (split(row[i], x, ",") != k - 1) { print "tokens of line " NR ": " split(row[i], x, ",") " not " k - 1; exit }
      if (rows == 0) next
      # a word is the mean of tokens that follow each other; one that is a space may stand before it
      at = 1
      for (r = 1; r <= rows; r++) {
          split(want[r], y, ","); found = 0
          for (skip = 0; skip < 2 && !found; skip++) {
              for (j = 0; j < n_source; j++) s[j] = 0
              for (m = 0; at + skip + m <= n && !found; m++) {
                  split(row[at + skip + m], x, ","); for (j = 1; j < k; j++) if (of[j] != "-") s[of[j]] += x[j]
                  e = 0; for (j = 0; j < n_source; j++) e += (s[j] / (m + 1) - y[j + 1]) ^ 2
                  found = e < 1e-9 } }
          if (!found) { print "word " r " of line " NR " is no mean of tokens"; exit }
          at += skip - 1 + m }
      if (at < n) { print "tokens are left in line " NR ": " at " of " n; exit } }'
paste -d '#' tokens token.links | awk -F '#' '
    { split($1, t, / [|][|][|] /); split($2, l, / [|][|][|] /); n = split(t[2], row, " "); split("", seen); m = split(l[2], link, " ")
      for (i = 1; i <= m; i++) { split(link[i], st, "-"); seen[st[2] + 1] = st[1] + 1 }
      for (i = 1; i <= n; i++) { k = split(row[i], x, ","); best = 1; for (j = 2; j <= k; j++) if (x[j] > x[best]) best = j
          if (x[best] > x[seen[i]]) { print "link of token " i " in line " NR; exit } } }'

# The score of each token adds up to that of the line.
nmt-decode -m p.nmt -n 2 --word-scores in.ann 2>/dev/null | awk -F ' [|][|][|] ' '
    { n = split($3, f, " "); if (f[5] != "WordScores=" || n != 5 + f[4]) { print "form: " $0; exit }
      s = 0; for (i = 6; i <= n; i++) s += f[i]
      if (n > 5 && (s - f[2]) ^ 2 > 1e-4) { print s " is not " f[2]; exit } }'
nmt-decode -m p.nmt --word-scores --align-text in.ann 2>/dev/null |
    awk -F ' [|][|][|] ' 'NF != 3 || $3 !~ /^WordScores=( -?[0-9.]+)*$/ { print "form: " $0 }'

# A given translation of a source in parts looks at all of them.
nmt-encode -m p.nmt --max-length 40 -o long.ann - <<END
$(sed -n 21p test.en)
END
echo 'le chien voit le chat' >target
nmt-decode -m p.nmt --force target -A al long.ann >/dev/null || exit 1
nmt-align -f json al | jq -e '(.source | length == 60) and (.weight | length == 5) and all(.weight[]; add <= 1.001)
    and ([.weight[][30:][]] | add) > 0.01' >/dev/null || echo 'a source in parts is not looked at as a whole'
fails 2 'exclude' nmt-decode -m p.nmt --align-text --align-soft in.ann
fails 2 'not both' nmt-decode -m p.nmt --align-text --ids -A al in.ann
exit 0
