/*
 * The vectorised loops between the matrix products. One source (kernels.c) is built for each
 * instruction set; nmt_kernels() gives the widest table this processor can run. All pointers
 * are to row-major arrays in the legend of nmt/dims.h; arrays do not overlap unless said.
 */
#ifndef NMT_KERNELS_H
#define NMT_KERNELS_H

#include <nmt/real.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What an optimiser step needs beside the arrays; see train/optimizer.c. */
struct nmt_adam_factors {
    real beta1, beta2, rate, epsilon; /* rate and epsilon with the bias correction in them */
};

struct nmt_fixed_words;

struct nmt_kernels {
    const char *name;

    /** y[i] = tanh(x[i]); y may be x. */
    void (*tanh)(real *y, const real *x, size_t n);

    /** dx[i] = dy[i] (1 - y[i]^2); dx may be dy. */
    void (*tanh_backward)(real *dx, const real *dy, const real *y, size_t n);

    /** Sum over i of a[i] b[i]. */
    real (*dot)(const real *a, const real *b, size_t n);

    /**
     * y [M][N] (+)= x [M][K] w [N][K]^T with leading dimensions. A number of y is computed in the
     * same way whatever M and N are, so a row does not depend on the rows beside it; BLAS does not
     * promise that. For search, where rows are few and come and go.
     */
    void (*matmul_rows)(real *y, size_t ldy, const real *x, size_t ldx, const real *w, size_t ldw,
                        size_t M, size_t N, size_t K, bool add);

    /**
     * y [M][N] (+)= x w, w [K][N]; x has its number (m, k) at m x_row + k x_col.
     */
    void (*matmul_columns)(real *y, size_t ldy, const real *x, size_t x_row, size_t x_col,
                           const real *w, size_t ldw, size_t M, size_t N, size_t K, bool add);
    bool columns; /* is that faster than BLAS? */

    /**
     * y [M][N] (+)= x w with both factors rounded to bfloat16, sums in float. Number (m, k) of x is
     * at m x_row + k x_col, number (k, n) of w at k w_row + n w_col; of each two strides one is 1.
     * NULL in the double library.
     */
    void (*matmul_rounded)(real *y, size_t ldy, const real *x, size_t x_row, size_t x_col,
                           const real *w, size_t w_row, size_t w_col, size_t M, size_t N, size_t K,
                           bool add);

    /**
     * Rounds x [K] to q [K, made even] (fixed.h); rest [K] = x - scale q. Returns the scale, or 0
     * when x is 0, not finite or too far from 1.
     */
    real (*fixed_row)(int16_t *q, real *rest, const real *x, size_t K);

    /** y [M][16 groups] = words x, as nmt_fixed_product says it. */
    void (*fixed_rows)(real *y, size_t ldy, const int16_t *x, const real *x_scale,
                       const struct nmt_fixed_words *words, size_t M, size_t groups);

    /** The first i >= from with x[i] > least; n when there is none. */
    size_t (*find_above)(const real *x, real least, size_t from, size_t n);

    /** y[i] += f x[i]. */
    void (*axpy)(real *y, real f, const real *x, size_t n);

    /** y[i] *= x[i], and y[i] = a[i] b[i]. */
    void (*scale_by)(real *y, const real *x, size_t n);
    void (*product)(real *y, const real *a, const real *b, size_t n);

    /** sum[j] += a[i][j] over the rows of a [rows][ld], j < n. */
    void (*add_rows)(real *sum, const real *a, size_t rows, size_t ld, size_t n);

    /**
     * One row of a GRU's gates. a [3H] = z, r, candidate inputs; a[0..2H) becomes the gates
     * sigma(a); rh[H] = r * hm, hm[H] the state as it enters the matrices.
     */
    void (*gru_gates)(real *a, real *rh, const real *hm, size_t H);

    /** h~ = tanh(a[2H..3H)) in place; h_new = (1 - z) h + z h~. */
    void (*gru_output)(real *h_new, real *a, const real *h, size_t H);

