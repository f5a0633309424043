/*
 * The generator of numpy's default_rng: PCG64 (O'Neill 2014: a 128-bit linear congruential
 * generator with XSL-RR output), seeded through SeedSequence. Needed because the reference's
 * intervals and p-values are functions of it; for anything else there is nmt/random.h.
 */
#ifndef NMT_PCG64_INTERNAL_H
#define NMT_PCG64_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 nmt_u128;

/** Copy it to remember a place in the sequence. */
struct nmt_pcg64 {
    nmt_u128 state, increment;
    bool has_half; /* the high half of the last output has not been used yet */
    uint32_t half;
};

void nmt_pcg64_seed(struct nmt_pcg64 *g, uint64_t seed);

/** As if n more 64-bit outputs had been taken; forgets a half. */
void nmt_pcg64_advance(struct nmt_pcg64 *g, uint64_t n);

static inline uint64_t nmt_pcg64_next(struct nmt_pcg64 *g)
{
    const nmt_u128 multiplier = (nmt_u128)2549297995355413924u << 64 | 4865540595714422341u;
    g->state = g->state * multiplier + g->increment;
    uint64_t high = (uint64_t)(g->state >> 64), x = high ^ (uint64_t)g->state;
    unsigned turn = (unsigned)(high >> 58);
    return x >> turn | x << (-turn & 63);
}

/** The low half of an output, then the high half. */
static inline uint32_t nmt_pcg64_next32(struct nmt_pcg64 *g)
{
    if (g->has_half) {
        g->has_half = false;
        return g->half;
    }
    uint64_t x = nmt_pcg64_next(g);
    g->has_half = true;
    g->half = (uint32_t)(x >> 32);
    return (uint32_t)x;
}

/**
 * Uniform in [0, n), n > 0, by Lemire's multiplication (ACM TOMACS 2019). n = 1 takes nothing from
 * the generator. threshold: nmt_pcg64_threshold(n).
 */
static inline uint32_t nmt_pcg64_below(struct nmt_pcg64 *g, uint32_t n, uint32_t threshold)
{
    if (n == 1)
        return 0;
    uint64_t product;
    do
        product = (uint64_t)nmt_pcg64_next32(g) * n;
    while ((uint32_t)product < threshold);
    return (uint32_t)(product >> 32);
}

static inline uint32_t nmt_pcg64_threshold(uint32_t n)
{
    return (uint32_t)(-n) % n;
}

#endif
