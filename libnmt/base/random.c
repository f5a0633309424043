/* Philox4x32-10 and what is drawn with it. */
#include <nmt/random.h>

#include <math.h>

void nmt_philox(uint32_t out[4], const uint32_t c[4], const uint32_t k[2])
{
    uint32_t a = c[0], b = c[1], d = c[2], e = c[3], k0 = k[0], k1 = k[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * a, p1 = (uint64_t)0xCD9E8D57u * d;
        a = (uint32_t)(p1 >> 32) ^ b ^ k0;
        b = (uint32_t)p1;
        d = (uint32_t)(p0 >> 32) ^ e ^ k1;
        e = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = a;
    out[1] = b;
    out[2] = d;
    out[3] = e;
}

uint32_t nmt_random_u32(struct nmt_random *r)
{
    uint64_t block = r->next >> 2;
    uint32_t c[4] = { (uint32_t)block, (uint32_t)(block >> 32), (uint32_t)r->stream,
                      (uint32_t)(r->stream >> 32) };
    uint32_t k[2] = { (uint32_t)r->seed, (uint32_t)(r->seed >> 32) };
    uint32_t four[4];
    nmt_philox(four, c, k);
    return four[r->next++ & 3];
}

static uint64_t random_u64(struct nmt_random *r)
{
    uint64_t high = nmt_random_u32(r);
    return high << 32 | nmt_random_u32(r);
}

uint64_t nmt_random_below(struct nmt_random *r, uint64_t n)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % n; /* a multiple of n: no value is favoured */
    uint64_t v;
    do
        v = random_u64(r);
    while (v >= limit);
    return v % n;
}

double nmt_random_uniform(struct nmt_random *r)
{
    return (double)(random_u64(r) >> 11) * 0x1p-53;
}

double nmt_random_normal(struct nmt_random *r)
{
    double u = 1.0 - nmt_random_uniform(r); /* in (0, 1]: the logarithm is finite */
    double v = nmt_random_uniform(r);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586476925 * v);
}

void nmt_random_permutation(struct nmt_random *r, uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)nmt_random_below(r, i + 1);
        order[i] = order[j];
        order[j] = (uint32_t)i;
    }
}
