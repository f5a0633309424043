/* Products whose result is normalised, forward and backward; see norm.h. */
#include "layer/norm.h"

#include "layer/linear.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

struct nmt_norm nmt_norm_plan(struct nmt_arena *arena, bool on, size_t N, size_t out, size_t group)
{
    struct nmt_norm norm = { out, group, NULL, NULL };
    if (on) {
        norm.xn = nmt_arena_take(arena, N * out, sizeof *norm.xn);
        norm.factor = nmt_arena_take(arena, N * (out / group), sizeof *norm.factor);
    }
    return norm;
}

struct nmt_norm nmt_norm_from(struct nmt_norm norm, size_t row)
{
    if (norm.xn) {
        norm.xn += row * norm.out;
        norm.factor += row * (norm.out / norm.group);
    }
    return norm;
}

void nmt_norm_forward(real *y, struct nmt_norm norm, const real *gain, size_t N, size_t from,
                      size_t to, bool add)
{
    const struct nmt_kernels *k = nmt_kernels();
    const size_t groups = norm.out / norm.group, n = norm.group;
    for (size_t row = 0; row < N; row++)
        for (size_t i = from; i < to; i++) {
            const size_t at = row * norm.out + i * n;
            const real factor = k->layer_norm(y + at, norm.xn + at, gain + i * n, add, n);
            if (norm.factor)
                norm.factor[row * groups + i] = factor;
        }
}

void nmt_norm_backward(struct nmt_norm norm, real *dgain, const real *dy, const real *gain,
                       size_t N, size_t from, size_t to)
{
    const struct nmt_kernels *k = nmt_kernels();
    const size_t groups = norm.out / norm.group, n = norm.group;
    for (size_t row = 0; row < N; row++)
        for (size_t i = from; i < to; i++) {
            const size_t at = row * norm.out + i * n;
            k->layer_norm_backward(norm.xn + at, dgain + i * n, dy + at, gain + i * n,
                                   norm.factor[row * groups + i], n);
        }
}

void nmt_norm_linear_forward(real *y, struct nmt_norm norm, const real *x, const real *W,
                             const real *gain, const real *b, size_t N, size_t in, unsigned how)
{
    if (!gain) {
        nmt_linear_forward(y, x, W, b, N, in, norm.out, how);
        return;
    }
    nmt_linear_forward(norm.xn, x, W, NULL, N, in, norm.out, how & ~(unsigned)NMT_ADD);
    for (size_t row = 0; b && !(how & NMT_ADD) && row < N; row++)
        memcpy(y + row * norm.out, b, norm.out * sizeof *y);
    nmt_norm_forward(y, norm, gain, N, 0, norm.out / norm.group, b || (how & NMT_ADD));
    for (size_t row = 0; b && (how & NMT_ADD) && row < N; row++)
        nmt_kernels()->axpy(y + row * norm.out, 1, b, norm.out);
}

void nmt_norm_take(real *y, struct nmt_norm norm, const real *p, size_t ldp, const real *gain,
                   size_t N, bool add)
{
    for (size_t row = 0; row < N; row++, p += ldp) {
        real *to = (gain ? norm.xn : y) + row * norm.out;
        if (gain || !add)
            memcpy(to, p, norm.out * sizeof *to);
        else
            nmt_kernels()->axpy(to, 1, p, norm.out);
    }
    if (gain)
        nmt_norm_forward(y, norm, gain, N, 0, norm.out / norm.group, add);
}

const real *nmt_norm_linear_backward(struct nmt_norm norm, real *dgain, const real *dy,
                                     const real *gain, size_t N)
{
    if (!gain)
        return dy;
    nmt_norm_backward(norm, dgain, dy, gain, N, 0, norm.out / norm.group);
    return norm.xn;
}
