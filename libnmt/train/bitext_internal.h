/* What those who make a bitext share: its numbers of few bytes. */
#ifndef NMT_BITEXT_INTERNAL_H
#define NMT_BITEXT_INTERNAL_H

#include "train/bitext.h"

#define NMT_BITEXT_STEP 64 /* pairs from one base to the next */

static inline void nmt_put_few(unsigned char *p, uint32_t v, unsigned width)
{
    for (unsigned k = 0; k < width; k++)
        p[k] = (unsigned char)(v >> 8 * k);
}

static inline uint32_t nmt_get_few(const unsigned char *p, unsigned width)
{
    switch (width) {
    case 1:
        return p[0];
    case 2:
        return p[0] | (uint32_t)p[1] << 8;
    case 3:
        return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
    default:
        return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    }
}

/** Sets the widths as the plan needs them. */
void nmt_bitext_set_widths(struct nmt_bitext *b, const struct nmt_bitext_plan *plan);

/** Bytes of a pair's head, and of its ids. */
static inline size_t nmt_bitext_head_size(const struct nmt_bitext *b)
{
    return 4 + 2 * (size_t)b->length_width;
}

static inline uint64_t nmt_bitext_pair_size(const struct nmt_bitext *b,
                                            const struct nmt_bitext_head *h)
{
    const uint64_t S = h->S - 1, T = h->T - 1;
    return S * b->id_width[0] + T * b->id_width[1] + (b->words ? 2 * (S + T) : 0);
}

/**
 * Counts tokens and takes the bases from the heads, which may come from anywhere: false when they
 * do not fit `lines`, max_length (0: no limit) and `bytes` of ids.
 */
int nmt_bitext_index(struct nmt_bitext *b, size_t max_length, uint64_t bytes, bool *fits,
                     struct nmt_err *err) NMT_MUST_USE;

#endif
