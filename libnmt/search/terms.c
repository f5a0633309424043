/* Required and forbidden terms: how far hypotheses have come with them. */
#include "search/terms.h"

#include <stdlib.h>
#include <string.h>

/* --- making ------------------------------------------------------------------------------ */

static void find_failures(struct nmt_term *t)
{
    t->fail[0] = t->fail[1] = 0;
    for (uint16_t i = 1, k = 0; i < t->len; i++) {
        while (k > 0 && t->text[i] != t->text[k])
            k = t->fail[k];
        k = (uint16_t)(k + (t->text[i] == t->text[k]));
        t->fail[i + 1] = k;
    }
}

static bool is_there(const struct nmt_terms *t, const struct nmt_term_given *g)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct nmt_term *x = &t->term[i];
        if (x->forbidden == g->forbidden && x->len == g->len + 1 &&
            memcmp(x->text + 1, g->text, g->len) == 0)
            return true;
    }
    return false;
}

static void lay_out(struct nmt_terms *t, struct nmt_arena *a, const struct nmt_term_given *given,
                    size_t n)
{
    t->term = nmt_arena_take(a, n, sizeof *t->term);
    t->n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct nmt_term_given *g = &given[i];
        struct nmt_term x = { .forbidden = g->forbidden,
                              .len = (uint16_t)(g->len + 1),
                              .n = (uint32_t)g->n };
        x.text = nmt_arena_take(a, x.len, 1);
        x.fail = nmt_arena_take(a, x.len + 1u, sizeof *x.fail);
        x.ids = nmt_arena_take(a, x.n, sizeof *x.ids);
        x.end = nmt_arena_take(a, x.n, sizeof *x.end);
        if (!t->term || is_there(t, g))
            continue;
        x.text[0] = ' ';
        memcpy(x.text + 1, g->text, g->len);
        memcpy(x.ids, g->ids, g->n * sizeof *g->ids);
        find_failures(&x);
        t->term[t->n++] = x;
    }
}

static uint16_t read_bytes(const struct nmt_term *t, uint16_t have, const char *text, size_t len,
                           bool *occurs);

int nmt_terms_new(struct nmt_terms **out, const struct nmt_pieces *pieces, nmt_id eos,
                  const struct nmt_term_given *given, size_t n, struct nmt_err *err)
{
    struct nmt_arena measure = { NULL, 0, 0 };
    struct nmt_terms *t = calloc(1, sizeof *t);
    int rc = t ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    if (rc == 0 && n > NMT_TERMS_MAX)
        rc = nmt_fail(err, NMT_ELIMIT, 0, "%zu terms, more than %zu", n, NMT_TERMS_MAX);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (given[i].len < 1 || given[i].len > NMT_TERM_BYTES_MAX || given[i].n < 1 ||
            given[i].n > NMT_TERM_BYTES_MAX)
            rc = nmt_fail(err, NMT_ELIMIT, 0, "a term of %zu bytes, not 1 to %zu", given[i].len,
                          NMT_TERM_BYTES_MAX);
    if (rc == 0) {
        t->pieces = pieces;
        t->eos = eos;
        lay_out(t, &measure, given, n);
        rc = nmt_arena_init(&t->memory, measure.used, err);
    }
    if (rc == 0)
        lay_out(t, &t->memory, given, n);
    for (size_t i = 0; rc == 0 && i < t->n; i++) {
        struct nmt_term *x = &t->term[i];
        uint16_t have = 1;
        bool occurs = false;
        for (size_t k = 0; k < x->n; k++) {
            have = read_bytes(x, have, pieces->text[x->ids[k]], pieces->len[x->ids[k]], &occurs);
            x->end[k] = have;
        }
        if (occurs || have != x->len)
            rc = nmt_fail(err, NMT_ETEXT, 0, "the pieces of the term '%.*s' do not spell it",
                          (int)x->len - 1, x->text + 1);
        t->tokens += x->forbidden ? 0 : x->n;
    }
    if (rc == 0 && t->tokens > NMT_TERM_TOKENS_MAX)
        rc = nmt_fail(err, NMT_ELIMIT, 0, "required terms have %zu tokens, more than %zu",
                      t->tokens, NMT_TERM_TOKENS_MAX);
    if (rc < 0)
        nmt_terms_free(t);
    else
        *out = t;
    return rc;
}

