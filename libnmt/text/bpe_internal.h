/* Joining the symbols of one word: the best-ranked merge again and again. */
#ifndef NMT_BPE_INTERNAL_H
#define NMT_BPE_INTERNAL_H

#include "merges_internal.h"

#include <nmt/random.h>

/** Scratch for words of any length; zero-initialise. */
struct nmt_joiner {
    uint32_t *next, *prev;
    struct nmt_join {
        uint32_t rank, at, left, right, id;
    } * heap, *aside;
    size_t n_heap, n_aside, cap;
};

void nmt_joiner_release(struct nmt_joiner *j);

/**
 * Joins symbols[0..*n) in place by the merges of m: of all neighbours that join the ones with
 * the lowest rank, of equals the leftmost, until none is left. With dropout > 0 every possible
 * merge is left out of a step with that probability (Provilkov et al., 2020), drawn from random,
 * and it ends when a step has none.
 */
int nmt_bpe_join(struct nmt_joiner *j, const struct nmt_merges *m, uint32_t *symbols, size_t *n,
                 double dropout, struct nmt_random *random, struct nmt_err *err) NMT_MUST_USE;

#endif
