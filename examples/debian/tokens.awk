# tokens.awk: sentence pairs in, a clean bitext out: tokenised, lower-cased, split in three parts.
#
#   awk -f tokens.awk -v target=fr -v out=DIR/ PAIRS
#
# writes train, valid and test, each as .en and .fr, and tells how many pairs it took and why it
# left others. A pair's part hangs on its English words alone; no line of either language is
# written twice, so nothing of valid and test occurs in train.

# Punctuation stands alone, but for what is inside words, numbers, paths and addresses. French
# elisions end a word (l' auteur), English ones begin one (it 's).
function tokens(s, lang) {
    gsub(/\302\240|\342\200\257|\342\213\205/, " ", s)  # no-break spaces, and a dot used as one
    gsub(/\342\200\231|\342\200\230|`/, "'", s)         # quotes, all of one kind
    gsub(/\342\200\234|\342\200\235|\302\253|\302\273|''/, "\"", s)
    gsub(/\342\200\246/, "...", s)
    gsub(/\342\200\223|\342\200\224/, "-", s)           # dashes
    gsub(/[][(){}<>"|,;!?]/, " & ", s)
    s = " " s " "
    gsub(/[:.]+ /, " &", s)
    gsub(/ \.\.\. */, " ... ", s)
    while (match(s, /[0-9] , [0-9]/)) # a comma in a number
        s = substr(s, 1, RSTART) "," substr(s, RSTART + 4)
    s = lower(s)
    gsub(/ i\.e \. /, " i.e. ", s)
    gsub(/ e\.g \. /, " e.g. ", s)
    gsub(/ z\.b \. /, " z.b. ", s)
    gsub(/ p \. ex /, " p. ex ", s)
    gsub(/ '/, " ' ", s)                                # quotes; what is left elides
    gsub(/' /, " ' ", s)
    if (lang == "fr") gsub(/[a-z]'/, "& ", s)
    else gsub(/'(s|re|ll|ve|d|m) /, " &", s)
    gsub(/ +/, " ", s)
    sub(/^ (- )*/, "", s) # a bullet, too
    sub(/ $/, "", s)
    return s
}

# tolower() of the C locale knows ASCII only.
function lower(s,    i) {
    s = tolower(s)
    if (s ~ /\303/)
        for (i = 1; i <= capitals; i++) gsub(capital[i], small[i], s)
    gsub(/Œ/, "œ", s)
    return s
}

# The share of the target's longer words that the English line has too: names, or no translation.
function untranslated(s, t,    n, i, word, long, same) {
    n = split(t, word, " ")
    for (i = 1; i <= n; i++)
        if (length(word[i]) > 3) {
            long++
            same += index(" " s " ", " " word[i] " ") > 0
        }
    return long == 0 || same > 0.5 * long
}

function part_of(s,    i, h) {
    for (i = 1; i <= length(s); i++) h = (h * 131 + ord[substr(s, i, 1)]) % 2147483647
    h %= 50
    return h > 1 ? "train" : h ? "valid" : "test"
}

function why_not(s, t,    n, m) {
    if (s !~ /[a-z][a-z]/ || t !~ /[a-z][a-z]/) return "without words"
    if ((s in seen) || (t in seen_target)) return "seen before"
    n = split(s, unused, " ")
    m = split(t, unused, " ")
    if (n < 2 || m < 2) return "of one word"
    if (n > 60 || m > 60) return "longer than 60 words"
    if (n > 2.5 * m + 3 || m > 2.5 * n + 3) return "of very unequal lengths"
    if (untranslated(s, t)) return "not translated"
    return ""
}

BEGIN {
    FS = "\t"
    for (i = 1; i < 256; i++) ord[sprintf("%c", i)] = i
    capitals = split("À Â Ä Ç È É Ê Ë Î Ï Ô Ö Ù Û Ü", capital, " ")
    split("à â ä ç è é ê ë î ï ô ö ù û ü", small, " ")
}
NF == 2 {
    s = tokens($1, "en")
    t = tokens($2, target)
    if (s !~ /[.;:!?]$/) sub(/ ;$/, "", t) # of French lists only
    why = why_not(s, t)
    if (why != "") {
        left[why]++
        next
    }
    seen[s] = seen_target[t] = 1
    part = part_of(s)
    print s > (out part ".en")
    print t > (out part "." target)
    taken[part]++
}
END {
    for (why in left) printf "left out, %s: %d\n", why, left[why] | "sort"
    close("sort")
    printf "train %d, valid %d, test %d\n", taken["train"], taken["valid"], taken["test"]
}
