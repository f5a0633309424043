/* Joining the symbols of one word: the best-ranked merge again and again. */
#ifndef NMT_BPE_INTERNAL_H
#define NMT_BPE_INTERNAL_H

#include "merges_internal.h"

#include <nmt/random.h>

/** Which neighbours join in one step. */
enum nmt_join_order {
    NMT_JOIN_ONE, /* the leftmost with the lowest rank, as sentencepiece does */
    NMT_JOIN_ALL  /* all with the lowest rank, from the left without overlap, as subword-nmt does */
};

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
 * Joins symbols[0..*n) in place by the merges of m, lowest rank first, until no neighbours join.
 * from[i] (written) is the place the i-th symbol that is left had in the beginning. With dropout
 * > 0 every possible merge is left out of a step with that probability (Provilkov et al., 2020),
 * drawn from random, and it ends when a step has none.
 */
int nmt_bpe_join(struct nmt_joiner *j, const struct nmt_merges *m, enum nmt_join_order order,
                 uint32_t *symbols, uint32_t *from, size_t *n, double dropout,
                 struct nmt_random *random, struct nmt_err *err) NMT_MUST_USE;

#endif
