/* Dropout masks out of counter-based random numbers. */
#include "layer/dropout.h"

#include "math/kernels.h"

#include <nmt/random.h>

void nmt_dropout_mask(real *mask, real p, const struct nmt_dropout_key *key,
                      enum nmt_dropout_place place, uint32_t sentence, uint32_t step, size_t n)
{
    const uint32_t k[2] = { (uint32_t)key->seed ^ (uint32_t)(key->update >> 32),
                            (uint32_t)(key->seed >> 32) ^ (uint32_t)key->update };
    const uint32_t dropped = (uint32_t)((double)p * 0x1p32); /* p of all 2^32 numbers */
    const real kept = 1 / (1 - p);
    for (size_t i = 0; i < n; i += 4) {
        const uint32_t c[4] = { (uint32_t)(i / 4), step, sentence, (uint32_t)place };
        uint32_t four[4];
        nmt_philox(four, c, k);
        for (size_t j = 0; j < 4 && i + j < n; j++)
            mask[i + j] = four[j] < dropped ? 0 : kept;
    }
}

void nmt_dropout_rows(real *x, const real *mask, const struct nmt_steps *steps, size_t n)
{
    for (size_t t = 0; t < steps->T; t++) {
        size_t B = steps->at[t + 1] - steps->at[t];
        nmt_kernels()->scale_by(x + steps->at[t] * n, mask, B * n);
    }
}
