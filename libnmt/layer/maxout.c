/* Maxout over neighbouring pairs. */
#include "layer/maxout.h"

void nmt_maxout_forward(real *restrict out, const real *restrict inp, size_t N, size_t L)
{
    for (size_t i = 0; i < N * L; i++)
        out[i] = inp[2 * i] >= inp[2 * i + 1] ? inp[2 * i] : inp[2 * i + 1];
}

void nmt_maxout_backward(real *restrict inp, const real *restrict dout, size_t N, size_t L)
{
    for (size_t i = 0; i < N * L; i++) {
        real d = dout[i], first = inp[2 * i] >= inp[2 * i + 1] ? 1 : 0;
        inp[2 * i] = d * first;
        inp[2 * i + 1] = d * (1 - first);
    }
}
