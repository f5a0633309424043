/* What the ways to candidates share. */
#ifndef NMT_CANDIDATES_INTERNAL_H
#define NMT_CANDIDATES_INTERNAL_H

#include "search/candidates.h"

#define NMT_BLOCK_WORDS ((size_t)256) /* sums depend on it */

/**
 * Goes on with the n greatest, of which there are `have`: x [words] from the id `word` on. Greater
 * first; of equals the lower id first, since ids come in order and only a greater value passes
 * another. Returns how many there are then.
 */
uint32_t nmt_candidates_greatest(struct nmt_candidate *found, real *best, uint32_t have, uint32_t n,
                                 const real *x, size_t word, size_t words);

/** May the word be chosen, as far as it is not a matter of terms? */
bool nmt_candidates_may(const struct nmt_candidates *c, const struct nmt_wanted *wanted,
                        nmt_id word);

#endif
