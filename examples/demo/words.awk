# words.awk: the lexicon, links between words, agreement and spelling, and the writing of a bitext.
#
#   awk -f words.awk -f nouns.awk -f sentences.awk \
#       [-v out=DIR/] [-v train=N] [-v valid=N] [-v test=N] [-v seed=N] lexicon
#
# writes train, valid and test, each as .en, .fr and .gold (links i-j sure, ipj possible, English
# first, from 0), and tells on standard output how long the sentences are.
#
# While a sentence is made, an English word is WORD/ID, its ID new, and a French one WORD/IDS~IDS:
# the English words that it surely and possibly translates. Elision and contraction hang on
# neighbours, so spell_*() settle them when the sentence is whole; links() then counts places.
#
# Text is lower case and its words stand apart, as aligners want it: a comma is a word, and an
# elided word keeps its apostrophe and stands alone (l' enfant), so that each has its own links.
# "du" is one word and translates two, "of the".
#
# Any POSIX awk writes the same bytes: the random numbers are our own and exact in doubles.

# --- chance ---------------------------------------------------------------------------------

# Lehmer's generator with the multiplier 48271: products stay far below 2^53.
function rnd(n) { state = state * 48271 % 2147483647; return state % n }
function chance(percent) { return rnd(100) < percent }

# --- the lexicon ----------------------------------------------------------------------------

/^[^#]/ {
    count[$1]++
    for (i = 2; i <= NF; i++) field[$1, count[$1], i - 1] = $i
}

function meets(a, b) { return a == "-" || b == "-" || a ~ ("[" b "]") }

# A random row of a table, of this kind (- any) and with a class among these (- any); 0: none.
function pick(table, kind, classes,    key, i, list, part) {
    key = table " " kind " " classes
    if (!(key in rows)) {
        for (i = 1; i <= count[table]; i++)
            if ((kind == "-" || field[table, i, 1] == kind) && meets(field[table, i, 2], classes))
                list = list " " i
        rows[key] = list
    }
    i = split(rows[key], part, " ")
    return i ? part[1 + rnd(i)] : 0
}

# --- words and links ------------------------------------------------------------------------

function en(word) { return word "/" ++ids }
function fr(word, sure, possible) { return word "/" sure (possible == "" ? "" : "~" possible) }

# Glues words, or lists of IDs, either of which may be empty.
function join(a, b) { return a == "" || b == "" ? a b : a " " b }
function both(a, b) { return a == "" || b == "" ? a b : a "," b }

# English words joined by _: the first carries the meaning (HEAD), the others help it (HELP).
function group(words,    part, n, i, out) {
    n = split(words, part, "_")
    out = en(part[1])
    HEAD = ids
    HELP = ""
    for (i = 2; i <= n; i++) {
        out = out " " en(part[i])
        HELP = both(HELP, ids)
    }
    return out
}

# A set phrase, in E and F; its links are in the lexicon, as a gold file would have them.
function phrase(row,    part, link, n, i, base, sure, possible) {
    base = ids + 1
    E = F = ""
    n = split(field["set", row, 3], part, "_")
    for (i = 1; i <= n; i++) E = join(E, en(part[i]))
    n = split(field["set", row, 5], part, ",")
    for (i = 1; i <= n; i++) {
        split(part[i], link, /[-p]/)
        if (part[i] ~ /-/) sure[link[2]] = both(sure[link[2]], base + link[1])
        else possible[link[2]] = both(possible[link[2]], base + link[1])
    }
    n = split(field["set", row, 4], part, "_")
    for (i = 1; i <= n; i++) F = join(F, fr(part[i], sure[i - 1], possible[i - 1]))
}

# --- agreement: g is m or f, n is s or p ----------------------------------------------------

function agree(m, f, g, n,    w) {
    w = g == "m" ? m : f
    if (n == "s" || w ~ /[sx]$/) return w
    return w (w ~ /eau$/ ? "x" : "s")
}
function adjective(row, g, n, next_word) {
    if (g == "m" && n == "s" && vowel(next_word)) return field["adj", row, 7]
    return agree(field["adj", row, 5], field["adj", row, 6], g, n)
}
function participle(row, g, n,    m) {
    m = field["verb", row, 11]
    return agree(m, m "e", g, n)
}
function article(g, n) { return n == "p" ? "les" : g == "m" ? "le" : "la" }

# --- spelling -------------------------------------------------------------------------------

# Does the French word make the one before it elide? Its h is mute but in the words listed.
function vowel(w) { return w ~ /^(a|e|i|o|u|h|é|ê|î|ô|œ)/ && w !~ /^(hibou|huit|onze)/ }

function elided(w, next_word) {
    if (w == "si") return next_word ~ /^ils?$/ ? "s'" : w
    if (!vowel(next_word)) return w
    if (w ~ /^(le|la|de|ne|que|se)$/) return substr(w, 1, length(w) - 1) "'"
    if (w ~ /^(ma|sa)$/) return substr(w, 1, 1) "on"
    return w == "ce" ? "cet" : w
}

