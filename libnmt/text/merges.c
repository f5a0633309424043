/*
 * The merges of a bpe vocabulary. As in sentencepiece two neighbours join whenever their
 * concatenation is a piece, however that piece was learnt; so every cut of every piece into two
 * symbols is a merge. Special and byte pieces are not text and take no part.
 */
#include "merges_internal.h"

#include "spelling_internal.h"
#include "vocab_internal.h"

#include <nmt/utf8.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

int nmt_merges_init(struct nmt_merges *m, struct nmt_err *err)
{
    *m = (struct nmt_merges){ .n_slots = 64 };
    m->slots = calloc(m->n_slots, sizeof *m->slots);
    m->maybe = calloc(m->n_slots, 1);
    return m->slots && m->maybe ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
}

void nmt_merges_release(struct nmt_merges *m)
{
    free(m->slots);
    free(m->maybe);
    free(m->kinds);
    free(m->characters);
    nmt_strings_release(&m->inner);
    *m = (struct nmt_merges){ .n_slots = 0 };
}

void nmt_merges_free(struct nmt_merges *m)
{
    if (m)
        nmt_merges_release(m);
    free(m);
}

static bool is_text(const struct nmt_vocab *v, nmt_id id)
{
    uint32_t kind = v->pieces.items[id].value;
    return kind == NMT_PIECE_TEXT || kind == NMT_PIECE_SPACES;
}

static uint32_t find_symbol(const struct nmt_merges *m, const struct nmt_vocab *v, const char *s,
                            size_t len)
{
    uint32_t id = nmt_strings_find(&v->pieces, s, len);
    if (id != NMT_STRINGS_NONE && is_text(v, id))
        return id;
    uint32_t inner = nmt_strings_find(&m->inner, s, len);
    return inner == NMT_STRINGS_NONE ? NMT_SYMBOL_UNKNOWN : (uint32_t)m->n_pieces + inner;
}

uint32_t nmt_merges_symbol(const struct nmt_merges *m, const struct nmt_vocab *v, const char *s,
                           size_t len)
{
    return find_symbol(m, v, s, len);
}

static void insert(struct nmt_merges *m, const struct nmt_merge *merge)
{
    uint64_t h = nmt_merge_hash(merge->left, merge->right);
    size_t i = (size_t)(h >> 32) & (m->n_slots - 1), bit = (size_t)(h >> 29) & (8 * m->n_slots - 1);
    while (m->slots[i].id)
        i = (i + 1) & (m->n_slots - 1);
    m->slots[i] = *merge;
    m->maybe[bit / 8] |= (unsigned char)(1u << bit % 8);
}

static int grow(struct nmt_merges *m, struct nmt_err *err)
{
    size_t n = m->n_slots;
    struct nmt_merge *old = m->slots;
    struct nmt_merge *slots = calloc(2 * n, sizeof *slots);
    unsigned char *maybe = calloc(2 * n, 1);
    if (!slots || !maybe) {
        free(slots);
        free(maybe);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    }
    free(m->maybe);
    m->slots = slots;
    m->maybe = maybe;
    m->n_slots = 2 * n;
    for (size_t i = 0; i < n; i++)
        if (old[i].id)
            insert(m, &old[i]);
    free(old);
    return 0;
}

int nmt_merges_put(struct nmt_merges *m, const struct nmt_merge *merge, struct nmt_err *err)
{
    if ((m->used + 1) * 4 > m->n_slots * 3)
        NMT_TRY(grow(m, err));
    insert(m, merge);
    m->used++;
    return 0;
}

/* Characters inside pieces that are no pieces themselves. */
static int add_inner(struct nmt_merges *m, const struct nmt_vocab *v, struct nmt_err *err)
{
    for (nmt_id id = NMT_ID_SPECIALS; id < m->n_pieces; id++) {
        size_t len;
        const char *piece = nmt_vocab_piece(v, id, &len);
        if (!is_text(v, id))
            continue;
        for (size_t i = 0, step; i < len; i += step) {
            uint32_t number;
            step = nmt_spelling_symbol(piece + i, len - i);
            if (find_symbol(m, v, piece + i, step) == NMT_SYMBOL_UNKNOWN)
                NMT_TRY(nmt_strings_add(&m->inner, piece + i, step, &number, err));
        }
    }
    return 0;
}

