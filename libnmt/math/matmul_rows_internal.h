/*
 * A part of kernels.c: products whose rows stand alone. Each number of y is a dot product over K in
 * one vector of partial sums; a tile makes R x C of them at once so that what is loaded is used
 * several times, and blocks of w are as large as stay in the second-level cache.
 */
#ifndef NMT_MATMUL_ROWS_INTERNAL_H
#define NMT_MATMUL_ROWS_INTERNAL_H

#if defined(__AVX512F__)
#define TILE_ROWS 6
#elif defined(__AVX__)
#define TILE_ROWS 2
#else
#define TILE_ROWS 1
#endif
#define TILE_COLS  4
#define TILE_BLOCK ((size_t)1 << 18)

#ifdef __clang__
#define ALL_UNROLLED _Pragma("clang loop unroll(full)")
#else
#define ALL_UNROLLED _Pragma("GCC unroll 8")
#endif

/* The four sums over the lanes, each in the same order. */
INLINE void sum_four(real *sum, const vec *v)
{
#ifdef NMT_DOUBLE
    for (size_t i = 0; i < 4; i++)
        sum[i] = sum_lanes(v[i]);
#else
    typedef real half __attribute__((vector_size(32)));
    typedef real four __attribute__((vector_size(16)));
    half h[4], ab, cd, all;
    ALL_UNROLLED
    for (size_t i = 0; i < 4; i++)
        h[i] = __builtin_shufflevector(v[i], v[i], 0, 1, 2, 3, 4, 5, 6, 7) +
               __builtin_shufflevector(v[i], v[i], 8, 9, 10, 11, 12, 13, 14, 15);
    ab = __builtin_shufflevector(h[0], h[1], 0, 8, 1, 9, 4, 12, 5, 13) +
         __builtin_shufflevector(h[0], h[1], 2, 10, 3, 11, 6, 14, 7, 15);
    cd = __builtin_shufflevector(h[2], h[3], 0, 8, 1, 9, 4, 12, 5, 13) +
         __builtin_shufflevector(h[2], h[3], 2, 10, 3, 11, 6, 14, 7, 15);
    all = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
          __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
    four s = __builtin_shufflevector(all, all, 0, 1, 2, 3) +
             __builtin_shufflevector(all, all, 4, 5, 6, 7);
    memcpy(sum, &s, sizeof s);
#endif
}

/* y[R][C], R and C known when this is compiled. */
INLINE void tile(real *y, size_t ldy, const real *x, size_t ldx, const real *w, size_t ldw,
                 size_t K, bool add, size_t R, size_t C)
{
    vec sum[TILE_ROWS][TILE_COLS];
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++)
        ALL_UNROLLED
    for (size_t c = 0; c < TILE_COLS; c++)
        sum[r][c] = (vec){ 0 };
    size_t k = 0;
    for (; k + LANES <= K; k += LANES) {
        vec wv[TILE_COLS];
        ALL_UNROLLED
        for (size_t c = 0; c < C; c++)
            wv[c] = load(w + c * ldw + k);
        ALL_UNROLLED
        for (size_t r = 0; r < R; r++) {
            vec xv = load(x + r * ldx + k);
            ALL_UNROLLED
            for (size_t c = 0; c < C; c++)
                sum[r][c] += xv * wv[c];
        }
    }
    if (k < K) {
        ALL_UNROLLED
        for (size_t c = 0; c < C; c++) {
            vec wv = load_tail(w + c * ldw + k, K - k);
            ALL_UNROLLED
            for (size_t r = 0; r < R; r++)
                sum[r][c] += load_tail(x + r * ldx + k, K - k) * wv;
        }
    }
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++) {
        real four[4];
        sum_four(four, sum[r]);
        for (size_t c = 0; c < C; c++)
            y[r * ldy + c] = add ? y[r * ldy + c] + four[c] : four[c];
    }
}

/* All columns of a block for R rows. */
INLINE void strip(real *y, size_t ldy, const real *x, size_t ldx, const real *w, size_t ldw,
                  size_t N, size_t K, bool add, size_t R)
{
    size_t n = 0;
    for (; n + TILE_COLS <= N; n += TILE_COLS)
        tile(y + n, ldy, x, ldx, w + n * ldw, ldw, K, add, R, TILE_COLS);
    for (; n < N; n++)
        tile(y + n, ldy, x, ldx, w + n * ldw, ldw, K, add, R, 1);
}

static void kernel_matmul_rows(real *y, size_t ldy, const real *x, size_t ldx, const real *w,
                               size_t ldw, size_t M, size_t N, size_t K, bool add)
{
    size_t block = TILE_BLOCK / (K * sizeof *w + 1) / TILE_COLS * TILE_COLS + TILE_COLS;
    for (size_t n = 0; n < N; n += block) {
        size_t cols = N - n < block ? N - n : block, m = 0;
        for (; m + TILE_ROWS <= M; m += TILE_ROWS)
            strip(y + m * ldy + n, ldy, x + m * ldx, ldx, w + n * ldw, ldw, cols, K, add,
                  TILE_ROWS);
        for (; TILE_ROWS > 2 && m + 2 <= M; m += 2)
            strip(y + m * ldy + n, ldy, x + m * ldx, ldx, w + n * ldw, ldw, cols, K, add,
                  TILE_ROWS > 2 ? 2 : 1);
        for (; m < M; m++)
            strip(y + m * ldy + n, ldy, x + m * ldx, ldx, w + n * ldw, ldw, cols, K, add, 1);
    }
}

#endif
