# sentences.awk: verbs and sentences of the demo's small world, in English and French at once.
#
# Participles agree; "not" stands in two places; object pronouns stand before the verb; "it" has the
# gender of the thing it stands for, which may be some words back. Phrases are as in nouns.awk.

# --- verbs ----------------------------------------------------------------------------------

# How a verb is denied: 0 not at all, 1 never, 2 no longer, 3 and more not.
function denial(percent) { return chance(percent) ? 1 + rnd(6) : 0 }

# The English of it in E, the French on either side of the verb in NE and PAS. With `word`, the ID
# of "cannot", the English is there already.
function deny(how, word) {
    E = NE = PAS = ""
    if (!how) return
    if (how == 2) {
        E = en("no") " " en("longer")
        NE = fr("ne", ids - 1, ids)
        PAS = fr("plus", ids, ids - 1)
        return
    }
    if (!word) {
        E = en(how == 1 ? "never" : "not")
        word = ids
    }
    NE = fr("ne", word)
    PAS = fr(how == 1 ? "jamais" : "pas", word)
}

# The verb with its auxiliaries, for a subject of number n and gender g. before: French object
# pronoun. A participle agrees after être with the subject, after avoir with an object of gender
# og and number on that stands before it. ask: the English auxiliary comes back in AUX; the links
# of "est-ce que" in AUX_LINKS. What follows the verb can link to HEAD.
function verb(row, tense, g, n, ask, how, before, og, on,
              kind, s, modal, lead, did, e, f, often, head, help, mhead, mhelp, etre) {
    kind = field["verb", row, 1]
    s = n == "s"
    etre = kind ~ /^(ie|pe|r)$/
    modal = tense == "present" && kind != "c" && chance(12) ? 1 + rnd(count["modal"]) : 0
    # English: [auxiliary] [never | no longer | not] [often] [wants to] verb
    if (modal && field["modal", modal, 1] == field["modal", modal, 2]) {
        lead = field["modal", modal, 1]
        lead = en(lead == "can" && how > 2 ? "cannot" : lead)
        mhead = ids
    } else if (ask || how > 2) {
        lead = en(tense == "past" ? "did" : s ? "does" : "do")
        did = ids
    }
    AUX = lead
    AUX_LINKS = did ? did : "~" mhead
    deny(how, lead ~ /^cannot/ ? mhead : 0)
    e = join(ask ? "" : lead, E)
    if (!modal && !ask && !how && kind != "c" && tense == "present" && chance(10)) {
        phrase(pick("set", "often", "-"))
        e = join(e, E)
        often = F
    }
    if (modal && !mhead) {
        e = join(e, group(field["modal", modal, s && !did ? 1 : 2]))
        mhead = HEAD; mhelp = HELP
    }
    e = join(e, group(field["verb", row, modal || did ? 4 : tense == "past" ? 6 : s ? 5 : 4]))
    head = HEAD; help = HELP
    # French: [ne] [object] verb [pas] [often] [participle], or [ne] modal [pas] [object] infinitive
    if (kind == "r") before = fr("se", "", head)
    if (modal) {
        f = join(NE, fr(field["modal", modal, s ? 3 : 4], mhead, both(mhelp, did)))
        f = join(join(f, PAS), before) " " fr(field["verb", row, 8], head, help)
    } else if (tense == "present") {
        f = join(join(NE, before), fr(field["verb", row, s ? 9 : 10], head, both(help, did)))
        f = join(join(f, PAS), often)
    } else {
        f = etre ? (s ? "est" : "sont") : s ? "a" : "ont"
        f = join(join(NE, before), fr(f, did ? did : head, did ? head : ""))
        f = join(f, PAS) " " fr(etre ? participle(row, g, n) : \
            og ? participle(row, og, on) : participle(row, "m", "s"), head, help)
    }
    E = e
    F = f
}

