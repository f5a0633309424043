/*
 * Products whose result is normalised (layer normalisation: Ba, Kiros and Hinton 2016):
 *
 *     y = gain * xn + b,   xn = (p - mean p) / sqrt(var p + 1e-5),   p = W x
 *
 * with mean and variance over each group of p, a gate of a unit for example. Without a gain it is
 * the plain product y = W x + b. Parts that are normalised one by one and then added share one b.
 */
#ifndef NMT_NORM_H
#define NMT_NORM_H

#include <nmt/arena.h>
#include <nmt/real.h>

#include <stdbool.h>
#include <stddef.h>

/** What backward needs of N rows of [out] numbers; xn NULL: nothing is normalised. */
struct nmt_norm {
    size_t out, group; /* a row has out / group groups */
    real *xn;          /* [N][out] p, then xn, and after backward the gradient of p */
    real *factor;      /* [N][out / group] 1 / sqrt(var p + 1e-5) */
};

/** Takes (or measures) memory for N rows; none unless `on`. */
struct nmt_norm nmt_norm_plan(struct nmt_arena *arena, bool on, size_t N, size_t out, size_t group);

/** The same from a row on. */
struct nmt_norm nmt_norm_from(struct nmt_norm norm, size_t row);

/**
 * Groups [from, to) of N rows: y [N][out] (+)= gain * xn, for p in norm.xn. Where no backward
 * follows norm.factor may be NULL, and when nothing is added y may be norm.xn.
 */
void nmt_norm_forward(real *y, struct nmt_norm norm, const real *gain, size_t N, size_t from,
                      size_t to, bool add);

/** Groups [from, to) of N rows: norm.xn becomes the gradient of p; dgain [out] is added to. */
void nmt_norm_backward(struct nmt_norm norm, real *dgain, const real *dy, const real *gain,
                       size_t N, size_t from, size_t to);

/**
 * y [N][out] (+)= gain * xn + b for x [N][in], or W x + b when gain is NULL. b NULL: none. how:
 * flags of math/blas.h.
 */
void nmt_norm_linear_forward(real *y, struct nmt_norm norm, const real *x, const real *W,
                             const real *gain, const real *b, size_t N, size_t in, unsigned how);

/**
 * y [N][out] (+)= gain * xn for a product p [N][ldp] that is there already, or p when gain is NULL.
 */
void nmt_norm_take(real *y, struct nmt_norm norm, const real *p, size_t ldp, const real *gain,
                   size_t N, bool add);

/** The gradient [N][out] of p = W x, given dy. It lies in norm.xn; without a gain it is dy. */
const real *nmt_norm_linear_backward(struct nmt_norm norm, real *dgain, const real *dy,
                                     const real *gain, size_t N);

#endif
