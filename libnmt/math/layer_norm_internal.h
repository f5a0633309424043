/*
 * A part of kernels.c: layer normalisation of one row (Ba, Kiros and Hinton 2016), forward and
 * backward. The mean is taken away before squares are summed, so that a row far from 0 loses
 * nothing.
 */
#ifndef NMT_LAYER_NORM_INTERNAL_H
#define NMT_LAYER_NORM_INTERNAL_H

#define NORM_EPSILON ((real)1e-5)

INLINE real real_sqrt(real x)
{
#ifdef NMT_DOUBLE
    return sqrt(x);
#else
    return sqrtf(x);
#endif
}

INLINE real mean_of(const real *x, size_t n)
{
    vec s = { 0 };
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        s += load(x + i);
    if (i < n)
        s += load_tail(x + i, n - i);
    return sum_lanes(s) / (real)n;
}

static real kernel_layer_norm(real *y, real *x, const real *gain, bool add, size_t n)
{
    const real mean = mean_of(x, n);
    vec squares = { 0 };
    real last = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vec v = load(x + i) - mean;
        squares += v * v;
    }
    for (; i < n; i++)
        last += (x[i] - mean) * (x[i] - mean);
    const real factor = 1 / real_sqrt((sum_lanes(squares) + last) / (real)n + NORM_EPSILON);
    for (i = 0; i < n; i += LANES) {
        size_t m = n - i < LANES ? n - i : LANES;
        vec xn = (load_some(x + i, m) - mean) * factor, g = load_some(gain + i, m) * xn;
        store_some(x + i, xn, m);
        store_some(y + i, add ? load_some(y + i, m) + g : g, m);
    }
    return factor;
}

/* dxn = gain dy;  dx = factor (dxn - mean(dxn) - xn mean(dxn xn)) */
static void kernel_layer_norm_backward(real *xn, real *dgain, const real *dy, const real *gain,
                                       real factor, size_t n)
{
    vec sum = { 0 }, along = { 0 };
    for (size_t i = 0; i < n; i += LANES) {
        size_t m = n - i < LANES ? n - i : LANES;
        vec d = load_some(dy + i, m), v = load_some(xn + i, m), dv = d * load_some(gain + i, m);
        store_some(dgain + i, load_some(dgain + i, m) + d * v, m);
        sum += dv;
        along += dv * v;
    }
    const real mean = sum_lanes(sum) / (real)n, slope = sum_lanes(along) / (real)n;
    for (size_t i = 0; i < n; i += LANES) {
        size_t m = n - i < LANES ? n - i : LANES;
        vec v = load_some(xn + i, m), dv = load_some(dy + i, m) * load_some(gain + i, m);
        store_some(xn + i, (dv - mean - v * slope) * factor, m);
    }
}

#endif
