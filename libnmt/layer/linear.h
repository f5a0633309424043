/* y = x W^T + b on all rows at once. */
#ifndef NMT_LINEAR_H
#define NMT_LINEAR_H

#include <nmt/real.h>

#include <stdbool.h>
#include <stddef.h>

/**
 * y [N][out] = x [N][in] W [out][in]^T + b [out]. b NULL: no bias. how: flags of math/blas.h.
 */
void nmt_linear_forward(real *y, const real *x, const real *W, const real *b, size_t N, size_t in,
                        size_t out, unsigned how);

/** dW [out][in] += dy^T x, db [out] += sum of the rows of dy. db NULL: no bias. how: NMT_ROUNDED.
 */
void nmt_linear_backward_weights(real *dW, real *db, const real *dy, const real *x, size_t N,
                                 size_t in, size_t out, unsigned how);

/** dx [N][in] = dy [N][out] W. how: NMT_ADD, NMT_ROUNDED. */
void nmt_linear_backward_input(real *dx, const real *dy, const real *W, size_t N, size_t in,
                               size_t out, unsigned how);

#endif
