/*
 * Counter-based random numbers (Philox4x32-10, Salmon et al., SC 2011): a value is a pure
 * function of a key and a counter, so nothing is stored, order does not matter, and a resumed
 * run draws what an uninterrupted one would have drawn.
 */
#ifndef NMT_RANDOM_H
#define NMT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** Four 32-bit words for counter (c[0..4)) under key (k[0..2)). */
void nmt_philox(uint32_t out[4], const uint32_t c[4], const uint32_t k[2]);

/** A stream of numbers named by (seed, stream); `next` counts the words drawn. */
struct nmt_random {
    uint64_t seed, stream, next;
};

/** Uniform in [0, 2^32). */
uint32_t nmt_random_u32(struct nmt_random *r);

/** Uniform in [0, n) without bias; n > 0. */
uint64_t nmt_random_below(struct nmt_random *r, uint64_t n);

/** Uniform in [0, 1), 53 bits. */
double nmt_random_uniform(struct nmt_random *r);

/** Standard normal (Box and Muller). */
double nmt_random_normal(struct nmt_random *r);

/** A random order of 0..n-1 (Fisher and Yates), written to order[n]. */
void nmt_random_permutation(struct nmt_random *r, uint32_t *order, size_t n);

#endif
