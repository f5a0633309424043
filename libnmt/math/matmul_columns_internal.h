/*
 * A part of kernels.c: products with a matrix as it lies, y = x W or y = x^T W. BLAS first brings
 * both factors into an order of its own, which takes longer than to multiply where rows are few.
 *
 * A vector holds columns of W, and numbers of x are spread over vectors: nothing is turned round,
 * and there are no lanes to add in the end. A tile makes R x C vectors of y at once over a block of
 * K that stays in the cache. Below a strip of columns a block of rows is gone through, and the next
 * strip's lines of W are fetched meanwhile. How a number of y is summed depends on K alone.
 */
#ifndef NMT_MATMUL_COLUMNS_INTERNAL_H
#define NMT_MATMUL_COLUMNS_INTERNAL_H

#define COLUMNS_ROWS 6
#if defined(__AVX512F__)
#define COLUMNS_VECS 4
#else
#define COLUMNS_VECS 2
#endif
#define COLUMNS_BLOCK_K    ((size_t)512)
#define COLUMNS_BLOCK_ROWS ((size_t)(16 * COLUMNS_ROWS))

/* y [..][ldy], x at row * x_row + k * x_col, w [K][ldw]; K of this block. */
struct columns {
    real *y;
    const real *x, *w;
    size_t ldy, x_row, x_col, ldw, K;
    bool add;
};

/* y[R][C vectors] at row m, column n; of the last vector there are `last` columns. */
INLINE void column_tile(const struct columns *p, size_t m, size_t n, size_t R, size_t C,
                        size_t last, bool fetch_next)
{
    const size_t K = p->K, x_row = p->x_row, x_col = p->x_col, ldw = p->ldw;
    const real *x = p->x + m * x_row, *w = p->w + n;
    vec sum[COLUMNS_ROWS][COLUMNS_VECS];
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++)
        ALL_UNROLLED
    for (size_t c = 0; c < C; c++)
        sum[r][c] = (vec){ 0 };
    for (size_t k = 0; k < K; k++, w += ldw, x += x_col) {
        vec wv[COLUMNS_VECS];
        ALL_UNROLLED
        for (size_t c = 0; c < C; c++)
            wv[c] = load_some(w + c * LANES, c + 1 < C ? LANES : last);
        if (fetch_next)
            ALL_UNROLLED
        for (size_t c = 0; c < C * sizeof(vec); c += LINE)
            __builtin_prefetch((const char *)(w + C * LANES) + c, 0, 2);
        ALL_UNROLLED
        for (size_t r = 0; r < R; r++) {
            const vec xv = splat(x[r * x_row]);
            ALL_UNROLLED
            for (size_t c = 0; c < C; c++)
                sum[r][c] += xv * wv[c];
        }
    }
    real *y = p->y + m * p->ldy + n;
    ALL_UNROLLED
    for (size_t r = 0; r < R; r++)
        ALL_UNROLLED
    for (size_t c = 0; c < C; c++) {
        const size_t here = c + 1 < C ? LANES : last;
        real *to = y + r * p->ldy + c * LANES;
        store_some(to, p->add ? load_some(to, here) + sum[r][c] : sum[r][c], here);
    }
}

/* Rows [m, end) of C vectors of columns. */
INLINE void column_strip(const struct columns *p, size_t m, size_t end, size_t n, size_t C,
                         size_t last)
{
    const size_t first = m;
    for (; m + COLUMNS_ROWS <= end; m += COLUMNS_ROWS)
        column_tile(p, m, n, COLUMNS_ROWS, C, last, m == first);
    switch (end - m) {
    case 5:
        column_tile(p, m, n, 5, C, last, m == first);
        break;
    case 4:
        column_tile(p, m, n, 4, C, last, m == first);
        break;
    case 3:
        column_tile(p, m, n, 3, C, last, m == first);
        break;
    case 2:
        column_tile(p, m, n, 2, C, last, m == first);
        break;
    case 1:
        column_tile(p, m, n, 1, C, last, m == first);
        break;
    }
}

static void column_block(const struct columns *p, size_t m, size_t end, size_t N)
{
    size_t n = 0;
    for (; n + COLUMNS_VECS * LANES <= N; n += COLUMNS_VECS * LANES)
        column_strip(p, m, end, n, COLUMNS_VECS, LANES);
    for (; n + LANES <= N; n += LANES)
        column_strip(p, m, end, n, 1, LANES);
    if (n < N)
        column_strip(p, m, end, n, 1, N - n);
}

static void kernel_matmul_columns(real *y, size_t ldy, const real *x, size_t x_row, size_t x_col,
                                  const real *w, size_t ldw, size_t M, size_t N, size_t K, bool add)
{
    for (size_t m = 0, rows; m < M; m += rows) {
        rows = M - m < COLUMNS_BLOCK_ROWS ? M - m : COLUMNS_BLOCK_ROWS;
        size_t k = 0;
        do { /* once at least: y may have to become 0 */
            const size_t depth = K - k < COLUMNS_BLOCK_K ? K - k : COLUMNS_BLOCK_K;
            const struct columns p = { .y = y,
                                       .x = x + k * x_col,
                                       .w = w + k * ldw,
                                       .ldy = ldy,
                                       .x_row = x_row,
                                       .x_col = x_col,
                                       .ldw = ldw,
                                       .K = depth,
                                       .add = add || k > 0 };
            column_block(&p, m, m + rows, N);
            k += depth;
        } while (k < K);
    }
}

#endif
