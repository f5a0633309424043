/*
 * A line of terms: fields with tabs between them. A field that begins with '!' is forbidden; a '\\'
 * before anything makes what follows it the term as it is. Runs of spaces count as one, those at
 * the ends of a field as none, and a field without words is no term.
 *
 * The vocabulary cuts a term into pieces, and what these spell is what is looked for, so that a
 * term is normalised as the translations are. A required term with an unknown piece cannot be
 * written; a forbidden one never will be.
 */
#include "search/terms.h"

#include <nmt/beside.h>
#include <nmt/filter.h>

#include <stdlib.h>
#include <string.h>

int nmt_pieces_new(struct nmt_pieces **out, const struct nmt_vocab *v, struct nmt_err *err)
{
    const size_t V = nmt_vocab_size(v);
    struct nmt_pieces *p = calloc(1, sizeof *p);
    if (p) {
        p->V = V;
        p->words = true;
        p->text = calloc(V, sizeof *p->text);
        p->len = calloc(V, sizeof *p->len);
    }
    if (!p || !p->text || !p->len) {
        nmt_pieces_free(p);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    }
    for (nmt_id id = 0; id < V; id++) {
        p->text[id] = nmt_vocab_text(v, id, &p->len[id]);
        p->words &= p->len[id] == 0 || nmt_piece_begins(p, id);
    }
    *out = p;
    return 0;
}

void nmt_pieces_free(struct nmt_pieces *p)
{
    if (!p)
        return;
    free(p->text);
    free(p->len);
    free(p);
}

/* Adds text with runs of spaces as one and none at its ends. */
static int collapse(struct nmt_buffer *to, const char *text, size_t len, struct nmt_err *err)
{
    const size_t start = to->len;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ' ')
            continue;
        if (i > 0 && text[i - 1] == ' ' && to->len > start)
            NMT_TRY(nmt_buffer_addc(to, ' ', err));
        NMT_TRY(nmt_buffer_addc(to, text[i], err));
    }
    return 0;
}

/* What is under way: terms with their texts and pieces behind each other in two buffers. */
struct making {
    const struct nmt_vocab *vocab;
    struct nmt_segmenter *segmenter;
    struct nmt_term_given given[NMT_TERMS_MAX];
    size_t at[NMT_TERMS_MAX], first[NMT_TERMS_MAX]; /* in text and ids, until these are complete */
    size_t n;
    struct nmt_buffer raw, spelt, text;
    struct nmt_ids ids;
};

static int add_term(struct making *m, const char *field, size_t len, struct nmt_err *err)
{
    const struct nmt_segmented *cut;
    const bool forbidden = len > 0 && field[0] == '!';
    const size_t skip = len > 0 && (field[0] == '!' || field[0] == '\\');
    struct nmt_term_given g = { .forbidden = forbidden };
    m->raw.len = m->spelt.len = 0;
    NMT_TRY(collapse(&m->raw, field + skip, len - skip, err));
    if (m->raw.len == 0)
        return 0;
    NMT_TRY(nmt_segmenter_encode(m->segmenter, m->raw.data, m->raw.len, &cut, err));
    for (size_t i = 0; i < cut->n; i++)
        if (cut->ids[i] == NMT_ID_UNK && forbidden)
            return 0;
        else if (cut->ids[i] == NMT_ID_UNK)
            return nmt_fail(err, NMT_ETEXT, 0, "the term '%.*s' has what the vocabulary has not",
                            (int)(m->raw.len < 100 ? m->raw.len : 100), m->raw.data);
    NMT_TRY(nmt_vocab_decode(m->vocab, cut->ids, cut->n, &m->spelt, err));
    g.n = cut->n;
    m->at[m->n % NMT_TERMS_MAX] = m->text.len;
    m->first[m->n % NMT_TERMS_MAX] = m->ids.n;
    if (m->spelt.len > 0)
        NMT_TRY(collapse(&m->text, m->spelt.data, m->spelt.len, err));
    g.len = m->text.len - m->at[m->n % NMT_TERMS_MAX];
    if (g.len == 0)
        return 0;
    if (m->n == NMT_TERMS_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "more than %zu terms", NMT_TERMS_MAX);
    for (size_t i = 0; i < cut->n; i++)
        NMT_TRY(nmt_ids_add(&m->ids, cut->ids[i], err));
    m->given[m->n++] = g;
    return 0;
}

static int add_fields(struct making *m, const char *line, size_t len, struct nmt_err *err)
{
    for (size_t i = 0; i <= len;) {
        const char *tab = i < len ? memchr(line + i, '\t', len - i) : NULL;
        size_t end = tab ? (size_t)(tab - line) : len;
        NMT_TRY(add_term(m, line + i, end - i, err));
        i = end + 1;
    }
    for (size_t i = 0; i < m->n; i++) {
        m->given[i].text = m->text.data + m->at[i];
        m->given[i].ids = m->ids.data + m->first[i];
    }
    return 0;
}

int nmt_translated_terms(struct nmt_translated *t, const char *line, size_t len,
                         const struct nmt_pieces *pieces, const struct nmt_vocab *vocab,
                         struct nmt_segmenter *segmenter, struct nmt_err *err)
{
    struct making m = { .vocab = vocab, .segmenter = segmenter };
    nmt_terms_free(t->terms);
    t->terms = NULL;
    int rc = nmt_sentence_check(line, len, err);
    if (rc == 0)
        rc = add_fields(&m, line, len, err);
    if (rc == 0 && m.n > 0)
        rc = nmt_terms_new(&t->terms, pieces, NMT_ID_EOS, m.given, m.n, err);
    nmt_buffer_release(&m.raw);
    nmt_buffer_release(&m.spelt);
    nmt_buffer_release(&m.text);
    nmt_ids_release(&m.ids);
    return rc;
}
