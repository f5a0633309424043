/*
 * A part of kernels.c: products of factors that are rounded to bfloat16, the upper half of a float:
 * its range, and 8 bits of it. Products and sums are floats. Processors with AVX512-BF16 multiply
 * and add twice as many of these numbers in an instruction; elsewhere the same is done in floats.
 *
 * The instruction takes the numbers of two neighbouring k at once, so that a factor is a matrix of
 * pairs (the even k in the lower half). Both factors are brought into pairs in scratch memory,
 * block by block: x for a block of rows, w for a panel of columns. Then it goes as in
 * matmul_columns_internal.h. How a number of y is summed depends on K alone.
 */
#ifndef NMT_MATMUL_ROUNDED_INTERNAL_H
#define NMT_MATMUL_ROUNDED_INTERNAL_H

#define ROUNDED_PAIRS   ((size_t)256) /* of k in a block */
#define ROUNDED_ROWS    ((size_t)192) /* of x in a block */
#define ROUNDED_COLUMNS (COLUMNS_VECS * LANES)

typedef uint32_t uvec __attribute__((vector_size(VECTOR_BYTES)));

/* To the nearest, ties to even; what is below does not count. NaN stays NaN. */
INLINE uint32_t round_bits(real x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return x == x ? u + 0x7fff + (u >> 16 & 1) : u | 0x400000;
}

INLINE uint32_t pair_of(real even, real odd)
{
    return round_bits(even) >> 16 | (round_bits(odd) & 0xffff0000);
}

/* A pair in each lane. */
INLINE uvec pairs_of(vec even, vec odd)
{
#if defined(__AVX512BF16__)
    static const uint16_t order[32] = { 0,  16, 1,  17, 2,  18, 3,  19, 4,  20, 5,
                                        21, 6,  22, 7,  23, 8,  24, 9,  25, 10, 26,
                                        11, 27, 12, 28, 13, 29, 14, 30, 15, 31 };
    const __m512i both = (__m512i)_mm512_cvtne2ps_pbh((__m512)odd, (__m512)even);
    return (uvec)_mm512_permutexvar_epi16(_mm512_loadu_si512(order), both);
#else
    uvec pairs;
    for (size_t i = 0; i < LANES; i++)
        pairs[i] = pair_of(even[i], odd[i]);
    return pairs;
#endif
}

/* The pairs of 2 LANES numbers that stand side by side. */
INLINE uvec pairs_along(const real *x)
{
#if defined(__AVX512BF16__)
    return (uvec)_mm512_cvtne2ps_pbh((__m512)load(x + LANES), (__m512)load(x));
#else
    uvec pairs;
    for (size_t i = 0; i < LANES; i++)
        pairs[i] = pair_of(x[2 * i], x[2 * i + 1]);
    return pairs;
#endif
}

INLINE vec add_rounded(vec sum, uint32_t x, uvec w)
{
#if defined(__AVX512BF16__)
    return (vec)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32((int)x), (__m512bh)w);
#else
    const uvec xv = (uvec){ 0 } + x;
    sum += (vec)(xv << 16) * (vec)(w << 16);
    return sum + (vec)(xv & 0xffff0000) * (vec)(w & 0xffff0000);
#endif
}

/* A block of a factor in pairs: number (k, i) is in pair[k / 2 * by_k + i * by_i]. */
struct pairs {
    uint32_t *pair;
    size_t by_k, by_i;
};

/* x has its number (k, i) at k * ld + i; what is missing for K odd is 0. */
INLINE void pair_lines(uint32_t *pair, size_t by_k, const real *x, size_t ld, size_t n, size_t K)
{
    for (size_t k = 0; k < K; k += 2, pair += by_k) {
        const real *even = x + k * ld, *odd = k + 1 < K ? even + ld : NULL;
        size_t i = 0;
        for (; i + LANES <= n; i += LANES) {
            const uvec p = pairs_of(load(even + i), odd ? load(odd + i) : (vec){ 0 });
            memcpy(pair + i, &p, sizeof p);
        }
        for (; i < n; i++)
            pair[i] = pair_of(even[i], odd ? odd[i] : 0);
    }
}

