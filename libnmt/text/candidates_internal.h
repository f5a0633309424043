/*
 * Pairs of neighbouring symbols that may be merged next: all that were seen at least `threshold`
 * times, with their counts and places. Pairs below it are forgotten, for there are very many, and
 * no count ever grows: a pair is all there when the newer of its symbols is made. When no candidate
 * is left, the text is surveyed again with a lower threshold.
 */
#ifndef NMT_CANDIDATES_INTERNAL_H
#define NMT_CANDIDATES_INTERNAL_H

#include "merge_text_internal.h"

#define NMT_PAIR_NONE UINT32_MAX

/** Places of the candidates of one survey, about; more make a survey rarer and the memory larger.
 */
#define NMT_CANDIDATE_PLACES ((size_t)1 << 20)

struct nmt_pair {
    uint64_t count; /* up to date */
    uint32_t left, right;
    uint32_t first, n; /* in `places`, ascending; the text may have changed under them */
};

struct nmt_candidates {
    uint64_t threshold;
    size_t most_places; /* when there are more it is time for a survey */
    struct nmt_pair *items;
    size_t n, cap;
    uint32_t *slots; /* number + 1; 0: free */
    size_t n_slots;
    uint32_t *places; /* of the left symbols */
    size_t n_places, cap_places;
};

void nmt_candidates_release(struct nmt_candidates *c);

/**
 * Finds candidates anew: as many of the most frequent pairs as have about `budget` places, and at
 * least one step below `below`, a count that no pair reaches. The threshold is at least 1.
 */
int nmt_candidates_survey(struct nmt_candidates *c, const struct nmt_merge_text *t, uint64_t below,
                          size_t budget, struct nmt_err *err) NMT_MUST_USE;

/** A pair that is not there yet, with room for n places behind the others. */
int nmt_candidates_add(struct nmt_candidates *c, uint32_t left, uint32_t right, uint32_t n,
                       uint32_t *number, struct nmt_err *err) NMT_MUST_USE;

static inline uint64_t nmt_pair_hash(uint32_t left, uint32_t right)
{
    return ((uint64_t)left << 32 | right) * 0x9E3779B97F4A7C15u;
}

/** The number of a pair, NMT_PAIR_NONE when it is no candidate. */
static inline uint32_t nmt_candidates_find(const struct nmt_candidates *c, uint32_t left,
                                           uint32_t right)
{
    size_t mask = c->n_slots - 1;
    for (size_t i = (size_t)(nmt_pair_hash(left, right) >> 32) & mask; c->slots[i];
         i = (i + 1) & mask) {
        const struct nmt_pair *pair = &c->items[c->slots[i] - 1];
        if (pair->left == left && pair->right == right)
            return c->slots[i] - 1;
    }
    return NMT_PAIR_NONE;
}

#endif