# An object as a pronoun, if one of these classes fits and chance wills: returns 1, with the French,
# which stands before the verb, in F. "it" and "them" have the gender of the object of the clause
# before, where it can be meant.
function object_pronoun(classes, dative,    r) {
    r = rnd(100)
    if (!dative && r < 50 && it_n == "s" && it_c !~ /P/ && meets(it_c, classes)) {
        G = it_g; N = "s"; C = it_c
        E = en("it")
    } else if (r < 18 && classes ~ /P/) {
        N = r < 6 ? "p" : "s"
        G = N == "p" ? (it_n == "p" ? it_g : "m") : r % 2 ? "m" : "f"
        C = "P"
        E = en(N == "p" ? "them" : G == "m" ? "him" : "her")
    } else
        return 0
    F = fr(dative ? (N == "s" ? "lui" : "leur") : article(G, N), ids)
    return 1
}

# A verb with all that belongs to it, but its subject, of gender g and number n. gap: gender and
# number of an object that stands before it, in "the letter that ...". ask: see verb().
# The object comes back in OBJ_G, OBJ_N and OBJ_C for an "it" to come.
function verb_phrase(row, tense, g, n, ask, gap, depth,
                     kind, how, e, f, before, og, on, oc, to, prep, e2, f2) {
    kind = field["verb", row, 1]
    how = ask || kind == "c" ? 0 : denial(20)
    og = substr(gap, 1, 1); on = substr(gap, 2, 1)
    if (kind == "t" && !gap && object_pronoun(field["verb", row, 3], 0)) {
        before = F; og = G; on = N
        e = E; oc = C
    } else if (kind ~ /^[td]$/ && !gap) {
        noun_phrase(field["verb", row, 3], how ? "neg" : kind == "d" ? "one" : "any", depth)
        e = E; f = F; oc = C
    }
    OBJ_G = G; OBJ_N = oc == "" ? "" : N; OBJ_C = oc
    if (kind ~ /^(p|pe|d)$/) {
        to = field["verb", row, 12]
        prep = field["verb", row, 13]
        if (to != "-") e2 = en(to)
        to = to == "-" ? 0 : ids
        if (prep == "à" && kind != "pe" && object_pronoun("P", 1)) before = F (to ? "~" to : "")
        else {
            noun_phrase(kind == "d" ? "P" : field["verb", row, 3], prep == "de" ? "def" : "one", 1)
            f2 = F
        }
        e = join(e, join(e2, E))
    }
    e2 = e
    verb(row, tense, g, n, ask, how, before, og, on)
    if (f2 != "") f = join(f, to ? fr(prep, to) : fr(prep, "", HEAD)) " " f2
    E = join(E, e2)
    F = join(F, f)
    if (kind !~ /^(c|p|pe)$/ && chance(12)) place("PLSTO")
}

# Adds a place or a companion to E and F, by a preposition that goes with these classes.
function place(classes,    e, f, row) {
    e = E; f = F
    row = pick("set", "prep", classes)
    phrase(row)
    e = join(e, E)
    f = join(f, F)
    noun_phrase(field["set", row, 2], field["set", row, 4] ~ /(de|sans)$/ ? "def" : "one", 1)
    E = e " " E
    F = f " " F
}

# "to be" and what is said of a subject of gender g, number n and class c. ask: see verb().
function be(tense, g, n, c, ask,    e, f, r, row, more, how) {
    AUX = en(tense == "past" ? (n == "s" ? "was" : "were") : n == "s" ? "is" : "are")
    AUX_LINKS = "~" ids
    f = fr(tense == "past" ? (n == "s" ? "était" : "étaient") : n == "s" ? "est" : "sont", ids)
    how = ask ? 0 : denial(15)
    deny(how, 0)
    e = join(ask ? "" : AUX, E)
    f = join(join(NE, f), PAS)
    r = rnd(100)
    row = pick("adj", "-", c)
    more = field["adj", row, 4]
    if (r < 20 && c !~ /F/) {
        E = F = ""
        place("LS")
    } else if (r < 40 && more != "-" && how != 2) {
        E = more ~ /_/ ? en("more") " " en(field["adj", row, 3]) : en(more)
        F = fr("plus", more ~ /_/ ? ids - 1 : ids) " " fr(adjective(row, g, n, ""), ids)
        than("than", c)
    } else if (r < 48 && field["adj", row, 1] != "pred") {
        E = en("as") " " en(field["adj", row, 3])
        F = fr("aussi", ids - 1) " " fr(adjective(row, g, n, ""), ids)
        than("as", c)
    } else
        described(row, g, n, "")
    E = join(e, E)
    F = f " " F
}
function than(word, c,    e, f) {
    e = E " " en(word)
    f = F " " fr("que", ids)
    noun_phrase(substr(c, 1, 1), "one", 1)
    E = e " " E
    F = f " " F
}

