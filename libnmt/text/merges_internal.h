/*
 * The merges of a bpe vocabulary: which two symbols join to which piece, and how early. Symbols
 * are ids; a character that is no piece itself but stands inside one has a number from the
 * vocabulary's size on.
 */
#ifndef NMT_MERGES_INTERNAL_H
#define NMT_MERGES_INTERNAL_H

#include "strings_internal.h"

#include <nmt/error.h>
#include <nmt/id.h>

#include <stdbool.h>

#define NMT_SYMBOL_UNKNOWN UINT32_MAX

#define NMT_LOW 0x800 /* code points of one or two bytes, which are spelt as themselves */

#define NMT_KINDS 130 /* of symbols: none of these, the ASCII characters, U+2581 */

struct nmt_vocab;

struct nmt_merge {
    uint32_t left, right;
    uint32_t id;   /* what they join to */
    uint32_t rank; /* position among the scores from the highest; equal scores, equal ranks */
};

struct nmt_merges {
    struct nmt_merge *slots; /* open addressing; id 0 (<unk>) marks a free slot */
    size_t n_slots, used;
    unsigned char *maybe; /* a bit for a hash, 8 to a slot: most pairs do not join, and end here */
    struct nmt_strings inner; /* characters that are no pieces */
    uint32_t low[NMT_LOW];    /* the symbols of the first code points, and of U+2581 for a space, */
    uint32_t space;           /* for speed */
    unsigned char *kinds;     /* [n_kinds], by symbol: 1 + an ASCII character; 0: something else */
    size_t n_kinds;
    uint64_t *characters; /* [NMT_KINDS][NMT_KINDS], merges of ASCII characters; NULL: not made */
    size_t n_pieces;
};

int nmt_merges_init(struct nmt_merges *m, struct nmt_err *err) NMT_MUST_USE;
void nmt_merges_release(struct nmt_merges *m);

/** Adds a merge whose pair is not there yet; its id is not 0. */
int nmt_merges_put(struct nmt_merges *m, const struct nmt_merge *merge,
                   struct nmt_err *err) NMT_MUST_USE;

/** All merges of a bpe vocabulary. */
int nmt_merges_make(struct nmt_merges **m, const struct nmt_vocab *v,
                    struct nmt_err *err) NMT_MUST_USE;
void nmt_merges_free(struct nmt_merges *m);

/** The symbol of one character in its spelling. */
uint32_t nmt_merges_symbol(const struct nmt_merges *m, const struct nmt_vocab *v,
                           const char *spelling, size_t len);

static inline uint64_t nmt_merge_hash(uint32_t left, uint32_t right)
{
    return ((uint64_t)left << 32 | right) * 0x9E3779B97F4A7C15u;
}

/** The merge of two symbols, NULL when they do not join. */
static inline const struct nmt_merge *nmt_merges_find(const struct nmt_merges *m, uint32_t left,
                                                      uint32_t right)
{
    uint64_t h = nmt_merge_hash(left, right);
    size_t mask = m->n_slots - 1, bit = (size_t)(h >> 29) & (8 * m->n_slots - 1);
    if (!(m->maybe[bit / 8] >> bit % 8 & 1))
        return NULL;
    for (size_t i = (size_t)(h >> 32) & mask; m->slots[i].id; i = (i + 1) & mask)
        if (m->slots[i].left == left && m->slots[i].right == right)
            return &m->slots[i];
    return NULL;
}

/** In characters: these two do not join. Else rank and id in 32 bits each. */
#define NMT_NO_MERGE ((uint64_t)UINT32_MAX << 32)

static inline unsigned nmt_merges_kind(const struct nmt_merges *m, uint32_t symbol)
{
    return symbol < m->n_kinds ? m->kinds[symbol] : 0;
}

#endif
