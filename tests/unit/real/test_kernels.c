/* The kernels of every instruction set this processor has, against plain loops with libm. */
#include "math/kernels.h"

#include <nmt/random.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST 200

static const size_t sizes[] = { 1, 7, 8, 15, 16, 17, 31, 64, 65, 127, 200 };

#define EACH_SIZE(n)                                                                               \
    for (size_t size_i_ = 0, n; size_i_ < sizeof sizes / sizeof *sizes && (n = sizes[size_i_], 1); \
         size_i_++)
#define EACH_TABLE(k) for (size_t k##_i = 0; (k = nmt_kernels_nth(k##_i)) != NULL; k##_i++)

static void fill(real *x, size_t n, uint64_t stream, double scale)
{
    struct nmt_random r = { 11, stream, 0 };
    for (size_t i = 0; i < n; i++)
        x[i] = (real)(scale * nmt_random_normal(&r));
}

static void near(const char *what, const char *isa, real got, double want)
{
    double tolerance = sizeof(real) == 8 ? 1e-12 : 3e-6;
    double scale = fabs(want) > 1 ? fabs(want) : 1;
    cr_assert(fabs((double)got - want) <= tolerance * scale, "%s (%s): got %.9g, want %.9g", what,
              isa, (double)got, want);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

Test(kernels, tanh_is_close_everywhere_and_exact_at_its_ends)
{
    const struct nmt_kernels *k;
    EACH_TABLE(k)
    {
        for (double x = -20; x <= 20; x += 0.00917) {
            real in = (real)x, out;
            k->tanh(&out, &in, 1);
            cr_assert(fabs((double)out - tanh((double)in)) <=
                          (sizeof(real) == 8 ? 1e-15 : 4.2e-7) * fabs(tanh((double)in)) + 1e-30,
                      "%s: tanh(%g)", k->name, x);
            cr_assert(out <= 1 && out >= -1);
        }
        real in[3] = { 0, (real)1e4, (real)NAN }, out[3];
        k->tanh(out, in, 3);
        cr_assert(out[0] == 0 && out[1] == 1 && isnan(out[2]), "%s", k->name);
    }
}

Test(kernels, sums_and_products)
{
    const struct nmt_kernels *k;
    real a[MOST], b[MOST], c[MOST];
    EACH_TABLE(k)
    EACH_SIZE(n)
    {
        fill(a, n, 1, 1);
        fill(b, n, 2, 1);
        double dot = 0;
        for (size_t i = 0; i < n; i++)
            dot += (double)a[i] * (double)b[i];
        near("dot", k->name, k->dot(a, b, n), dot);
        memcpy(c, b, sizeof c);
        k->axpy(c, 2, a, n);
        near("axpy", k->name, c[n - 1], (double)b[n - 1] + 2 * (double)a[n - 1]);
        k->product(c, a, b, n);
        near("product", k->name, c[n / 2], (double)a[n / 2] * (double)b[n / 2]);
    }
}

Test(kernels, a_row_of_a_product_does_not_depend_on_the_rows_beside_it)
{
    enum { M = 23, LDY = MOST + 3 };
    const struct nmt_kernels *k;
    real *x = malloc(M * MOST * sizeof *x), *w = malloc(MOST * MOST * sizeof *w);
    real *all = malloc(M * LDY * sizeof *all), *few = malloc(M * LDY * sizeof *few);
    fill(x, M * MOST, 1, 1);
    fill(w, MOST * MOST, 2, 0.1);
    EACH_TABLE(k)
    EACH_SIZE(K)
    for (size_t N = 1; N <= 66; N = N < 6 ? N + 1 : N + 20) {
        for (size_t i = 0; i < M * LDY; i++)
            all[i] = few[i] = 1;
        k->matmul_rows(all, LDY, x, MOST, w, MOST, M, N, K, true);
        for (size_t m = 0; m < M; m++)
            for (size_t n = 0; n < N; n++) {
                double want = 1;
                for (size_t i = 0; i < K; i++)
                    want += (double)x[m * MOST + i] * (double)w[n * MOST + i];
                near("matmul_rows", k->name, all[m * LDY + n], want);
            }
        cr_assert(all[N] == 1 && all[(M - 1) * LDY + N] == 1, "written beside the matrix");
        for (size_t rows = 1; rows <= 7; rows++)
            for (size_t m = 0; m + rows <= M; m += rows) {
                for (size_t i = 0; i < rows * LDY; i++)
                    few[i] = 1;
                k->matmul_rows(few, LDY, x + m * MOST, MOST, w, MOST, rows, N, K, true);
                for (size_t r = 0; r < rows; r++)
                    cr_assert(memcmp(few + r * LDY, all + (m + r) * LDY, N * sizeof *few) == 0,
                              "%s: %zu rows of %zu x %zu", k->name, rows, N, K);
            }
    }
    free(x);
    free(w);
    free(all);
    free(few);
}

/* y = x w and y = x^T w against plain sums, over the borders of tiles and blocks. */
static void check_columns(const struct nmt_kernels *k, size_t M, size_t N, size_t K, bool turned)
{
    const size_t ldy = N + 3, ldw = N + 1, ldx = turned ? M + 2 : K + 2;
    const size_t x_row = turned ? 1 : ldx, x_col = turned ? ldx : 1;
    real *x = malloc((turned ? K + 1 : M) * ldx * sizeof *x);
    real *w = malloc((K + 1) * ldw * sizeof *w), *y = malloc(M * ldy * sizeof *y);
    real *row = malloc(ldy * sizeof *row);
    fill(x, (turned ? K + 1 : M) * ldx, 1, 1);
    fill(w, (K + 1) * ldw, 2, 0.1);
    for (int add = 0; add < 2; add++) {
        for (size_t i = 0; i < M * ldy; i++)
            y[i] = 1;
        k->matmul_columns(y, ldy, x, x_row, x_col, w, ldw, M, N, K, add);
        for (size_t m = 0; m < M; m++) {
            for (size_t n = 0; n < N; n++) {
                double want = add, size = 1;
                for (size_t i = 0; i < K; i++) {
                    const double term = (double)x[m * x_row + i * x_col] * (double)w[i * ldw + n];
                    want += term;
                    size += fabs(term);
                }
                near("matmul_columns", k->name, (real)((double)y[m * ldy + n] / size), want / size);
            }
            for (size_t n = N; n < ldy; n++)
                cr_assert(y[m * ldy + n] == 1, "written beside the matrix");
            for (size_t n = 0; n < N; n++)
                row[n] = 1;
            k->matmul_columns(row, ldy, x + m * x_row, x_row, x_col, w, ldw, 1, N, K, add);
            cr_assert(memcmp(row, y + m * ldy, N * sizeof *row) == 0, "%s: row %zu of %zu", k->name,
                      m, M);
        }
    }
    free(x);
    free(w);
    free(y);
    free(row);
}

Test(kernels, products_by_columns_are_sums_that_go_by_K_alone)
{
    static const size_t rows[] = { 1, 5, 7, 24, 100 }, columns[] = { 1, 15, 16, 66, 200 };
    static const size_t depths[] = { 0, 1, 17, 512, 1030 };
    const struct nmt_kernels *k;
    EACH_TABLE(k)
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++) {
            check_columns(k, rows[i], columns[j], 33, j % 2);
            check_columns(k, rows[i], columns[4 - i], depths[j], true);
            check_columns(k, rows[j], columns[i], depths[i], false);
        }
}