# What is done by someone: the participle agrees with the subject.
function passive(row, tense, g, n,    e, f, was) {
    e = en(tense == "past" ? (n == "s" ? "was" : "were") : n == "s" ? "is" : "are")
    was = ids
    deny(denial(15), 0)
    e = join(e, E)
    f = tense == "past" ? (n == "s" ? "a" : "ont") : n == "s" ? "est" : "sont"
    f = join(join(NE, fr(f, was)), PAS)
    if (tense == "past") f = f " " fr("été", was)
    e = e " " en(field["verb", row, 7])
    f = f " " fr(participle(row, g, n), ids)
    e = e " " en("by")
    f = f " " fr("par", ids)
    noun_phrase(field["verb", row, 2], "one", 1)
    E = e " " E
    F = f " " F
}

# --- sentences ------------------------------------------------------------------------------

function clause(tense, ask, depth,    row, e, f, g, n, c, r, links_aux) {
    r = rnd(100)
    OBJ_N = ""
    row = pick("verb", "-", "PAT")
    while (field["verb", row, 1] == "c" && (depth || ask)) row = pick("verb", "-", "PAT")
    if (r < 18) subject("PATFL", depth)
    else if (r < 24 && !ask && field["verb", row, 7] != "-") subject(field["verb", row, 3], depth)
    else subject(field["verb", row, 2], depth)
    e = E; f = F; g = G; n = N; c = C
    if (r < 18) be(tense, g, n, c, ask)
    else if (r < 24 && !ask && field["verb", row, 7] != "-") passive(row, tense, g, n)
    else verb_phrase(row, tense, g, n, ask, "", depth)
    if (ask) {
        E = AUX " " e " " E
        F = "est-ce/" AUX_LINKS " que/" AUX_LINKS " " f " " F
    } else {
        E = e " " E
        F = f " " F
    }
    last_g = g; last_n = n; last_c = c
    it_g = OBJ_G; it_n = OBJ_N; it_c = OBJ_C
    if (r >= 24 && field["verb", row, 1] == "c") {
        e = E " " en("that")
        f = F " " fr("que", ids)
        clause(chance(50) ? "past" : "present", 0, 1)
        E = e " " E
        F = f " " F
    }
}

# One to six clauses, or a question.
function sentence(    tense, e, f, k, i, ask, aside) {
    ids = 0
    last_n = it_n = ""
    tense = chance(50) ? "past" : "present"
    ask = chance(12)
    k = ask || !chance(28) ? 1 : 2 + (chance(40) ? rnd(5) : 0)
    if (ask && chance(40)) {
        phrase(pick("set", "ask", "-"))
        e = E; f = F
    } else if (!ask && chance(10)) {
        phrase(pick("set", tense, "-"))
        e = E " " en(",")
        f = F " " fr(",", ids)
    }
    for (i = 1; i <= k; i++) {
        if (i > 1) {
            aside = i == 2 && chance(50) # one subordinate clause at most: the second
            if (!aside) {
                e = e " " en(",")
                f = f " " fr(",", ids)
            }
            phrase(pick("set", aside ? "because" : "and", "-"))
            e = e " " E
            f = f " " F
        }
        clause(tense, ask, 0)
        e = join(e, E)
        f = join(f, F)
    }
    E = e " " en(ask ? "?" : ".")
    F = f " " fr(ask ? "?" : ".", ids)
}

BEGIN {
    split("my your his her our their", OWNER, " ")
    split("mon votre son son notre leur", OWNED_M, " ")
    split("ma votre sa sa notre leur", OWNED_F, " ")
    split("mes vos ses ses nos leurs", OWNED_P, " ")
    split("t i ie p", KIND, " ")
}
