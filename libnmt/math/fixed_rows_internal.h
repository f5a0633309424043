/*
 * A part of kernels.c: products in 16-bit fixed point; the format is described in fixed.h. The sums
 * are integers, so every instruction set gives the same ones. A vector holds words, not steps along
 * K: what a tile has at its end are its numbers, with no lanes left to add.
 */
#ifndef NMT_FIXED_ROWS_INTERNAL_H
#define NMT_FIXED_ROWS_INTERNAL_H

#include "fixed.h"

typedef int32_t fixed __attribute__((vector_size(VECTOR_BYTES)));

#define FIXED_LANES  (VECTOR_BYTES / sizeof(int32_t))
#define FIXED_SPLITS (NMT_FIXED_GROUP / FIXED_LANES) /* vectors of a group */
#if defined(__AVX512F__)
#define FIXED_ROWS   12
#define FIXED_GROUPS 2
#elif defined(__AVX__)
#define FIXED_ROWS   6
#define FIXED_GROUPS 1
#else
#define FIXED_ROWS   2
#define FIXED_GROUPS 1
#endif
#define FIXED_COLS (FIXED_GROUPS * FIXED_SPLITS)

/* sum + x0 y0 + x1 y1 of the pairs of 16-bit numbers in each lane. */
INLINE fixed add_pairs(fixed sum, fixed x, fixed y)
{
#if defined(__AVX512VNNI__)
    return (fixed)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)x, (__m512i)y);
#elif defined(__AVX512BW__)
    return sum + (fixed)_mm512_madd_epi16((__m512i)x, (__m512i)y);
#elif defined(__AVX2__)
    return sum + (fixed)_mm256_madd_epi16((__m256i)x, (__m256i)y);
#elif defined(__SSE2__)
    return sum + (fixed)_mm_madd_epi16((__m128i)x, (__m128i)y);
#else
    typedef int16_t halves __attribute__((vector_size(VECTOR_BYTES)));
    const halves a = (halves)x, b = (halves)y;
    for (size_t i = 0; i < FIXED_LANES; i++)
        sum[i] += a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
    return sum;
#endif
}

/* y = sum * (scale of the row * scale of the word) + bias of the word. */
INLINE void finish(real *y, fixed sum, real row, const real *scale, const real *bias)
{
#ifdef NMT_DOUBLE
    for (size_t i = 0; i < FIXED_LANES; i++)
        y[i] = sum[i] * (row * scale[i]) + bias[i];
#else
    store(y, __builtin_convertvector(sum, vec) * (load(scale) * row) + load(bias));
#endif
}

/* y[R][C groups]; w, scale and bias begin with the tile's first word. */
INLINE void fixed_tile(real *y, size_t ldy, const int16_t *x, const real *x_scale,
                       const struct nmt_fixed_words *w, size_t R, size_t C)
{
    const size_t pairs = w->pairs, group = pairs * 2 * NMT_FIXED_GROUP;
    fixed sum[FIXED_ROWS][FIXED_COLS];
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++)
        ALL_UNROLLED
    for (size_t c = 0; c < C * FIXED_SPLITS; c++)
        sum[r][c] = (fixed){ 0 };
    for (size_t k = 0; k < pairs; k++) {
        fixed wv[FIXED_COLS];
        ALL_UNROLLED
        for (size_t c = 0; c < C * FIXED_SPLITS; c++)
            memcpy(&wv[c],
                   w->w + c / FIXED_SPLITS * group + 2 * NMT_FIXED_GROUP * k +
                       c % FIXED_SPLITS * 2 * FIXED_LANES,
                   sizeof wv[c]);
        ALL_UNROLLED
        for (size_t r = 0; r < R; r++) {
            int32_t pair;
            memcpy(&pair, x + (r * pairs + k) * 2, sizeof pair);
            const fixed xv = (fixed){ 0 } + pair;
            ALL_UNROLLED
            for (size_t c = 0; c < C * FIXED_SPLITS; c++)
                sum[r][c] = add_pairs(sum[r][c], xv, wv[c]);
        }
    }
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++)
        ALL_UNROLLED
    for (size_t c = 0; c < C * FIXED_SPLITS; c++)
        finish(y + r * ldy + c * FIXED_LANES, sum[r][c], x_scale[r], w->scale + c * FIXED_LANES,
               w->bias + c * FIXED_LANES);
}

/* All M rows for C groups. */
INLINE void fixed_strip(real *y, size_t ldy, const int16_t *x, const real *x_scale,
                        const struct nmt_fixed_words *w, size_t M, size_t C)
{
    size_t m = 0;
#define ROWS(R) fixed_tile(y + m * ldy, ldy, x + m * w->pairs * 2, x_scale + m, w, R, C)
    for (; m + FIXED_ROWS <= M; m += FIXED_ROWS)
        ROWS(FIXED_ROWS);
#if FIXED_ROWS > 6
    if (m + 6 <= M) {
        ROWS(6);
        m += 6;
    }
#endif
#if FIXED_ROWS > 2
    for (; m + 2 <= M; m += 2)
        ROWS(2);
#endif
    if (m < M)
        ROWS(1);
#undef ROWS
}

static void kernel_fixed_rows(real *y, size_t ldy, const int16_t *x, const real *x_scale,
                              const struct nmt_fixed_words *words, size_t M, size_t groups)
{
    struct nmt_fixed_words w = *words;
    size_t g = 0;
    for (; g + FIXED_GROUPS <= groups; g += FIXED_GROUPS) {
        fixed_strip(y, ldy, x, x_scale, &w, M, FIXED_GROUPS);
        w.w += FIXED_GROUPS * w.pairs * 2 * NMT_FIXED_GROUP;
        w.scale += FIXED_GROUPS * NMT_FIXED_GROUP;
        w.bias += FIXED_GROUPS * NMT_FIXED_GROUP;
        y += FIXED_GROUPS * NMT_FIXED_GROUP;
    }
#if FIXED_GROUPS > 1
    if (g < groups)
        fixed_strip(y, ldy, x, x_scale, &w, M, 1);
#endif
}

/* To the nearest integer; one half away from 0. The caller sees to it that it fits. */
INLINE int16_t to_fixed(real x)
{
    return (int16_t)(int32_t)(x + (x < 0 ? (real)-0.5 : (real)0.5));
}

static real kernel_fixed_row(int16_t *q, real *rest, const real *x, size_t K)
{
    const real norm = real_sqrt(kernel_dot(x, x, K));
    real most = 0;
    if (!(norm > (real)1e-18 && norm < (real)1e18)) /* also NaN */
        return 0;
    for (size_t i = 0; i < K; i++) {
        const real a = x[i] < 0 ? -x[i] : x[i];
        most = a > most ? a : most;
    }
    real f = NMT_FIXED_ROW / norm;
    f = f * most > NMT_FIXED_MOST ? NMT_FIXED_MOST / most : f;
    for (size_t i = 0; i < K; i++) {
        q[i] = to_fixed(x[i] * f);
        rest[i] = (real)q[i];
    }
    if (K % 2)
        q[K] = 0;
    /* Of all scales that which leaves least. */
    const real scale = kernel_dot(x, rest, K) / kernel_dot(rest, rest, K);
    for (size_t i = 0; i < K; i++)
        rest[i] = x[i] - rest[i] * scale;
    return scale;
}

#endif