/* The same from a line of K numbers. */
INLINE void pair_line(uint32_t *pair, const real *x, size_t K)
{
    size_t k = 0;
    for (; k + 2 * LANES <= K; k += 2 * LANES) {
        const uvec p = pairs_along(x + k);
        memcpy(pair + k / 2, &p, sizeof p);
    }
    for (; k < K; k += 2)
        pair[k / 2] = pair_of(x[k], k + 1 < K ? x[k + 1] : 0);
}

#if defined(__AVX512F__)
/* to[j * ld + i] = line[i][j], 16 by 16. */
INLINE void turn(uint32_t *to, size_t ld, const uvec *line)
{
    __m512i a[16], b[16];
    ALL_UNROLLED
    for (size_t i = 0; i < 16; i += 2) {
        a[i] = _mm512_unpacklo_epi32((__m512i)line[i], (__m512i)line[i + 1]);
        a[i + 1] = _mm512_unpackhi_epi32((__m512i)line[i], (__m512i)line[i + 1]);
    }
    ALL_UNROLLED
    for (size_t i = 0; i < 16; i += 4) {
        b[i] = _mm512_unpacklo_epi64(a[i], a[i + 2]);
        b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 2]);
        b[i + 2] = _mm512_unpacklo_epi64(a[i + 1], a[i + 3]);
        b[i + 3] = _mm512_unpackhi_epi64(a[i + 1], a[i + 3]);
    }
    ALL_UNROLLED
    for (size_t i = 0; i < 4;
         i++) { /* b[4 q + i] has the numbers i, 4 + i, 8 + i, 12 + i of four */
        a[i] = _mm512_shuffle_i32x4(b[i], b[4 + i], 0x88);
        a[4 + i] = _mm512_shuffle_i32x4(b[8 + i], b[12 + i], 0x88);
        a[8 + i] = _mm512_shuffle_i32x4(b[i], b[4 + i], 0xdd);
        a[12 + i] = _mm512_shuffle_i32x4(b[8 + i], b[12 + i], 0xdd);
    }
    ALL_UNROLLED
    for (size_t i = 0; i < 4; i++) {
        _mm512_storeu_si512(to + i * ld, _mm512_shuffle_i32x4(a[i], a[4 + i], 0x88));
        _mm512_storeu_si512(to + (4 + i) * ld, _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0x88));
        _mm512_storeu_si512(to + (8 + i) * ld, _mm512_shuffle_i32x4(a[i], a[4 + i], 0xdd));
        _mm512_storeu_si512(to + (12 + i) * ld, _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0xdd));
    }
}
#endif

/* x has its number (k, i) at i * ld + k; pair k / 2 of line i goes to pair[k / 2 * by_k + i]. */
static void pair_turned(uint32_t *pair, size_t by_k, const real *x, size_t ld, size_t n, size_t K)
{
    size_t i = 0;
#if defined(__AVX512F__)
    for (; i + 16 <= n; i += 16) {
        size_t k = 0;
        for (; k + 32 <= K; k += 32) {
            uvec line[16];
            for (size_t j = 0; j < 16; j++)
                line[j] = pairs_along(x + (i + j) * ld + k);
            turn(pair + k / 2 * by_k + i, by_k, line);
        }
        for (; k < K; k += 2)
            for (size_t j = i; j < i + 16; j++)
                pair[k / 2 * by_k + j] = pair_of(x[j * ld + k], k + 1 < K ? x[j * ld + k + 1] : 0);
    }
#endif
    for (; i < n; i++)
        for (size_t k = 0; k < K; k += 2)
            pair[k / 2 * by_k + i] = pair_of(x[i * ld + k], k + 1 < K ? x[i * ld + k + 1] : 0);
}

/* What a tile reads and writes. */
struct rounded {
    real *y;
    struct pairs x;
    const uint32_t *w; /* [pairs][by_k] */
    size_t ldy, by_k, K;
    bool add;
};