Test(kernels, gru_is_the_equations_forward_and_backward)
{
    const struct nmt_kernels *k;
    real a[3 * MOST], in[3 * MOST], h[MOST], hm[MOST], rh[MOST], out[MOST], dh[MOST], dprev[MOST];
    real g[MOST], g_in[MOST];
    EACH_TABLE(k)
    EACH_SIZE(n)
    {
        fill(in, 3 * n, 3, 1.5);
        fill(h, n, 4, 1);
        fill(hm, n, 5, 1);
        fill(dh, n, 6, 1);
        fill(g_in, n, 7, 1);
        memcpy(a, in, sizeof a);
        memcpy(g, g_in, sizeof g);
        memset(dprev, 0, sizeof dprev);
        k->gru_gates(a, rh, hm, n);
        k->gru_output(out, a, h, n);
        for (size_t i = 0; i < n; i++) {
            double z = sigmoid(in[i]), r = sigmoid(in[n + i]), c = tanh(in[2 * n + i]);
            near("z", k->name, a[i], z);
            near("r h", k->name, rh[i], r * (double)hm[i]);
            near("h'", k->name, out[i], (1 - z) * (double)h[i] + z * c);
        }
        k->gru_output_backward(dprev, a, dh, h, n);
        k->gru_gates_backward(a, g, hm, n);
        for (size_t i = 0; i < n; i++) {
            double z = sigmoid(in[i]), r = sigmoid(in[n + i]), c = tanh(in[2 * n + i]);
            double d = (double)dh[i];
            near("da_z", k->name, a[i], d * (c - (double)h[i]) * z * (1 - z));
            near("da_r", k->name, a[n + i], (double)g_in[i] * (double)hm[i] * r * (1 - r));
            near("da_h", k->name, a[2 * n + i], d * z * (1 - c * c));
            near("dh", k->name, dprev[i], d * (1 - z));
            near("r g", k->name, g[i], r * (double)g_in[i]);
        }
    }
}

