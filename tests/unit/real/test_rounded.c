/* Products of factors rounded to bfloat16, in every instruction set, against their definition. */
#include "math/blas.h"
#include "math/kernels.h"

#include <nmt/random.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifndef NMT_DOUBLE

/* To the nearest number of 8 significant bits, ties to even. */
static double rounded(real x)
{
    int exponent;
    const double fraction = frexp((double)x, &exponent);
    return ldexp(nearbyint(ldexp(fraction, 8)), exponent - 8);
}

enum layout { NT, NN, TN, LAYOUTS };

/* A product with gaps behind its lines. */
struct product {
    real *y, *x, *w, *row;
    size_t ldy, x_row, x_col, w_row, w_col, M, N, K;
};

static struct product make_product(enum layout layout, size_t M, size_t N, size_t K)
{
    struct nmt_random r = { 5, (uint64_t)layout, 0 };
    struct product p = { .M = M, .N = N, .K = K, .ldy = N + 3 };
    p.x_row = layout == TN ? 1 : K + 2;
    p.x_col = layout == TN ? M + 1 : 1;
    p.w_row = layout == NT ? 1 : N + 5;
    p.w_col = layout == NT ? K + 2 : 1;
    const size_t x = (M + 1) * (K + 2), w = (N + 5) * (K + 2);
    p.y = calloc(M * p.ldy, sizeof *p.y);
    p.row = calloc(p.ldy, sizeof *p.row);
    p.x = calloc(x, sizeof *p.x);
    p.w = calloc(w, sizeof *p.w);
    for (size_t i = 0; i < x; i++)
        p.x[i] = (real)nmt_random_normal(&r);
    for (size_t i = 0; i < w; i++)
        p.w[i] = (real)(0.1 * nmt_random_normal(&r));
    return p;
}

static void release_product(struct product *p)
{
    free(p->y);
    free(p->row);
    free(p->x);
    free(p->w);
}

static void check_number(const struct product *p, const char *table, size_t m, size_t n, bool add)
{
    double want = add, size = 1;
    for (size_t k = 0; k < p->K; k++) {
        const double term =
            rounded(p->x[m * p->x_row + k * p->x_col]) * rounded(p->w[k * p->w_row + n * p->w_col]);
        want += term;
        size += fabs(term);
    }
    const double got = (double)p->y[m * p->ldy + n];
    cr_assert(fabs(got - want) < 1e-6 * size, "%s: %zu %zu of %zu %zu %zu: %.9g, not %.9g", table,
              m, n, p->M, p->N, p->K, got, want);
}

static void check_product(const struct nmt_kernels *k, enum layout layout, size_t M, size_t N,
                          size_t K, bool add)
{
    struct product p = make_product(layout, M, N, K);
    for (size_t i = 0; i < M * p.ldy; i++)
        p.y[i] = 1;
    k->matmul_rounded(p.y, p.ldy, p.x, p.x_row, p.x_col, p.w, p.w_row, p.w_col, M, N, K, add);
    for (size_t m = 0; m < M; m++) {
        for (size_t n = 0; n < N; n++)
            check_number(&p, k->name, m, n, add);
        for (size_t n = N; n < p.ldy; n++)
            cr_assert(p.y[m * p.ldy + n] == 1, "written beside the matrix");
        for (size_t n = 0; n < N; n++)
            p.row[n] = 1;
        k->matmul_rounded(p.row, p.ldy, p.x + m * p.x_row, p.x_row, p.x_col, p.w, p.w_row, p.w_col,
                          1, N, K, add);
        cr_assert(memcmp(p.row, p.y + m * p.ldy, N * sizeof *p.row) == 0, "%s: row %zu of %zu",
                  k->name, m, M);
    }
    release_product(&p);
}