    /**
     * Given dh: a[0..H) from z to da_z, a[2H..3H) from h~ to da_h, dh_prev += dh (1 - z); r stays.
     */
    void (*gru_output_backward)(real *dh_prev, real *a, const real *dh, const real *h, size_t H);

    /** Given g = U^T da_h: a[H..2H) from r to da_r; g becomes r * g. */
    void (*gru_gates_backward)(real *a, real *g, const real *hm, size_t H);

    /**
     * One row of an LSTM: a [4H] = i, f, o, g inputs become the gates;
     * c_new = f c + i g, h_new = o tanh(c_new).
     */
    void (*lstm_forward)(real *h_new, real *c_new, real *a, const real *c, size_t H);

    /**
     * Given dh and dc (of c_new): a from gates to their inputs' gradients; dc_prev[H] written.
     * dc_prev may be dc.
     */
    void (*lstm_backward)(real *dc_prev, real *a, const real *dh, const real *dc, const real *c_new,
                          const real *c, size_t H);

    /** e[j] = sum over k of v[k] tanh(q[k] + u[j][k]); u [S][A]. */
    void (*additive_scores)(real *e, const real *q, const real *u, const real *v, size_t S,
                            size_t A);

    /**
     * Given de[S]: t_j = tanh(q + u_j) again, dv += sum de_j t_j,
     * dp_j = de_j v (1 - t_j^2), du_j += dp_j, dq = sum dp_j (written).
     */
    void (*additive_backward)(real *du, real *dq, real *dv, const real *de, const real *q,
                              const real *u, const real *v, size_t S, size_t A);

    /** c[k] = sum over j of alpha[j] h[j][k]; h [S][D]. */
    void (*context)(real *c, const real *alpha, const real *h, size_t S, size_t D);

    /** dalpha[j] = dc . h_j (written); dh_j += alpha_j dc. */
    void (*context_backward)(real *dalpha, real *dh, const real *alpha, const real *dc,
                             const real *h, size_t S, size_t D);

    /**
     * x [n] becomes xn = (x - mean x) / sqrt(var x + 1e-5); y (+)= gain xn. Returns what xn was
     * multiplied with, 1 / sqrt(var x + 1e-5). y may be x when add is false (xn is not kept).
     */
    real (*layer_norm)(real *y, real *x, const real *gain, bool add, size_t n);

    /** Given that factor and dy [n]: dgain += dy xn; xn becomes dx. */
    void (*layer_norm_backward)(real *xn, real *dgain, const real *dy, const real *gain,
                                real factor, size_t n);

    /** e becomes its softmax over n. Returns the logarithm of the sum of exp(e). */
    real (*softmax)(real *e, size_t n);

    /** The greatest x[i] and the logarithm of the sum of exp(x[i]). x is only read. */
    real (*log_sum_exp)(const real *x, size_t n);

    /**
     * Goes on with a sum: *sum of exp(x[i] - *most), *most the greatest x[i], over all that was
     * given since they were 0 and -INFINITY. Returns the greatest of these n.
     */
    real (*add_exp)(real *sum, real *most, const real *x, size_t n);

    /**
     * Softmax cross-entropy of one row: x[V] logits become their gradient
     * f (p - (1 - smooth) onehot(gold) - smooth / V). Returns log p(gold); *mean_log gets the
     * mean over the vocabulary of log p.
     */
    real (*cross_entropy)(real *x, uint32_t gold, real smooth, real f, real *mean_log, size_t V);

    /** Adam on n parameters; g is scaled by `scale` first. */
    void (*adam)(real *w, real *m, real *v, const real *g, real scale,
                 const struct nmt_adam_factors *f, size_t n);

    /** Adadelta (rho, epsilon; the step times `rate`). */
    void (*adadelta)(real *w, real *mean_g2, real *mean_d2, const real *g, real scale, real rho,
                     real epsilon, real rate, size_t n);

    /** avg = d avg + (1 - d) w. */
    void (*average)(real *avg, const real *w, real d, size_t n);
};

/** The kernels for this processor. */
const struct nmt_kernels *nmt_kernels(void);

/** The i-th table this processor can run, the portable one first; NULL behind the last. */
const struct nmt_kernels *nmt_kernels_nth(size_t i);

#endif