Test(kernels, attention_is_the_equations_forward_and_backward)
{
    const struct nmt_kernels *k;
    enum { S = 5 };
    static real u[S * MOST], du[S * MOST];
    real q[MOST], v[MOST], dq[MOST], dv[MOST], e[S], de[S];
    EACH_TABLE(k)
    EACH_SIZE(n)
    {
        fill(u, S * n, 8, 1);
        fill(q, n, 9, 1);
        fill(v, n, 10, 1);
        fill(de, S, 11, 1);
        memset(du, 0, sizeof du);
        memset(dv, 0, sizeof dv);
        k->additive_scores(e, q, u, v, S, n);
        k->additive_backward(du, dq, dv, de, q, u, v, S, n);
        for (size_t j = 0; j < S; j++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += (double)v[i] * tanh((double)q[i] + (double)u[j * n + i]);
            near("e", k->name, e[j] / (real)n, sum / (double)n);
        }
        for (size_t i = 0; i < n; i++) {
            double dq_want = 0, dv_want = 0;
            for (size_t j = 0; j < S; j++) {
                double t = tanh((double)q[i] + (double)u[j * n + i]), d = (double)de[j];
                dv_want += d * t;
                dq_want += d * (double)v[i] * (1 - t * t);
                near("du", k->name, du[j * n + i], d * (double)v[i] * (1 - t * t));
            }
            near("dq", k->name, dq[i], dq_want);
            near("dv", k->name, dv[i], dv_want);
        }
    }
}

Test(kernels, softmax_and_cross_entropy)
{
    const struct nmt_kernels *k;
    real x[MOST], p[MOST], grad[MOST], mean;
    EACH_TABLE(k)
    EACH_SIZE(n)
    {
        fill(x, n, 12, 3);
        double most = -1e30, sum = 0, mean_want = 0;
        for (size_t i = 0; i < n; i++)
            most = (double)x[i] > most ? (double)x[i] : most;
        for (size_t i = 0; i < n; i++)
            sum += exp((double)x[i] - most);
        memcpy(p, x, sizeof p);
        memcpy(grad, x, sizeof grad);
        near("log sum exp", k->name, k->log_sum_exp(x, n), most + log(sum));
        real part = 0, top = -(real)INFINITY;
        const size_t half = n / 2; /* of no numbers, or of no whole vector */
        real low = half ? k->add_exp(&part, &top, x, half) : 0;
        cr_assert(half == 0 || low == top);
        low = k->add_exp(&part, &top, x + half, n - half);
        cr_assert(low <= top && (double)top == most);
        near("log sum exp in parts", k->name, top + (real)log((double)part), most + log(sum));
        near("softmax's return", k->name, k->softmax(p, n), most + log(sum));
        const uint32_t gold = (uint32_t)(n / 2);
        real log_p = k->cross_entropy(grad, gold, (real)0.1, 1, &mean, n);
        near("log p", k->name, log_p, (double)x[gold] - most - log(sum));
        for (size_t i = 0; i < n; i++) {
            double want = exp((double)x[i] - most) / sum;
            mean_want += ((double)x[i] - most - log(sum)) / (double)n;
            near("p", k->name, p[i], want);
            near("dx", k->name, grad[i], want - (i == gold ? 0.9 : 0) - 0.1 / (double)n);
        }
        near("mean log p", k->name, mean, mean_want);
    }
}

Test(kernels, lstm_and_context)
{
    const struct nmt_kernels *k;
    real a[4 * MOST], in[4 * MOST], c[MOST], c_new[MOST], h[MOST], ctx[MOST], alpha[3];
    static real rows[3 * MOST];
    EACH_TABLE(k)
    EACH_SIZE(n)
    {
        fill(in, 4 * n, 13, 1.5);
        fill(c, n, 14, 1);
        fill(rows, 3 * n, 15, 1);
        fill(alpha, 3, 16, 1);
        memcpy(a, in, sizeof a);
        k->lstm_forward(h, c_new, a, c, n);
        k->context(ctx, alpha, rows, 3, n);
        for (size_t i = 0; i < n; i++) {
            double cell = sigmoid(in[n + i]) * (double)c[i] + sigmoid(in[i]) * tanh(in[3 * n + i]);
            near("c'", k->name, c_new[i], cell);
            near("h'", k->name, h[i], sigmoid(in[2 * n + i]) * tanh(cell));
            double sum = 0;
            for (size_t j = 0; j < 3; j++)
                sum += (double)alpha[j] * (double)rows[j * n + i];
            near("context", k->name, ctx[i], sum);
        }
    }
}