Test(rounded, products_are_those_of_the_rounded_factors)
{
    static const size_t rows[] = { 1, 5, 7, 24, 200 }, columns[] = { 1, 15, 16, 66, 130 };
    static const size_t depths[] = { 0, 1, 17, 512, 1031 };
    const struct nmt_kernels *k;
    for (size_t t = 0; (k = nmt_kernels_nth(t)); t++)
        for (int layout = 0; layout < LAYOUTS; layout++)
            for (size_t i = 0; i < 5; i++)
                for (size_t j = 0; j < 5; j++) {
                    check_product(k, (enum layout)layout, rows[i], columns[j], 33, j % 2);
                    check_product(k, (enum layout)layout, rows[i], columns[4 - i], depths[j], true);
                    check_product(k, (enum layout)layout, rows[j], columns[i], depths[i], false);
                }
}

/* Halves go to the even neighbour; what is not finite stays so, and touches its row alone. */
Test(rounded, ties_and_what_is_not_finite)
{
    const real odd[] = { NAN, -NAN, INFINITY, -INFINITY };
    const struct nmt_kernels *k;
    for (size_t t = 0; (k = nmt_kernels_nth(t)); t++) {
        real x[3 * 40] = { 0 }, w[40], y[3];
        for (size_t i = 0; i < 40; i++)
            w[i] = 1;
        x[0] = 1 + 1 / (real)256;          /* between 1 and 1 + 1/128 */
        x[40] = 1 + 3 / (real)256;         /* between 1 + 1/128 and 1 + 2/128 */
        x[80] = 1 + 1 / (real)256 + 1e-6f; /* above the middle */
        k->matmul_rounded(y, 1, x, 40, 1, w, 1, 40, 3, 1, 40, false);
        cr_assert(y[0] == 1, "%s", k->name);
        cr_assert(y[1] == 1 + 1 / (real)64, "%s", k->name);
        cr_assert(y[2] == 1 + 1 / (real)128, "%s", k->name);
        for (size_t i = 0; i < 4; i++) {
            x[40 + 39] = odd[i];
            k->matmul_rounded(y, 1, x, 40, 1, w, 1, 40, 3, 1, 40, false);
            cr_assert(y[0] == 1 && !isfinite(y[1]), "%s", k->name);
        }
    }
}

/* The flag reaches the kernel in all three products, and search, whose rows stand alone, never. */
Test(rounded, the_flag_chooses)
{
    real x[16], w[16], exact[16], y[16];
    struct nmt_random r = { 1, 2, 3 };
    for (size_t i = 0; i < 16; i++) {
        x[i] = (real)nmt_random_normal(&r);
        w[i] = (real)nmt_random_normal(&r);
    }
    nmt_matmul_nt(exact, 4, x, 4, w, 4, 4, 4, 4, NMT_ALONE);
    nmt_matmul_nt(y, 4, x, 4, w, 4, 4, 4, 4, NMT_ALONE | NMT_ROUNDED);
    cr_assert(memcmp(y, exact, sizeof y) == 0);
    for (int layout = 0; layout < LAYOUTS; layout++) {
        for (size_t m = 0; m < 4; m++)
            for (size_t n = 0; n < 4; n++) {
                double sum = 0;
                for (size_t k = 0; k < 4; k++)
                    sum += rounded(layout == TN ? x[4 * k + m] : x[4 * m + k]) *
                           rounded(layout == NT ? w[4 * n + k] : w[4 * k + n]);
                exact[4 * m + n] = (real)sum;
            }
        if (layout == NT)
            nmt_matmul_nt(y, 4, x, 4, w, 4, 4, 4, 4, NMT_ROUNDED);
        else if (layout == NN)
            nmt_matmul_nn(y, 4, x, 4, w, 4, 4, 4, 4, NMT_ROUNDED);
        else
            nmt_matmul_tn(y, 4, x, 4, w, 4, 4, 4, 4, NMT_ROUNDED);
        for (size_t i = 0; i < 16; i++)
            cr_assert(fabs((double)(y[i] - exact[i])) < 1e-6, "%d: %zu", layout, i);
    }
}

#endif
