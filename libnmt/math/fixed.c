/* Products in 16-bit fixed point; see fixed.h. */
#include "fixed.h"

#include "kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The arrays, laid out or measured. */
struct arrays {
    int16_t *w;
    real *scale, *bias, *mean;
};

static size_t groups_of(size_t N)
{
    return (N + NMT_FIXED_GROUP - 1) / NMT_FIXED_GROUP;
}

static size_t blocks_of(size_t N)
{
    return (N + NMT_FIXED_BLOCK - 1) / NMT_FIXED_BLOCK;
}

static struct arrays lay_out(struct nmt_arena *arena, size_t N, size_t K)
{
    const size_t words = groups_of(N) * NMT_FIXED_GROUP;
    return (struct arrays){ .w = nmt_arena_take(arena, words * ((K + 1) / 2 * 2), sizeof(int16_t)),
                            .scale = nmt_arena_take(arena, words, sizeof(real)),
                            .bias = nmt_arena_take(arena, words, sizeof(real)),
                            .mean = nmt_arena_take(arena, blocks_of(N) * K, sizeof(real)) };
}

size_t nmt_fixed_size(size_t N, size_t K)
{
    struct nmt_arena measure = { NULL, 0, 0 };
    lay_out(&measure, N, K);
    return measure.used;
}

static real greatest(const real *x, size_t n)
{
    real most = 0;
    for (size_t i = 0; i < n; i++) {
        const real a = x[i] < 0 ? -x[i] : x[i];
        most = a > most ? a : most;
    }
    return most;
}

/* Word i of its group; to: where the group's numbers begin. Returns the scale. */
static real round_word(int16_t *to, size_t i, const real *w, size_t K, double norm)
{
    const real most = greatest(w, K);
    if (!(norm > 0))
        return 0;
    real f = NMT_FIXED_WORD / (real)norm;
    f = f * most > NMT_FIXED_MOST ? NMT_FIXED_MOST / most : f;
    to += 2 * i;
    for (size_t k = 0; k < K; k++) {
        const real x = w[k] * f;
        to[k / 2 * 2 * NMT_FIXED_GROUP + k % 2] =
            (int16_t)(int32_t)(x + (x < 0 ? (real)-0.5 : (real)0.5));
    }
    return 1 / f;
}

static void find_means(real *mean, const real *w, size_t N, size_t K)
{
    memset(mean, 0, blocks_of(N) * K * sizeof *mean);
    for (size_t i = 0; i < N; i++) {
        const size_t b = i / NMT_FIXED_BLOCK, left = N - b * NMT_FIXED_BLOCK;
        const size_t words = left < NMT_FIXED_BLOCK ? left : NMT_FIXED_BLOCK;
        nmt_kernels()->axpy(mean + b * K, 1 / (real)words, w + i * K, K);
    }
}

int nmt_fixed_init(struct nmt_fixed *f, bool *can, const real *w, const real *b, size_t N, size_t K,
                   struct nmt_err *err)
{
    const struct nmt_kernels *k = nmt_kernels();
    const size_t group = (K + 1) / 2 * 2 * NMT_FIXED_GROUP;
    *f = (struct nmt_fixed){ .N = N, .K = K };
    *can = false;
    if (K < 1 || K > NMT_FIXED_COLUMNS)
        return 0;
    NMT_TRY(nmt_arena_init(&f->arena, nmt_fixed_size(N, K), err));
    const struct arrays a = lay_out(&f->arena, N, K);
    bool good = true;
    for (size_t i = 0; i < groups_of(N) * NMT_FIXED_GROUP && good; i++) {
        int16_t *to = a.w + i / NMT_FIXED_GROUP * group;
        if (i % NMT_FIXED_GROUP == 0)
            memset(to, 0, group * sizeof *to);
        a.scale[i] = 0;
        a.bias[i] = -(real)INFINITY;
        if (i >= N)
            continue;
        const double square = (double)k->dot(w + i * K, w + i * K, K), norm = sqrt(square);
        good = square < 1e30 && fabs((double)b[i]) < 1e15; /* false for NaN */
        if (!good)
            break;
        a.bias[i] = b[i];
        a.scale[i] = round_word(to, i % NMT_FIXED_GROUP, w + i * K, K, norm);
        f->norm = norm > f->norm ? norm : f->norm;
        f->scale = (double)a.scale[i] > f->scale ? (double)a.scale[i] : f->scale;
        f->bias = fabs((double)b[i]) > f->bias ? fabs((double)b[i]) : f->bias;
    }
    find_means(a.mean, w, N, K);
    f->mean = a.mean;
    f->words = (struct nmt_fixed_words){ a.w, a.scale, a.bias, (K + 1) / 2 };
    *can = good && f->norm > 1e-9;
    if (!*can)
        nmt_fixed_release(f);
    return 0;
}

void nmt_fixed_release(struct nmt_fixed *f)
{
    nmt_arena_release(&f->arena);
}

double nmt_fixed_error(const struct nmt_fixed *f, real x_scale)
{
    /* The scale is within 1 part in 1,000 of that which x was rounded with. */
    const double half = sqrt((double)f->K) / 2, unit = 1.01 * (double)x_scale;
    const double x = unit * ((double)NMT_FIXED_ROW + half); /* at least |x| */
    const double dx = unit * half, dw = f->scale * half;
    /* What the sums in float32 may lose, in any order, and the last steps of either product. */
    const double rounding = ((double)f->K + 16) * FLT_EPSILON * (f->norm * x + f->bias);
    return 1.01 * (dw * x + (f->norm + dw) * dx) + rounding;
}

void nmt_fixed_product(const struct nmt_fixed *f, real *y, size_t ldy, const int16_t *x,
                       const real *x_scale, size_t M, size_t word, size_t words)
{
    const struct nmt_fixed_words from = { f->words.w + word * 2 * f->words.pairs,
                                          f->words.scale + word, f->words.bias + word,
                                          f->words.pairs };
    nmt_kernels()->fixed_rows(y, ldy, x, x_scale, &from, M, groups_of(words));
}