/* y[R][C vectors] at row m; of the last vector there are `last` columns. */
INLINE void rounded_tile(const struct rounded *p, size_t m, size_t R, size_t C, size_t last)
{
    const size_t x_by_k = p->x.by_k, x_by_i = p->x.by_i, by_k = p->by_k;
    const uint32_t *x = p->x.pair + m * x_by_i, *w = p->w;
    vec sum[COLUMNS_ROWS][COLUMNS_VECS];
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++)
        ALL_UNROLLED
    for (size_t c = 0; c < C; c++)
        sum[r][c] = (vec){ 0 };
    for (size_t k = 0; k < p->K; k += 2, w += by_k, x += x_by_k) {
        uvec wv[COLUMNS_VECS];
        ALL_UNROLLED
        for (size_t c = 0; c < C; c++)
            memcpy(&wv[c], w + c * LANES, sizeof *wv);
        ALL_UNROLLED
        for (size_t r = 0; r < R; r++)
            ALL_UNROLLED
        for (size_t c = 0; c < C; c++)
            sum[r][c] = add_rounded(sum[r][c], x[r * x_by_i], wv[c]);
    }
    real *y = p->y + m * p->ldy;
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++)
        ALL_UNROLLED
    for (size_t c = 0; c < C; c++) {
        const size_t here = c + 1 < C ? LANES : last;
        real *to = y + r * p->ldy + c * LANES;
        store_some(to, p->add ? load_some(to, here) + sum[r][c] : sum[r][c], here);
    }
}

INLINE void rounded_strip(const struct rounded *p, size_t M, size_t C, size_t last)
{
    size_t m = 0;
    for (; m + COLUMNS_ROWS <= M; m += COLUMNS_ROWS)
        rounded_tile(p, m, COLUMNS_ROWS, C, last);
    switch (M - m) {
    case 5:
        rounded_tile(p, m, 5, C, last);
        break;
    case 4:
        rounded_tile(p, m, 4, C, last);
        break;
    case 3:
        rounded_tile(p, m, 3, C, last);
        break;
    case 2:
        rounded_tile(p, m, 2, C, last);
        break;
    case 1:
        rounded_tile(p, m, 1, C, last);
        break;
    }
}

/* A panel of n <= ROUNDED_COLUMNS columns. */
static void rounded_panel(const struct rounded *p, size_t M, size_t n)
{
    struct rounded part = *p;
    if (n == ROUNDED_COLUMNS) {
        rounded_strip(p, M, COLUMNS_VECS, LANES);
        return;
    }
    for (size_t i = 0; i < n; i += LANES) {
        part.y = p->y + i;
        part.w = p->w + i;
        if (n - i >= LANES)
            rounded_strip(&part, M, 1, LANES);
        else
            rounded_strip(&part, M, 1, n - i);
    }
}

static void kernel_matmul_rounded(real *y, size_t ldy, const real *x, size_t x_row, size_t x_col,
                                  const real *w, size_t w_row, size_t w_col, size_t M, size_t N,
                                  size_t K, bool add)
{
    uint32_t x_pair[ROUNDED_ROWS * ROUNDED_PAIRS] __attribute__((aligned(64)));
    uint32_t w_pair[ROUNDED_COLUMNS * ROUNDED_PAIRS] __attribute__((aligned(64)));
    size_t k = 0;
    do { /* once at least: y may have to become 0 */
        const size_t depth = K - k < 2 * ROUNDED_PAIRS ? K - k : 2 * ROUNDED_PAIRS;
        for (size_t m = 0, rows; m < M; m += rows) {
            rows = M - m < ROUNDED_ROWS ? M - m : ROUNDED_ROWS;
            struct rounded p = { .x = { x_pair, 1, (depth + 1) / 2 },
                                 .w = w_pair,
                                 .ldy = ldy,
                                 .by_k = ROUNDED_COLUMNS,
                                 .K = depth,
                                 .add = add || k > 0 };
            if (x_col == 1) {
                for (size_t i = 0; i < rows; i++)
                    pair_line(x_pair + i * p.x.by_i, x + (m + i) * x_row + k, depth);
            } else {
                p.x = (struct pairs){ x_pair, ROUNDED_ROWS, 1 };
                pair_lines(x_pair, ROUNDED_ROWS, x + k * x_col + m, x_col, rows, depth);
            }
            for (size_t n = 0, cols; n < N; n += cols) {
                cols = N - n < ROUNDED_COLUMNS ? N - n : ROUNDED_COLUMNS;
                if (w_col == 1)
                    pair_lines(w_pair, ROUNDED_COLUMNS, w + k * w_row + n, w_row, cols, depth);
                else
                    pair_turned(w_pair, ROUNDED_COLUMNS, w + n * w_col + k, w_col, cols, depth);
                p.y = y + m * ldy + n;
                rounded_panel(&p, rows, cols);
            }
        }
        k += depth;
    } while (k < K);
}

#endif
