/*
 * The vectorised loops, written once on vector.h and built for each instruction set (NMT_ISA =
 * portable, avx2 and so on; see the Makefile). Sums are kept in one vector of partial sums, so
 * their order is fixed by the code and not by the optimiser.
 */
#include "kernels.h"

#include "vector.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void kernel_tanh(real *y, const real *x, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        store(y + i, vec_tanh(load(x + i)));
    if (i < n)
        store_tail(y + i, vec_tanh(load_tail(x + i, n - i)), n - i);
}

static void kernel_tanh_backward(real *dx, const real *dy, const real *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * (1 - y[i] * y[i]);
}

static real kernel_dot(const real *a, const real *b, size_t n)
{
    vec s0 = { 0 }, s1 = { 0 };
    size_t i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        s0 += load(a + i) * load(b + i);
        s1 += load(a + i + LANES) * load(b + i + LANES);
    }
    for (; i + LANES <= n; i += LANES)
        s0 += load(a + i) * load(b + i);
    if (i < n)
        s1 += load_tail(a + i, n - i) * load_tail(b + i, n - i);
    return sum_lanes(s0 + s1);
}

#include "matmul_rows_internal.h"

#include "matmul_columns_internal.h"

#ifndef NMT_DOUBLE
#include "matmul_rounded_internal.h"
#endif

static void kernel_axpy(real *y, real f, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] += f * x[i];
}

static void kernel_scale_by(real *y, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] *= x[i];
}

static void kernel_product(real *y, const real *a, const real *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

static void kernel_add_rows(real *sum, const real *a, size_t rows, size_t ld, size_t n)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < n; j++)
            sum[j] += a[r * ld + j];
}

static void kernel_gru_gates(real *a, real *rh, const real *hm, size_t H)
{
    real *z = a, *r = a + H;
    size_t i = 0;
    for (; i + LANES <= H; i += LANES) {
        store(z + i, vec_sigmoid(load(z + i)));
        vec rv = vec_sigmoid(load(r + i));
        store(r + i, rv);
        store(rh + i, rv * load(hm + i));
    }
    if (i < H) {
        size_t n = H - i;
        store_tail(z + i, vec_sigmoid(load_tail(z + i, n)), n);
        vec rv = vec_sigmoid(load_tail(r + i, n));
        store_tail(r + i, rv, n);
        store_tail(rh + i, rv * load_tail(hm + i, n), n);
    }
}

static void kernel_gru_output(real *h_new, real *a, const real *h, size_t H)
{
    const real *z = a;
    real *c = a + 2 * H;
    size_t i = 0;
    for (; i + LANES <= H; i += LANES) {
        vec cv = vec_tanh(load(c + i)), hv = load(h + i);
        store(c + i, cv);
        store(h_new + i, hv + load(z + i) * (cv - hv));
    }
    if (i < H) {
        size_t n = H - i;
        vec cv = vec_tanh(load_tail(c + i, n)), hv = load_tail(h + i, n);
        store_tail(c + i, cv, n);
        store_tail(h_new + i, hv + load_tail(z + i, n) * (cv - hv), n);
    }
}

static void kernel_gru_output_backward(real *dh_prev, real *a, const real *dh, const real *h,
                                       size_t H)
{
    real *z = a, *c = a + 2 * H;
    for (size_t i = 0; i < H; i++) {
        real zi = z[i], ci = c[i], d = dh[i];
        z[i] = d * (ci - h[i]) * zi * (1 - zi); /* h' = (1 - z) h + z h~;  z = sigma(a_z) */
        c[i] = d * zi * (1 - ci * ci);          /* h~ = tanh(a_h) */
        dh_prev[i] += d * (1 - zi);
    }
}

static void kernel_gru_gates_backward(real *a, real *g, const real *hm, size_t H)
{
    real *r = a + H;
    for (size_t i = 0; i < H; i++) {
        real ri = r[i], gi = g[i];
        r[i] = gi * hm[i] * ri * (1 - ri); /* rh = r * hm;  r = sigma(a_r) */
        g[i] = ri * gi;
    }
}

static void kernel_lstm_forward(real *h_new, real *c_new, real *a, const real *c, size_t H)
{
    real *i_gate = a, *f_gate = a + H, *o_gate = a + 2 * H, *g_gate = a + 3 * H;
    for (size_t k = 0; k < H; k += LANES) {
        size_t n = H - k < LANES ? H - k : LANES;
        vec i = vec_sigmoid(load_some(i_gate + k, n)), f = vec_sigmoid(load_some(f_gate + k, n));
        vec o = vec_sigmoid(load_some(o_gate + k, n)), g = vec_tanh(load_some(g_gate + k, n));
        vec cell = f * load_some(c + k, n) + i * g;
        store_some(i_gate + k, i, n);
        store_some(f_gate + k, f, n);
        store_some(o_gate + k, o, n);
        store_some(g_gate + k, g, n);
        store_some(c_new + k, cell, n);
        store_some(h_new + k, o * vec_tanh(cell), n);
    }
}