void nmt_terms_free(struct nmt_terms *t)
{
    if (!t)
        return;
    nmt_arena_release(&t->memory);
    free(t);
}

/* --- going on ---------------------------------------------------------------------------- */

/* Bytes of a term at the end when `text` follows; *occurs when it occurs on the way. */
static uint16_t read_bytes(const struct nmt_term *t, uint16_t have, const char *text, size_t len,
                           bool *occurs)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ' ') {
            *occurs |= have == t->len;
            if (have > 0 && t->text[have - 1] == ' ')
                continue; /* a run of spaces is one */
        }
        while (have > 0 && (have == t->len || t->text[have] != text[i]))
            have = t->fail[have];
        have = (uint16_t)(have + (t->text[have] == text[i]));
    }
    return have;
}

void nmt_terms_start(const struct nmt_terms *t, nmt_term_state *state)
{
    for (size_t i = 0; i < t->n; i++)
        state[i] = 1; /* a translation begins as if a space stood before it */
}

bool nmt_terms_step(const struct nmt_terms *t, nmt_term_state *to, const nmt_term_state *from,
                    nmt_id id, bool last)
{
    const struct nmt_pieces *p = t->pieces;
    bool good = true;
    for (size_t i = 0; i < t->n; i++) {
        const struct nmt_term *x = &t->term[i];
        bool occurs = false;
        if (from[i] == NMT_TERM_MET) {
            to[i] = NMT_TERM_MET;
            continue;
        }
        to[i] = read_bytes(x, from[i], p->text[id], p->len[id], &occurs);
        if (to[i] == x->len && (last || id == t->eos || (p->words && p->len[id] > 0)))
            occurs = true;
        if (occurs && !x->forbidden)
            to[i] = NMT_TERM_MET;
        good &= !(occurs && x->forbidden);
    }
    return good;
}

/* Whole pieces of a term that stand at the end. */
static uint32_t pieces_there(const struct nmt_term *x, nmt_term_state have)
{
    uint32_t n = 0;
    while (n < x->n && x->end[n] <= have)
        n++;
    return n;
}

size_t nmt_terms_count(const struct nmt_terms *t, const nmt_term_state *state)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        if (!t->term[i].forbidden)
            n += state[i] == NMT_TERM_MET ? t->term[i].n : pieces_there(&t->term[i], state[i]);
    return n;
}

bool nmt_terms_met(const struct nmt_terms *t, const nmt_term_state *state)
{
    for (size_t i = 0; i < t->n; i++)
        if (!t->term[i].forbidden && state[i] != NMT_TERM_MET)
            return false;
    return true;
}

bool nmt_terms_may_end(const struct nmt_terms *t, const nmt_term_state *state)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct nmt_term *x = &t->term[i];
        if (x->forbidden ? state[i] == x->len : state[i] != NMT_TERM_MET && state[i] != x->len)
            return false;
    }
    return true;
}

bool nmt_terms_pending(const struct nmt_terms *t, const nmt_term_state *state, bool forbidden)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->term[i].forbidden == forbidden && state[i] == t->term[i].len)
            return true;
    return false;
}

size_t nmt_terms_helpers(const struct nmt_terms *t, const nmt_term_state *state, nmt_id *ids)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct nmt_term *x = &t->term[i];
        if (x->forbidden || state[i] == NMT_TERM_MET || state[i] == x->len)
            continue;
        uint32_t k = pieces_there(x, state[i]);
        ids[n++] = k > 0 && x->end[k - 1] == state[i] ? x->ids[k] : x->ids[0];
    }
    return n;
}

size_t nmt_terms_banned(const struct nmt_terms *t, const nmt_term_state *state, nmt_id *ids)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n && t->pieces->words; i++) {
        const struct nmt_term *x = &t->term[i];
        const nmt_id last = x->ids[x->n - 1];
        bool occurs = false;
        if (x->forbidden &&
            read_bytes(x, state[i], t->pieces->text[last], t->pieces->len[last], &occurs) == x->len)
            ids[n++] = last;
    }
    return n;
}
