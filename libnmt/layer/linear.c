/* y = x W^T + b on all rows at once. */
#include "layer/linear.h"

#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

void nmt_linear_forward(real *y, const real *x, const real *W, const real *b, size_t N, size_t in,
                        size_t out, unsigned how)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t i = 0; b && i < N; i++) {
        if (how & NMT_ADD)
            k->axpy(y + i * out, 1, b, out);
        else
            memcpy(y + i * out, b, out * sizeof *y);
    }
    nmt_matmul_nt(y, out, x, in, W, in, N, out, in, b ? how | NMT_ADD : how);
}

void nmt_linear_backward_weights(real *dW, real *db, const real *dy, const real *x, size_t N,
                                 size_t in, size_t out, unsigned how)
{
    nmt_matmul_tn(dW, in, dy, out, x, in, out, in, N, how | NMT_ADD);
    if (db)
        nmt_kernels()->add_rows(db, dy, N, out, out);
}

void nmt_linear_backward_input(real *dx, const real *dy, const real *W, size_t N, size_t in,
                               size_t out, unsigned how)
{
    nmt_matmul_nn(dx, in, dy, out, W, in, N, in, out, how);
}