static void kernel_lstm_backward(real *dc_prev, real *a, const real *dh, const real *dc,
                                 const real *c_new, const real *c, size_t H)
{
    real *i_gate = a, *f_gate = a + H, *o_gate = a + 2 * H, *g_gate = a + 3 * H;
    for (size_t k = 0; k < H; k += LANES) {
        size_t n = H - k < LANES ? H - k : LANES;
        vec i = load_some(i_gate + k, n), f = load_some(f_gate + k, n);
        vec o = load_some(o_gate + k, n), g = load_some(g_gate + k, n);
        vec t = vec_tanh(load_some(c_new + k, n)), dhv = load_some(dh + k, n);
        vec d = load_some(dc + k, n) + dhv * o * (1 - t * t); /* h' = o tanh(c') */
        store_some(o_gate + k, dhv * t * o * (1 - o), n);
        store_some(i_gate + k, d * g * i * (1 - i), n); /* c' = f c + i g */
        store_some(f_gate + k, d * load_some(c + k, n) * f * (1 - f), n);
        store_some(g_gate + k, d * i * (1 - g * g), n);
        store_some(dc_prev + k, d * f, n);
    }
}

static void kernel_additive_scores(real *e, const real *q, const real *u, const real *v, size_t S,
                                   size_t A)
{
    for (size_t j = 0; j < S; j++, u += A) {
        vec s = { 0 };
        size_t k = 0;
        for (; k + LANES <= A; k += LANES)
            s += load(v + k) * vec_tanh(load(q + k) + load(u + k));
        if (k < A)
            s += load_tail(v + k, A - k) *
                 vec_tanh(load_tail(q + k, A - k) + load_tail(u + k, A - k));
        e[j] = sum_lanes(s);
    }
}

/* One vector of columns at a time over all source words: dq and dv stay in registers. */
INLINE void additive_backward_columns(real *du, vec *dq, vec *dv, const real *de, vec q,
                                      const real *u, vec v, size_t S, size_t A, size_t n)
{
    vec dqs = { 0 }, dvs = { 0 };
    for (size_t j = 0; j < S; j++, u += A, du += A) {
        vec t = vec_tanh(q + load_some(u, n));
        vec dp = v * (1 - t * t) * de[j];
        dvs += t * de[j];
        dqs += dp;
        store_some(du, load_some(du, n) + dp, n);
    }
    *dq = dqs;
    *dv = dvs;
}

static void kernel_additive_backward(real *du, real *dq, real *dv, const real *de, const real *q,
                                     const real *u, const real *v, size_t S, size_t A)
{
    vec dqs, dvs;
    size_t k = 0;
    for (; k + LANES <= A; k += LANES) {
        additive_backward_columns(du + k, &dqs, &dvs, de, load(q + k), u + k, load(v + k), S, A,
                                  LANES);
        store(dq + k, dqs);
        store(dv + k, load(dv + k) + dvs);
    }
    if (k < A) {
        size_t n = A - k;
        additive_backward_columns(du + k, &dqs, &dvs, de, load_tail(q + k, n), u + k,
                                  load_tail(v + k, n), S, A, n);
        store_tail(dq + k, dqs, n);
        store_tail(dv + k, load_tail(dv + k, n) + dvs, n);
    }
}

static void kernel_context(real *c, const real *alpha, const real *h, size_t S, size_t D)
{
    size_t k = 0;
    for (; k + 4 * LANES <= D; k += 4 * LANES) {
        vec s0 = { 0 }, s1 = { 0 }, s2 = { 0 }, s3 = { 0 };
        for (size_t j = 0; j < S; j++) {
            const real *row = h + j * D + k;
            s0 += load(row) * alpha[j];
            s1 += load(row + LANES) * alpha[j];
            s2 += load(row + 2 * LANES) * alpha[j];
            s3 += load(row + 3 * LANES) * alpha[j];
        }
        store(c + k, s0);
        store(c + k + LANES, s1);
        store(c + k + 2 * LANES, s2);
        store(c + k + 3 * LANES, s3);
    }
    for (; k < D; k += LANES) {
        size_t n = D - k < LANES ? D - k : LANES;
        vec s = { 0 };
        for (size_t j = 0; j < S; j++)
            s += load_some(h + j * D + k, n) * alpha[j];
        store_some(c + k, s, n);
    }
}

