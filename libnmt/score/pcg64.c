/* Seeding of PCG64 by numpy's SeedSequence (after O'Neill's seed_seq_fe), and jumping ahead. */
#include "pcg64_internal.h"

#include <stddef.h>

#define POOL 4

static uint32_t hash(uint32_t value, uint32_t *constant, uint32_t multiplier)
{
    value ^= *constant;
    *constant *= multiplier;
    value *= *constant;
    return value ^ value >> 16;
}

static uint32_t mix(uint32_t x, uint32_t y)
{
    uint32_t z = 0xCA01F9DDu * x - 0x4973F715u * y;
    return z ^ z >> 16;
}

void nmt_pcg64_seed(struct nmt_pcg64 *g, uint64_t seed)
{
    const uint32_t words[POOL] = { (uint32_t)seed, (uint32_t)(seed >> 32), 0, 0 };
    uint32_t pool[POOL], constant = 0x43B0D7E5u;
    uint64_t out[4] = { 0 };
    for (size_t i = 0; i < POOL; i++)
        pool[i] = hash(words[i], &constant, 0x931E8875u);
    for (size_t from = 0; from < POOL; from++)
        for (size_t to = 0; to < POOL; to++)
            if (from != to)
                pool[to] = mix(pool[to], hash(pool[from], &constant, 0x931E8875u));
    constant = 0x8B51F9DDu;
    for (size_t i = 0; i < 8; i++)
        out[i / 2] |= (uint64_t)hash(pool[i % POOL], &constant, 0x58F38DEDu) << 32 * (i % 2);
    g->increment = ((nmt_u128)out[2] << 64 | out[3]) << 1 | 1;
    g->state = 0;
    g->has_half = false;
    g->half = 0;
    nmt_pcg64_next(g);
    g->state += (nmt_u128)out[0] << 64 | out[1];
    nmt_pcg64_next(g);
}

/* n steps x -> a x + c are one such step; its a and c by squaring. */
void nmt_pcg64_advance(struct nmt_pcg64 *g, uint64_t n)
{
    nmt_u128 a = (nmt_u128)2549297995355413924u << 64 | 4865540595714422341u;
    nmt_u128 c = g->increment, all_a = 1, all_c = 0;
    for (; n > 0; n >>= 1) {
        if (n & 1) {
            all_a *= a;
            all_c = all_c * a + c;
        }
        c *= a + 1;
        a *= a;
    }
    g->state = g->state * all_a + all_c;
    g->has_half = false;
}
