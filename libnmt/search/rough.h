/*
 * The best words of a row by way of 16-bit fixed point (math/fixed.h): a first look at all words
 * says which can be among the best, within a bound on its error, and those few are then taken in
 * floating point, as if all had been. So words, their order and their logits are those of the
 * product in floating point, to the last bit.
 *
 * The sum of exp over the vocabulary is made from the first look too. Let a_i be what was seen of
 * word i and z_i = a_i + e_i what it is. To the first order
 *
 *     log sum_i exp z_i  =  log sum_i exp a_i + sum_i p_i e_i,   p_i = exp a_i / sum_j exp a_j
 *
 * The few words that hold most of the probability are known exactly, and so are their e_i. For each
 * of the many others it is the mean of what the block's words lose (fixed.h), which leaves errors
 * of either sign, weighted with what little probability there is.
 *
 * That is not as good as float32. Against double precision, over the 14,145 tokens of a greedy
 * search of Multi30k's test set of 2016, the logarithm is off by 5e-6 in the root of the mean
 * square and by 6e-5 at most, where that of float32 logits is by 4e-7 and 2e-6. More words taken
 * exactly do not mend it cheaply: 90 a row leave 2e-6, a fifth of the rows need over 2,000, and it
 * takes longer than all logits in float32.
 */
#ifndef NMT_ROUGH_H
#define NMT_ROUGH_H

#include "search/candidates.h"

/** Lays out (or measures) what blocks of rows need; c->models[0].output is there. */
void nmt_rough_plan(struct nmt_candidates *c, struct nmt_arena *arena);

/**
 * Rows [first, first + n) of a step, n at most c->rows. c->rough.done[r] says whether row first + r
 * has its candidates; the others must be looked for in another way: those with terms, with numbers
 * that do not fit, or with too many words in question.
 */
void nmt_rough_find(const struct nmt_candidates *c, struct nmt_candidate *found, uint32_t *count,
                    const struct nmt_step *step, const struct nmt_wanted *wanted, size_t first,
                    size_t n);

#endif