static void kernel_context_backward(real *dalpha, real *dh, const real *alpha, const real *dc,
                                    const real *h, size_t S, size_t D)
{
    for (size_t j = 0; j < S; j++, h += D, dh += D) {
        vec s = { 0 };
        real f = alpha[j];
        size_t k = 0;
        for (; k + LANES <= D; k += LANES) {
            vec d = load(dc + k);
            s += d * load(h + k);
            store(dh + k, load(dh + k) + d * f);
        }
        if (k < D) {
            vec d = load_tail(dc + k, D - k);
            s += d * load_tail(h + k, D - k);
            store_tail(dh + k, load_tail(dh + k, D - k) + d * f, D - k);
        }
        dalpha[j] = sum_lanes(s);
    }
}

#include "layer_norm_internal.h"

#include "fixed_rows_internal.h"

INLINE real greatest(const real *x, size_t n)
{
    vec m = splat(-(real)INFINITY);
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec v = load(x + i);
        m = greater(v, m);
    }
    real most = max_lanes(m);
    for (; i < n; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

/* Sum of exp(x - most); written to y unless y is NULL. */
INLINE real sum_exp(real *y, const real *x, real most, size_t n)
{
    vec s = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec v = vec_exp(load(x + i) - most);
        s += v;
        if (y)
            store(y + i, v);
    }
    real sum = sum_lanes(s);
    if (i < n) {
        vec v = vec_exp(load_tail(x + i, n - i) - most);
        real tail[LANES];
        store(tail, v);
        for (size_t k = 0; k < n - i; k++)
            sum += tail[k];
        if (y)
            store_tail(y + i, v, n - i);
    }
    return sum;
}

INLINE real real_log(real x)
{
#ifdef NMT_DOUBLE
    return log(x);
#else
    return logf(x);
#endif
}

static real kernel_softmax(real *e, size_t n)
{
    real most = greatest(e, n);
    real sum = sum_exp(e, e, most, n);
    real f = 1 / sum;
    for (size_t i = 0; i < n; i++)
        e[i] *= f;
    return most + real_log(sum);
}

static real kernel_log_sum_exp(const real *x, size_t n)
{
    real most = greatest(x, n);
    return most + real_log(sum_exp(NULL, x, most, n));
}

static real kernel_add_exp(real *sum, real *most, const real *x, size_t n)
{
    real here = greatest(x, n), before = *most;
    if (here > before) {
        vec shrink = vec_exp(splat(before - here));
        *sum *= shrink[0];
        *most = here;
    }
    *sum += sum_exp(NULL, x, *most, n);
    return here;
}

/* A bit for each lane that is greater. */
INLINE unsigned lanes_above(vec v, real least)
{
#if defined(__AVX512F__) && !defined(NMT_DOUBLE)
    return _mm512_cmp_ps_mask((__m512)v, (__m512)splat(least), _CMP_GT_OQ);
#elif defined(__AVX__) && !defined(NMT_DOUBLE)
    return (unsigned)_mm256_movemask_ps((__m256)(v > splat(least)));
#elif defined(__SSE2__) && !defined(NMT_DOUBLE)
    return (unsigned)_mm_movemask_ps((__m128)(v > splat(least)));
#else
    unsigned bits = 0;
    for (size_t i = 0; i < LANES; i++)
        bits |= (unsigned)(v[i] > least) << i;
    return bits;
#endif
}

static size_t kernel_find_above(const real *x, real least, size_t from, size_t n)
{
    size_t i = from;
    for (; i + LANES <= n; i += LANES) {
        unsigned bits = lanes_above(load(x + i), least), lane = 0;
        if (!bits)
            continue;
        while (!(bits >> lane & 1))
            lane++;
        return i + lane;
    }
    while (i < n && !(x[i] > least))
        i++;
    return i;
}

static real kernel_cross_entropy(real *x, uint32_t gold, real smooth, real f, real *mean_log,
                                 size_t V)
{
    real most = greatest(x, V);
    real mean = 0;
    if (smooth > 0) {
        vec s = { 0 };
        size_t i = 0;
        for (; i + LANES <= V; i += LANES)
            s += load(x + i) - most;
        mean = sum_lanes(s);
        for (; i < V; i++)
            mean += x[i] - most;
    }
    real of_gold = x[gold] - most;
    real sum = sum_exp(x, x, most, V);
    real log_sum = real_log(sum), scale = f / sum, spread = f * smooth / (real)V;
    for (size_t i = 0; i < V; i++)
        x[i] = x[i] * scale - spread;
    x[gold] -= f * (1 - smooth);
    *mean_log = mean / (real)V - log_sum;
    return of_gold - log_sum;
}

