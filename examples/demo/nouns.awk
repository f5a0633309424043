# nouns.awk: noun phrases of the demo's small world, in English and French at once.
#
# Adjectives change places with their nouns, but for petit, grand, vieux and the like; articles and
# adjectives agree; a relative clause may follow.
#
# A phrase comes back in E and F, with its gender, number and class in G, N and C where it has
# them; whoever makes two phrases keeps the first in variables of his own. words.awk has the rest.
# `depth` is 0 in the main clause; a phrase deeper down holds no clause, so sentences come to an end.

# mode: any; one: not two nouns joined, as French would repeat the preposition; def: nor with "a"
# or "some"; neg: the object of a denied verb, where "a" and "any" become "de".
function noun_phrase(classes, mode, depth,    e, f, g) {
    one_noun(classes, mode, mode == "any" && depth == 0 && chance(85) ? 0 : 1)
    if (mode != "any" || TAIL || !chance(7)) return
    e = E; f = F; g = G
    e = e " " en("and")
    f = f " " fr("et", ids)
    one_noun(substr(C, 1, 1), "one", 1)
    E = e " " E
    F = f " " F
    if (g == "m") G = g
    N = "p"
}

function one_noun(classes, mode, depth,    row, c, g, n, noun, e, f, pre) {
    row = pick("noun", "-", classes)
    c = field["noun", row, 2]
    g = field["noun", row, 1]
    n = chance(35) ? "p" : "s"
    noun = field["noun", row, n == "s" ? 5 : 6]
    pre = chance(22) ? pick("adj", "pre", c) : 0
    determiner(g, n, mode, pre)
    e = E; f = F
    if (pre) {
        described(pre, g, n, noun)
        e = e " " E
        f = f " " F
    }
    E = F = ""
    if (chance(25)) after_adjectives(c, g, n)
    E = e " " join(E, en(field["noun", row, n == "s" ? 3 : 4]))
    F = join(f " " fr(noun, ids), F)
    G = g; N = n; C = c
    TAIL = 0
    if (depth == 0) noun_tail(mode)
}

# An adjective, "very" before it now and then; next_word is the noun behind it, if it is.
function described(row, g, n, next_word,    e, f) {
    if (field["adj", row, 1] != "pred" && chance(10)) {
        e = en("very") " "
        f = fr("très", ids) " "
    }
    E = e en(field["adj", row, 3])
    F = f fr(adjective(row, g, n, next_word), ids)
}

# What stands before the noun in English and behind it in French: "red", "red and heavy".
function after_adjectives(c, g, n,    row, second, e, f) {
    row = pick("adj", "post", c)
    if (!row) return
    described(row, g, n, "")
    second = chance(12) ? pick("adj", "post", c) : row
    if (second == row) return
    e = E " " en("and")
    f = F " " fr("et", ids)
    E = e " " en(field["adj", second, 3])
    F = f " " fr(adjective(second, g, n, ""), ids)
}

function determiner(g, n, mode, pre,    r, free) {
    r = rnd(100)
    free = mode == "any" || mode == "one"
    if (mode == "neg" && r < 50) {
        E = en(n == "s" ? "a" : "any")
        F = fr("de", ids)
    } else if (r < 12) {
        E = en(n == "s" ? "this" : "these")
        F = fr(n == "p" ? "ces" : g == "m" ? "ce" : "cette", ids)
    } else if (r < 28) {
        r = 1 + rnd(6)
        E = en(OWNER[r])
        F = fr(n == "p" ? OWNED_P[r] : g == "m" ? OWNED_M[r] : OWNED_F[r], ids)
    } else if (r < 34 && n == "s" && mode != "neg") {
        E = en("every")
        F = fr("chaque", ids)
    } else if (r < 40 && n == "p" && mode != "neg") {
        E = en("all")
        F = fr(g == "m" ? "tous" : "toutes", ids)
        E = E " " en("the")
        F = F " " fr("les", ids)
    } else if (r < 50 && n == "p" && (free || r < 46)) {
        E = F = ""
        if (r < 46) {
            E = en("the") " "
            F = fr("les", ids) " "
        }
        counted(E, F)
    } else if (r < 54 && n == "p" && free) {
        E = en("many")
        F = fr("beaucoup", ids) " " fr("de", "", ids)
    } else if (r < 66 && free) {
        E = en(n == "s" ? "a" : "some")
        F = fr(n == "p" ? (pre ? "de" : "des") : g == "m" ? "un" : "une", ids)
    } else {
        E = en("the")
        F = fr(article(g, n), ids)
    }
}
function counted(e, f) {
    phrase(pick("set", "number", "-"))
    E = e E
    F = f F
}

# Maybe the owner, or a relative clause: not both, or it would not be clear what the clause agrees
# with. None behind "not any": French has the subjunctive there.
function noun_tail(mode,    e, f, g, n, c) {
    e = E; f = F; g = G; n = N; c = C
    if (c ~ /T/ && chance(10)) {
        e = e " " en("of")
        f = f " " fr("de", ids)
        one_noun("PL", "def", 1)
    } else if (mode != "neg" && chance(11))
        relative_clause(g, n, c)
    else
        return
    E = e " " E
    F = f " " F
    G = g; N = n; C = c
    TAIL = 1
}

function relative_clause(g, n, c,    row, tense, e, f) {
    tense = chance(50) ? "past" : "present"
    if (c == "L") {
        e = en("where")
        f = fr("où", ids)
        row = pick("verb", chance(50) ? "i" : "t", "P")
        subject(field["verb", row, 2], 1)
        e = e " " E
        f = f " " F
        verb_phrase(row, tense, G, N, 0, "", 1)
    } else if (c ~ /[PA]/ && chance(60)) {
        e = en(c == "P" ? "who" : "which")
        f = fr("qui", ids)
        row = pick("verb", KIND[1 + rnd(4)], c)
        if (chance(20)) be(tense, g, n, c, 0)
        else verb_phrase(row, tense, g, n, 0, "", 1)
    } else {
        do row = pick("verb", "t", "-"); while (!meets(field["verb", row, 3], c))
        e = en("that")
        f = fr("que", ids)
        subject(field["verb", row, 2], 1)
        e = e " " E
        f = f " " F
        verb_phrase(row, tense, G, N, 0, g n, 1)
    }
    E = e " " E
    F = f " " F
}

# A subject of these classes: he, she, it, they or a noun phrase. "it" and "they" have the gender
# of the subject of the clause before, where it can be meant.
function subject(classes, depth,    r) {
    r = rnd(100)
    if (r < 10 && depth == 0 && last_n == "s" && last_c !~ /P/ && meets(last_c, classes)) {
        G = last_g; N = "s"; C = last_c
        E = en("it")
    } else if (r < 28 && classes ~ /P/) {
        N = r < 20 || depth ? "s" : "p"
        G = N == "p" ? (last_n == "p" ? last_g : "m") : r % 2 ? "m" : "f"
        C = "P"
        E = en(N == "p" ? "they" : G == "m" ? "he" : "she")
    } else {
        noun_phrase(classes, depth ? "one" : "any", depth)
        return
    }
    F = fr((G == "m" ? "il" : "elle") (N == "p" ? "s" : ""), ids)
}
