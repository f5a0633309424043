/*
 * Matrix products by OpenBLAS, or by the kernels where those are faster: sgemm brings both factors
 * into an order of its own first, which for the few rows of a time step takes as long as the
 * product (79 GFLOP/s at 32 rows of 512 by 1024, where the kernels make 101 and 111; 99 at 800
 * rows, where it is 99 and 106). Sizes are narrowed to BLAS integers here and nowhere else.
 */
#include "blas.h"

#include "kernels.h"

#include <assert.h>
#include <cblas.h>
#include <limits.h>
#include <string.h>

#define FEW_ROWS ((size_t)128) /* up to here matmul_rows is the faster */

static blasint narrow(size_t n)
{
    assert(n <= INT_MAX);
    return (blasint)n;
}

static void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, real *c, size_t ldc, const real *a,
                 size_t lda, const real *b, size_t ldb, size_t m, size_t n, size_t k, bool add)
{
    if (m == 0 || n == 0)
        return;
    if (k == 0) {
        for (size_t i = 0; i < m && !add; i++)
            memset(c + i * ldc, 0, n * sizeof *c);
        return;
    }
#ifdef NMT_DOUBLE
    cblas_dgemm(
#else
    cblas_sgemm(
#endif
        CblasRowMajor, ta, tb, narrow(m), narrow(n), narrow(k), 1, a, narrow(lda), b, narrow(ldb),
        add ? 1 : 0, c, narrow(ldc));
}

static bool rounds(unsigned how)
{
    return sizeof(real) == sizeof(float) && how & NMT_ROUNDED && !(how & NMT_ALONE);
}

void nmt_matmul_nt(real *c, size_t ldc, const real *a, size_t lda, const real *b, size_t ldb,
                   size_t m, size_t n, size_t k, unsigned how)
{
    const bool add = how & NMT_ADD;
    if (rounds(how))
        nmt_kernels()->matmul_rounded(c, ldc, a, lda, 1, b, 1, ldb, m, n, k, add);
    else if (how & NMT_ALONE || m <= FEW_ROWS)
        nmt_kernels()->matmul_rows(c, ldc, a, lda, b, ldb, m, n, k, add);
    else
        gemm(CblasNoTrans, CblasTrans, c, ldc, a, lda, b, ldb, m, n, k, add);
}

void nmt_matmul_nn(real *c, size_t ldc, const real *a, size_t lda, const real *b, size_t ldb,
                   size_t m, size_t n, size_t k, unsigned how)
{
    const struct nmt_kernels *kernels = nmt_kernels();
    const bool add = how & NMT_ADD;
    if (rounds(how))
        kernels->matmul_rounded(c, ldc, a, lda, 1, b, ldb, 1, m, n, k, add);
    else if (kernels->columns)
        kernels->matmul_columns(c, ldc, a, lda, 1, b, ldb, m, n, k, add);
    else
        gemm(CblasNoTrans, CblasNoTrans, c, ldc, a, lda, b, ldb, m, n, k, add);
}

void nmt_matmul_tn(real *c, size_t ldc, const real *a, size_t lda, const real *b, size_t ldb,
                   size_t m, size_t n, size_t k, unsigned how)
{
    const struct nmt_kernels *kernels = nmt_kernels();
    const bool add = how & NMT_ADD;
    if (rounds(how))
        kernels->matmul_rounded(c, ldc, a, 1, lda, b, ldb, 1, m, n, k, add);
    else if (kernels->columns)
        kernels->matmul_columns(c, ldc, a, 1, lda, b, ldb, m, n, k, add);
    else
        gemm(CblasTrans, CblasNoTrans, c, ldc, a, lda, b, ldb, m, n, k, add);
}