static void kernel_adam(real *w, real *m, real *v, const real *g, real scale,
                        const struct nmt_adam_factors *f, size_t n)
{
    const struct nmt_adam_factors c = *f;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec gv = load(g + i) * scale;
        vec mv = load(m + i) * c.beta1 + gv * (1 - c.beta1);
        vec vv = load(v + i) * c.beta2 + gv * gv * (1 - c.beta2);
        store(m + i, mv);
        store(v + i, vv);
        store(w + i, load(w + i) - mv * c.rate / (vec_sqrt(vv) + c.epsilon));
    }
    if (i < n) {
        size_t k = n - i;
        vec gv = load_tail(g + i, k) * scale;
        vec mv = load_tail(m + i, k) * c.beta1 + gv * (1 - c.beta1);
        vec vv = load_tail(v + i, k) * c.beta2 + gv * gv * (1 - c.beta2);
        store_tail(m + i, mv, k);
        store_tail(v + i, vv, k);
        store_tail(w + i, load_tail(w + i, k) - mv * c.rate / (vec_sqrt(vv) + c.epsilon), k);
    }
}

INLINE vec adadelta_step(vec *mean_g2, vec *mean_d2, vec g, real rho, real epsilon)
{
    *mean_g2 = *mean_g2 * rho + g * g * (1 - rho);
    vec d = -(vec_sqrt(*mean_d2 + epsilon) / vec_sqrt(*mean_g2 + epsilon)) * g;
    *mean_d2 = *mean_d2 * rho + d * d * (1 - rho);
    return d;
}

static void kernel_adadelta(real *w, real *mean_g2, real *mean_d2, const real *g, real scale,
                            real rho, real epsilon, real rate, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec g2 = load(mean_g2 + i), d2 = load(mean_d2 + i);
        vec d = adadelta_step(&g2, &d2, load(g + i) * scale, rho, epsilon);
        store(mean_g2 + i, g2);
        store(mean_d2 + i, d2);
        store(w + i, load(w + i) + d * rate);
    }
    if (i < n) {
        size_t k = n - i;
        vec g2 = load_tail(mean_g2 + i, k), d2 = load_tail(mean_d2 + i, k);
        vec d = adadelta_step(&g2, &d2, load_tail(g + i, k) * scale, rho, epsilon);
        store_tail(mean_g2 + i, g2, k);
        store_tail(mean_d2 + i, d2, k);
        store_tail(w + i, load_tail(w + i, k) + d * rate, k);
    }
}

static void kernel_average(real *avg, const real *w, real d, size_t n)
{
    for (size_t i = 0; i < n; i++)
        avg[i] += (1 - d) * (w[i] - avg[i]);
}

#define STRING_(x)  #x
#define STRING(x)   STRING_(x)
#define TABLE_(isa) nmt_kernels_##isa
#define TABLE(isa)  TABLE_(isa)
extern const struct nmt_kernels TABLE(NMT_ISA);

const struct nmt_kernels TABLE(NMT_ISA) = {
    .name = STRING(NMT_ISA),
    .tanh = kernel_tanh,
    .tanh_backward = kernel_tanh_backward,
    .dot = kernel_dot,
    .matmul_rows = kernel_matmul_rows,
    .matmul_columns = kernel_matmul_columns,
#ifndef NMT_DOUBLE
    .matmul_rounded = kernel_matmul_rounded,
#endif
    .columns = VECTOR_BYTES == 64,
    .fixed_row = kernel_fixed_row,
    .fixed_rows = kernel_fixed_rows,
    .find_above = kernel_find_above,
    .axpy = kernel_axpy,
    .scale_by = kernel_scale_by,
    .product = kernel_product,
    .add_rows = kernel_add_rows,
    .gru_gates = kernel_gru_gates,
    .gru_output = kernel_gru_output,
    .gru_output_backward = kernel_gru_output_backward,
    .gru_gates_backward = kernel_gru_gates_backward,
    .lstm_forward = kernel_lstm_forward,
    .lstm_backward = kernel_lstm_backward,
    .additive_scores = kernel_additive_scores,
    .additive_backward = kernel_additive_backward,
    .context = kernel_context,
    .context_backward = kernel_context_backward,
    .layer_norm = kernel_layer_norm,
    .layer_norm_backward = kernel_layer_norm_backward,
    .softmax = kernel_softmax,
    .log_sum_exp = kernel_log_sum_exp,
    .add_exp = kernel_add_exp,
    .cross_entropy = kernel_cross_entropy,
    .adam = kernel_adam,
    .adadelta = kernel_adadelta,
    .average = kernel_average,
};