static int add_cuts(struct nmt_merges *m, const struct nmt_vocab *v, nmt_id id, uint32_t rank,
                    struct nmt_err *err)
{
    size_t len;
    const char *piece = nmt_vocab_piece(v, id, &len);
    for (size_t i = nmt_spelling_symbol(piece, len); i < len;
         i += nmt_spelling_symbol(piece + i, len - i)) {
        uint32_t left = find_symbol(m, v, piece, i);
        if (left == NMT_SYMBOL_UNKNOWN)
            continue;
        uint32_t right = find_symbol(m, v, piece + i, len - i);
        if (right == NMT_SYMBOL_UNKNOWN)
            continue;
        struct nmt_merge merge = { left, right, id, rank };
        NMT_TRY(nmt_merges_put(m, &merge, err));
    }
    return 0;
}

struct scored {
    float score;
    nmt_id id;
};

static int by_score(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int add_all(struct nmt_merges *m, const struct nmt_vocab *v, struct nmt_err *err)
{
    struct scored *order = malloc(m->n_pieces * sizeof *order);
    if (!order)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (nmt_id id = 0; id < m->n_pieces; id++)
        order[id] = (struct scored){ v->scores[id], id };
    qsort(order, m->n_pieces, sizeof *order, by_score);
    int rc = 0;
    uint32_t rank = 0;
    for (size_t i = 0; i < m->n_pieces && rc == 0; i++) {
        if (i > 0 && order[i].score != order[i - 1].score)
            rank = (uint32_t)i;
        if (is_text(v, order[i].id))
            rc = add_cuts(m, v, order[i].id, rank, err);
    }
    free(order);
    return rc;
}

/* Merges of ASCII characters and U+2581, which all words begin with, are looked up by these. */
static int make_characters(struct nmt_merges *m, struct nmt_err *err)
{
    m->n_kinds = m->n_pieces + m->inner.n;
    m->kinds = calloc(m->n_kinds, sizeof *m->kinds);
    m->characters = malloc(NMT_KINDS * NMT_KINDS * sizeof *m->characters);
    if (!m->kinds || !m->characters)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < NMT_KINDS * NMT_KINDS; i++)
        m->characters[i] = NMT_NO_MERGE;
    for (unsigned cp = 0; cp < 0x80; cp++)
        if (m->low[cp] != NMT_SYMBOL_UNKNOWN)
            m->kinds[m->low[cp]] = (unsigned char)(cp + 1);
    if (m->space != NMT_SYMBOL_UNKNOWN)
        m->kinds[m->space] = NMT_KINDS - 1;
    for (size_t i = 0; i < m->n_slots; i++) {
        const struct nmt_merge *merge = &m->slots[i];
        unsigned left = nmt_merges_kind(m, merge->left), right = nmt_merges_kind(m, merge->right);
        if (merge->id && left && right)
            m->characters[left * NMT_KINDS + right] = (uint64_t)merge->rank << 32 | merge->id;
    }
    return 0;
}

int nmt_merges_make(struct nmt_merges **out, const struct nmt_vocab *v, struct nmt_err *err)
{
    struct nmt_merges *m = calloc(1, sizeof *m);
    if (!m)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    int rc = nmt_merges_init(m, err);
    m->n_pieces = v->pieces.n;
    if (rc == 0)
        rc = add_inner(m, v, err);
    if (rc == 0)
        rc = add_all(m, v, err);
    if (rc < 0) {
        nmt_merges_free(m);
        return rc;
    }
    for (uint32_t cp = 0; cp < NMT_LOW; cp++) {
        char utf8[4];
        m->low[cp] = find_symbol(m, v, utf8, nmt_utf8_encode(cp, utf8));
    }
    m->space = find_symbol(m, v, NMT_SPACE, NMT_SPACE_LEN);
    rc = make_characters(m, err);
    if (rc < 0) {
        nmt_merges_free(m);
        return rc;
    }
    *out = m;
    return 0;
}
