/*
 * Matrix products on row-major arrays with leading dimensions: the three shapes that a linear
 * layer needs. C is overwritten when add is false, added to when it is true. One thread.
 */
#ifndef NMT_BLAS_H
#define NMT_BLAS_H

#include <nmt/real.h>

#include <stdbool.h>
#include <stddef.h>

/** How a product is made; flags. */
enum {
    NMT_ADD = 1,    /* C += instead of C = */
    NMT_ALONE = 2,  /* a row does not depend on how many stand beside it: kernels' matmul_rows */
    NMT_ROUNDED = 4 /* factors are rounded to bfloat16 (not in the double library, nor alone) */
};

/** C[m][n] (+)= A[m][k] B[n][k]^T: y = x W^T, forward. */
void nmt_matmul_nt(real *c, size_t ldc, const real *a, size_t lda, const real *b, size_t ldb,
                   size_t m, size_t n, size_t k, unsigned how);

/** C[m][n] (+)= A[m][k] B[k][n]: dx = dy W, backward to the input. */
void nmt_matmul_nn(real *c, size_t ldc, const real *a, size_t lda, const real *b, size_t ldb,
                   size_t m, size_t n, size_t k, unsigned how);

/** C[m][n] (+)= A[k][m]^T B[k][n]: dW = dy^T x, backward to the weights. */
void nmt_matmul_tn(real *c, size_t ldc, const real *a, size_t lda, const real *b, size_t ldb,
                   size_t m, size_t n, size_t k, unsigned how);

#endif