/* Of one row, in double: forward to xn, and the factor. */
static double plain_norm(double *xn, const real *x, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += (double)x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += ((double)x[i] - mean) * ((double)x[i] - mean);
    const double factor = 1 / sqrt(squares / (double)n + 1e-5);
    for (size_t i = 0; i < n; i++)
        xn[i] = ((double)x[i] - mean) * factor;
    return factor;
}

Test(kernels, layer_normalisation_is_the_equations_forward_and_backward)
{
    const struct nmt_kernels *k;
    real x[MOST], xn[MOST], y[MOST], before[MOST], gain[MOST], dy[MOST], dgain[MOST];
    double want[MOST];
    EACH_TABLE(k)
    EACH_SIZE(n)
    {
        fill(x, n, 21, 2);
        fill(gain, n, 22, 1);
        fill(before, n, 23, 1);
        fill(dy, n, 24, 1);
        const double factor = plain_norm(want, x, n);
        memcpy(xn, x, sizeof xn);
        memcpy(y, before, sizeof y);
        near("factor", k->name, k->layer_norm(y, xn, gain, true, n) / (real)factor, 1);
        double mean = 0, slope = 0;
        for (size_t i = 0; i < n; i++) {
            near("xn", k->name, xn[i], want[i]);
            near("y", k->name, y[i], (double)before[i] + (double)gain[i] * want[i]);
            mean += (double)gain[i] * (double)dy[i] / (double)n;
            slope += (double)gain[i] * (double)dy[i] * want[i] / (double)n;
        }
        memcpy(y, x, sizeof y);
        k->layer_norm(y, y, gain, false, n); /* in place */
        for (size_t i = 0; i < n; i++)
            near("y in place", k->name, y[i], (double)gain[i] * want[i]);
        memcpy(dgain, before, sizeof dgain);
        k->layer_norm_backward(xn, dgain, dy, gain, (real)factor, n);
        for (size_t i = 0; n > 1 && i < n; i++) {
            near("dgain", k->name, dgain[i], (double)before[i] + (double)dy[i] * want[i]);
            near("dx", k->name, xn[i],
                 factor * ((double)gain[i] * (double)dy[i] - mean - want[i] * slope));
        }
    }
}

Test(kernels, layer_normalisation_of_rows_far_from_0_and_of_equal_numbers)
{
    const struct nmt_kernels *k;
    real x[MOST], y[MOST], gain[MOST];
    double want[MOST];
    EACH_TABLE(k)
    EACH_SIZE(n)
    {
        fill(x, n, 25, 1);
        for (size_t i = 0; i < n; i++) {
            x[i] += 1024;
            gain[i] = 1;
        }
        plain_norm(want, x, n);
        k->layer_norm(y, x, gain, false, n);
        for (size_t i = 0; i < n; i++)
            cr_assert(fabs((double)y[i] - want[i]) < (sizeof(real) == 8 ? 1e-9 : 2e-3), "%s %zu",
                      k->name, n);
        for (size_t i = 0; i < n; i++)
            x[i] = 3;
        k->layer_norm(y, x, gain, false, n);
        for (size_t i = 0; i < n; i++)
            cr_assert(y[i] == 0, "%s: %g", k->name, (double)y[i]);
    }
}

/* The wide kernels may round differently (fused operations), but by no more than that. */
Test(kernels, all_instruction_sets_agree)
{
    const struct nmt_kernels *portable = nmt_kernels_nth(0), *k;
    real w[2][MOST], m[2][MOST], v[2][MOST], g[MOST];
    const struct nmt_adam_factors f = { (real)0.9, (real)0.98, (real)1e-3, (real)1e-8 };
    EACH_TABLE(k)
    EACH_SIZE(n)
    {
        fill(g, n, 17, 1);
        for (int i = 0; i < 2; i++) {
            fill(w[i], n, 18, 1);
            memset(m[i], 0, sizeof m[i]);
            memset(v[i], 0, sizeof v[i]);
        }
        for (int step = 0; step < 3; step++) {
            portable->adam(w[0], m[0], v[0], g, (real)0.5, &f, n);
            k->adam(w[1], m[1], v[1], g, (real)0.5, &f, n);
            portable->average(m[0], w[0], (real)0.9, n);
            k->average(m[1], w[1], (real)0.9, n);
        }
        for (size_t i = 0; i < n; i++)
            near("adam", k->name, w[1][i], (double)w[0][i]);
    }
}
