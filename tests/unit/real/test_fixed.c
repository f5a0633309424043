/* Products in 16-bit fixed point against the same in double precision, with every instruction set.
 */
#include "math/fixed.h"
#include "math/kernels.h"

#include <nmt/random.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 29, WORDS = 61, LDY = 80 };

static double exact(const real *x, const real *w, size_t K)
{
    double sum = 0;
    for (size_t i = 0; i < K; i++)
        sum += (double)x[i] * (double)w[i];
    return sum;
}

/* All numbers of y, within the bound; rows do not depend on their number. */
static void check(const struct nmt_kernels *k, const real *x, const real *w, const real *b,
                  size_t K)
{
    struct nmt_fixed f;
    bool can;
    const size_t q_row = (K + 1) / 2 * 2, groups = (WORDS + NMT_FIXED_GROUP - 1) / NMT_FIXED_GROUP;
    int16_t *q = malloc(ROWS * q_row * sizeof *q);
    real *rest = malloc(K * sizeof *rest), scale[ROWS], y[ROWS * LDY], one[LDY];
    cr_assert(nmt_fixed_init(&f, &can, w, b, WORDS, K, NULL) == 0 && can);
    for (size_t r = 0; r < ROWS; r++) {
        scale[r] = k->fixed_row(q + r * q_row, rest, x + r * K, K);
        cr_assert(scale[r] > 0);
        double left = 0;
        for (size_t i = 0; i < K; i++) {
            const double lost = (double)x[r * K + i] - (double)scale[r] * q[r * q_row + i];
            cr_assert(fabs(lost - (double)rest[i]) < 1e-6 * fabs((double)x[r * K + i]) + 1e-30);
            left += lost * lost;
        }
        cr_assert(sqrt(left) <= 1.01 * sqrt((double)K) / 2 * (double)scale[r]);
    }
    k->fixed_rows(y, LDY, q, scale, &f.words, ROWS, groups);
    for (size_t r = 0; r < ROWS; r++) {
        const double bound = nmt_fixed_error(&f, scale[r]);
        for (size_t i = 0; i < WORDS; i++) {
            const double want = exact(x + r * K, w + i * K, K) + (double)b[i];
            cr_assert(fabs((double)y[r * LDY + i] - want) <= bound, "%s: %zu: %g, not %g +- %g",
                      k->name, K, (double)y[r * LDY + i], want, bound);
        }
        for (size_t i = WORDS; i < groups * NMT_FIXED_GROUP; i++)
            cr_assert(y[r * LDY + i] == -(real)INFINITY);
        k->fixed_rows(one, LDY, q + r * q_row, scale + r, &f.words, 1, groups);
        cr_assert(memcmp(one, y + r * LDY, WORDS * sizeof *one) == 0);
    }
    nmt_fixed_release(&f);
    free(q);
    free(rest);
}

Test(fixed, products_are_within_the_bound_with_every_instruction_set)
{
    static const size_t sizes[] = { 1, 2, 3, 15, 16, 31, 64, 129, 256, 1000 };
    const struct nmt_kernels *k;
    struct nmt_random random = { 3, 1, 0 };
    real b[WORDS];
    for (size_t t = 0; (k = nmt_kernels_nth(t)); t++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            const size_t K = sizes[s];
            real *x = malloc(ROWS * K * sizeof *x), *w = malloc(WORDS * K * sizeof *w);
            for (size_t i = 0; i < ROWS * K; i++)
                x[i] = (real)nmt_random_normal(&random) * (i % 7 == 0 ? 10 : (real)0.1);
            for (size_t i = 0; i < WORDS * K; i++)
                w[i] = (real)nmt_random_normal(&random);
            for (size_t i = 0; i < WORDS; i++)
                b[i] = (real)nmt_random_normal(&random);
            check(k, x, w, b, K);
            free(x);
            free(w);
        }
}

/* The greatest sums there are: weights along x, of equal numbers or with one that holds it all. */
Test(fixed, no_sum_leaves_32_bits)
{
    static const size_t sizes[] = { 1, 4, 256, 4096, 65536 };
    const struct nmt_kernels *k;
    real b[WORDS] = { 0 };
    for (size_t t = 0; (k = nmt_kernels_nth(t)); t++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            const size_t K = sizes[s];
            real *x = malloc(ROWS * K * sizeof *x), *w = malloc(WORDS * K * sizeof *w);
            for (size_t i = 0; i < ROWS * K; i++)
                x[i] = i / K % 2 ? -7 : i % K == 0 ? 1000 : (real)0.001;
            for (size_t i = 0; i < WORDS * K; i++)
                w[i] = i / K % 2 ? 3 : i % K == 0 ? -1000 : (real)0.001;
            check(k, x, w, b, K);
            free(x);
            free(w);
        }
}

Test(fixed, what_does_not_fit_is_refused)
{
    const real bad[] = { (real)NAN, (real)INFINITY, (real)1e30 };
    real w[32], x[32], rest[32], b[2] = { 0, 0 };
    int16_t q[32];
    struct nmt_fixed f;
    bool can;
    const struct nmt_kernels *k;
    for (size_t t = 0; (k = nmt_kernels_nth(t)); t++)
        for (size_t i = 0; i < 4; i++) {
            for (size_t j = 0; j < 32; j++)
                x[j] = i < 3 ? 1 : 0;
            x[5] = i < 3 ? bad[i] : 0;
            cr_assert(k->fixed_row(q, rest, x, 32) == 0, "%s: %zu", k->name, i);
        }
    for (size_t i = 0; i < 8; i++) {
        for (size_t j = 0; j < 32; j++)
            w[j] = i == 6 ? 0 : 1;
        b[1] = i >= 3 && i < 6 ? bad[i - 3] : 0;
        w[20] = i < 3 ? bad[i] : w[20];
        cr_assert(nmt_fixed_init(&f, &can, w, b, 2, 16, NULL) == 0);
        cr_assert(can == (i == 7), "%zu", i);
        nmt_fixed_release(&f);
    }
}
