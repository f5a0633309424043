/*
 * A part of kernels.c: products whose rows stand alone. Each number of y is a dot product over K in
 * one vector of partial sums; a tile makes R x C of them at once so that what is loaded is used
 * several times. The weights of a search do not fit into the caches near the processor: they are
 * taken in blocks that do, and while one block is multiplied the next is fetched.
 */
#ifndef NMT_MATMUL_ROWS_INTERNAL_H
#define NMT_MATMUL_ROWS_INTERNAL_H

#if defined(__AVX512F__)
#define TILE_ROWS 6
#elif defined(__AVX__)
#define TILE_ROWS 3
#else
#define TILE_ROWS 2
#endif
#define TILE_COLS  4
#define TILE_BLOCK ((size_t)1 << 15)
#define LINE       64

#ifdef __clang__
#define ALL_UNROLLED _Pragma("clang loop unroll(full)")
#else
#define ALL_UNROLLED _Pragma("GCC unroll 16")
#endif

/* The four sums over the lanes, each in the same order. */
INLINE void sum_four(real *sum, const vec *v)
{
#if defined(NMT_DOUBLE)
    for (size_t i = 0; i < 4; i++)
        sum[i] = sum_lanes(v[i]);
#elif VECTOR_BYTES == 16
    vec ab = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5) +
             __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
    vec cd = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5) +
             __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
    vec s =
        __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    memcpy(sum, &s, sizeof s);
#else
    typedef real eight __attribute__((vector_size(32)));
    typedef real four __attribute__((vector_size(16)));
    eight h[4], ab, cd, all;
#if VECTOR_BYTES == 64
    ALL_UNROLLED
    for (size_t i = 0; i < 4; i++)
        h[i] = __builtin_shufflevector(v[i], v[i], 0, 1, 2, 3, 4, 5, 6, 7) +
               __builtin_shufflevector(v[i], v[i], 8, 9, 10, 11, 12, 13, 14, 15);
#else
    memcpy(h, v, sizeof h);
#endif
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

/* What a product reads and writes; the tiles' rows and columns are counted from here. */
struct matmul {
    real *y;
    const real *x, *w;
    size_t ldy, ldx, ldw, K;
    bool add;
};

/* The last K mod LANES numbers of a row. */
INLINE vec load_end(const real *row, size_t K)
{
    const size_t n = K % LANES;
    if (K < LANES)
        return load_tail(row, n);
    ivec lane;
    for (size_t i = 0; i < LANES; i++)
        lane[i] = (int)i;
    const vec zero = { 0 };
    return select(lane >= (int)(LANES - n), load(row + K - LANES), zero);
}

/* y[R][C] at row m, column n; R and C are known when this is compiled. */
INLINE void tile(const struct matmul *p, size_t m, size_t n, size_t R, size_t C)
{
    const size_t K = p->K, ldx = p->ldx, ldw = p->ldw;
    const real *x = p->x + m * ldx, *w = p->w + n * ldw;
    vec sum[TILE_ROWS][TILE_COLS];
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++)
        ALL_UNROLLED
    for (size_t c = 0; c < TILE_COLS; c++)
        sum[r][c] = (vec){ 0 };
    for (size_t k = 0; k + LANES <= K; k += LANES) {
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
    if (K % LANES) {
        vec wv[TILE_COLS];
        ALL_UNROLLED
        for (size_t c = 0; c < C; c++)
            wv[c] = load_end(w + c * ldw, K);
        ALL_UNROLLED
        for (size_t r = 0; r < R; r++) {
            vec xv = load_end(x + r * ldx, K);
            ALL_UNROLLED
            for (size_t c = 0; c < C; c++)
                sum[r][c] += xv * wv[c];
        }
    }
    real *y = p->y + m * p->ldy + n;
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++) {
        real four[4];
        sum_four(four, sum[r]);
        for (size_t c = 0; c < C; c++)
            y[r * p->ldy + c] = p->add ? y[r * p->ldy + c] + four[c] : four[c];
    }
}

/*
 * What is fetched meanwhile: `each` lines for a tile, `lines` in all. Behind the last block lies
 * what is likely to come next, or nothing that may be read: fetching does no harm.
 */
struct ahead {
    const char *at;
    size_t lines, each;
};

INLINE void fetch(struct ahead *a)
{
    size_t n = a->each < a->lines ? a->each : a->lines;
    for (size_t i = 0; i < n; i++)
        __builtin_prefetch(a->at + i * LINE, 0, 3);
    a->at += n * LINE;
    a->lines -= n;
}

/* Columns [n, end) of R rows. */
INLINE void strip(const struct matmul *p, struct ahead *ahead, size_t m, size_t n, size_t end,
                  size_t R)
{
    for (; n + TILE_COLS <= end; n += TILE_COLS) {
        fetch(ahead);
        tile(p, m, n, R, TILE_COLS);
    }
    for (; n < end; n++)
        tile(p, m, n, R, 1);
}

static void block(const struct matmul *p, struct ahead *ahead, size_t M, size_t n, size_t end)
{
    size_t m = 0;
    for (; m + TILE_ROWS <= M; m += TILE_ROWS)
        strip(p, ahead, m, n, end, TILE_ROWS);
    switch (M - m) {
#if TILE_ROWS > 5
    case 5:
        strip(p, ahead, m, n, end, 5);
        break;
    case 4:
        strip(p, ahead, m, n, end, 4);
        break;
    case 3:
        strip(p, ahead, m, n, end, 3);
        break;
#endif
#if TILE_ROWS > 2
    case 2:
        strip(p, ahead, m, n, end, 2);
        break;
#endif
    case 1:
        strip(p, ahead, m, n, end, 1);
        break;
    }
}

static void kernel_matmul_rows(real *y, size_t ldy, const real *x, size_t ldx, const real *w,
                               size_t ldw, size_t M, size_t N, size_t K, bool add)
{
    const struct matmul p = { y, x, w, ldy, ldx, ldw, K, add };
    const size_t cols = TILE_BLOCK / (K * sizeof *w + 1) / TILE_COLS * TILE_COLS + TILE_COLS;
    const size_t tiles = cols / TILE_COLS * ((M + TILE_ROWS - 1) / TILE_ROWS);
    const size_t lines = cols * ldw * sizeof *w / LINE;
    for (size_t n = 0, end; n < N; n = end) {
        end = N - n < cols ? N : n + cols;

        struct ahead ahead = { (const char *)(w + end * ldw), lines,
                               M > 1 ? lines / tiles + 1 : 0 };
        block(&p, &ahead, M, n, end);
    }
}

#endif