# Splits a made sentence into word[] and mark[] (what stands behind its last slash).
function words_of(s, word, mark,    n, i, part) {
    n = split(s, part, " ")
    for (i = 1; i <= n; i++) {
        mark[i] = part[i]
        sub(/.*\//, "", mark[i])
        word[i] = substr(part[i], 1, length(part[i]) - length(mark[i]) - 1)
    }
    return n
}

# Spelt sentences, in EN and FR; the places of English IDs in place_of[]; French marks in mark[].
# Returns the number of French words.
function spell_french(s, mark,    n, i, m, word, old) {
    n = words_of(s, word, old)
    for (i = 1; i < n; i++) word[i] = elided(word[i], word[i + 1])
    FR = ""
    for (i = 1; i <= n; i++) {
        mark[++m] = old[i]
        if (i < n && word[i + 1] ~ /^les?$/ && word[i] ~ /^(de|à)$/) {
            word[i] = word[i] == "de" ? (word[i + 1] == "le" ? "du" : "des") : \
                      (word[i + 1] == "le" ? "au" : "aux")
            mark[m] = merged(old[i], old[i + 1])
            word[i + 1] = word[i]
            i++
        }
        FR = join(FR, word[i])
    }
    return m
}
function merged(a, b,    x, y) {
    split(a "~", x, "~")
    split(b "~", y, "~")
    a = both(x[2], y[2])
    return both(x[1], y[1]) (a == "" ? "" : "~" a)
}
function spell_english(s, place_of,    n, i, word, mark) {
    n = words_of(s, word, mark)
    EN = ""
    for (i = 1; i <= n; i++) {
        if (word[i] == "a" && word[i + 1] ~ /^[aeiou]/ && word[i + 1] !~ /^useful/) word[i] = "an"
        EN = join(EN, word[i])
        place_of[mark[i]] = i - 1
    }
    return n
}

# The links of a sentence whose English has n words, its French m, sorted.
function links(n, m, place_of, mark,    i, j, k, half, part, kind, count, out) {
    for (j = 1; j <= m; j++) {
        split(mark[j] "~", half, "~")
        count = split(half[2], part, ",")
        for (k = 1; k <= count; k++) kind[place_of[part[k]], j - 1] = "p"
        count = split(half[1], part, ",")
        for (k = 1; k <= count; k++) kind[place_of[part[k]], j - 1] = "-"
    }
    for (i = 0; i < n; i++)
        for (j = 0; j < m; j++)
            if ((i, j) in kind) out = join(out, i kind[i, j] j)
    return out
}

# --- the bitext -----------------------------------------------------------------------------

# A sentence's part is a function of its English words: no part shares a sentence with another.
function part_of(s,    i, h, n, word) {
    n = split(s, word, " ")
    for (i = 1; i <= n; i++) h = (h * 8191 + word_hash(word[i])) % 2147483647
    h %= 10
    return h < 8 ? "train" : h < 9 ? "valid" : "test"
}
function word_hash(w,    i, h) {
    if (!(w in hash_of)) {
        for (i = 1; i <= length(w); i++)
            h = (h * 131 + index(LETTERS, substr(w, i, 1))) % 2147483647
        hash_of[w] = h
    }
    return hash_of[w]
}

function write_pair(part, gold,    name) {
    name = out part
    print EN > (name ".en")
    print FR > (name ".fr")
    print gold > (name ".gold")
}

END {
    LETTERS = "abcdefghijklmnopqrstuvwxyz',.?"
    state = (seed == "" ? 1 : seed) % 2147483646 + 1
    for (i = 0; i < 10; i++) rnd(2) # small seeds are alike at first
    want["train"] = train == "" ? 8000 : train
    want["valid"] = valid == "" ? 200 : valid
    want["test"] = test == "" ? 400 : test
    left = want["train"] + want["valid"] + want["test"]
    while (left > 0) {
        sentence()
        split("", place_of)
        split("", mark)
        n = spell_english(E, place_of)
        part = part_of(EN)
        if (EN in seen || n > 60 || want[part] == 0) continue
        seen[EN] = 1
        m = spell_french(F, mark)
        write_pair(part, links(n, m, place_of, mark))
        want[part]--
        left--
        lengths[n <= 10 ? 0 : n <= 20 ? 1 : n <= 30 ? 2 : n <= 40 ? 3 : 4]++
        total++
        words += n
        if (n > longest) longest = n
    }
    printf "%d pairs, %.1f words, longest %d; to 10 words %d, to 20 %d, to 30 %d, to 40 %d, more %d\n",
        total, words / total, longest, lengths[0], lengths[1], lengths[2], lengths[3], lengths[4]
}
