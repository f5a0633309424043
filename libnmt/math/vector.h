/*
 * Vectors of real numbers on GCC's vector extension, and tanh and exp of them: what kernels.c is
 * written in. A vector is as wide as a register: wider ones the compiler would keep in memory.
 *
 * float: tanh is a rational function fitted to a relative error of 3e-8 before rounding
 * (within 4e-7 after it), exp a polynomial after reduction by powers of two. double: libm.
 */
#ifndef NMT_VECTOR_H
#define NMT_VECTOR_H

#include <nmt/real.h>

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
#define LANES  (VECTOR_BYTES / sizeof(real))
#define INLINE static inline __attribute__((always_inline, unused))

typedef real vec __attribute__((vector_size(VECTOR_BYTES)));

INLINE vec load(const real *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(real *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

INLINE vec splat(real x)
{
    return (vec){ 0 } + x;
}

/* The n < LANES numbers at the end of an array; the other lanes are 0. */
INLINE vec load_tail(const real *p, size_t n)
{
    vec v = { 0 };
    memcpy(&v, p, n * sizeof *p);
    return v;
}

INLINE void store_tail(real *p, vec v, size_t n)
{
    memcpy(p, &v, n * sizeof *p);
}

/* A whole vector, or what is left of one: the branch is taken the same way but for the last. */
INLINE vec load_some(const real *p, size_t n)
{
    return n == LANES ? load(p) : load_tail(p, n);
}

INLINE void store_some(real *p, vec v, size_t n)
{
    if (n == LANES)
        store(p, v);
    else
        store_tail(p, v, n);
}

INLINE real sum_lanes(vec v)
{
    real a[LANES];
    memcpy(a, &v, sizeof a);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            a[i] += a[i + half];
    return a[0];
}

INLINE real max_lanes(vec v)
{
    real a[LANES];
    memcpy(a, &v, sizeof a);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            a[i] = a[i] > a[i + half] ? a[i] : a[i + half];
    return a[0];
}

#ifdef NMT_DOUBLE

typedef int64_t ivec __attribute__((vector_size(VECTOR_BYTES)));

INLINE vec vec_tanh(vec x)
{
    for (size_t i = 0; i < LANES; i++)
        x[i] = tanh(x[i]);
    return x;
}

INLINE vec vec_exp(vec x)
{
    for (size_t i = 0; i < LANES; i++)
        x[i] = exp(x[i]);
    return x;
}

INLINE vec vec_sqrt(vec x)
{
    for (size_t i = 0; i < LANES; i++)
        x[i] = sqrt(x[i]);
    return x;
}

#else

typedef int32_t ivec __attribute__((vector_size(VECTOR_BYTES)));

#endif

INLINE vec select(ivec mask, vec yes, vec no)
{
    return (vec)((mask & (ivec)yes) | (~mask & (ivec)no));
}

/*
 * a < b ? a : b and a > b ? a : b, lane by lane: b where one is NaN. The instructions do just that,
 * but compilers do not find them.
 */
#if defined(__AVX512F__) && !defined(NMT_DOUBLE)
INLINE vec lesser(vec a, vec b)
{
    return (vec)_mm512_min_ps((__m512)a, (__m512)b);
}

INLINE vec greater(vec a, vec b)
{
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
}
#elif defined(__AVX__) && !defined(NMT_DOUBLE)
INLINE vec lesser(vec a, vec b)
{
    return (vec)_mm256_min_ps((__m256)a, (__m256)b);
}

INLINE vec greater(vec a, vec b)
{
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
}
#elif defined(__SSE__) && !defined(NMT_DOUBLE)
INLINE vec lesser(vec a, vec b)
{
    return (vec)_mm_min_ps((__m128)a, (__m128)b);
}

INLINE vec greater(vec a, vec b)
{
    return (vec)_mm_max_ps((__m128)a, (__m128)b);
}
#else
INLINE vec lesser(vec a, vec b)
{
    return select(a < b, a, b);
}

INLINE vec greater(vec a, vec b)
{
    return select(a > b, a, b);
}
#endif

/* NaN stays NaN. */
INLINE vec at_most(vec x, real limit)
{
    return lesser(splat(limit), x);
}

INLINE vec at_least(vec x, real limit)
{
    return greater(splat(limit), x);
}

#ifndef NMT_DOUBLE

INLINE vec vec_tanh(vec x)
{
    x = at_least(at_most(x, 8.3f), -8.3f); /* tanh(8.3) rounds to 1 */
    vec z = x * x;
    vec p = splat(2.179767651100395e-11f);
    p = p * z - 1.4107397028340074e-08f;
    p = p * z + 9.695912012830377e-06f;
    p = p * z + 0.0029668074566870928f;
    p = p * z + 0.1296178102493286f;
    p = p * z + 1.0f;
    vec q = splat(0.00023451591550838202f);
    q = q * z + 0.02395080402493477f;
    q = q * z + 0.4629509150981903f;
    q = q * z + 1.0f;
    return at_least(at_most(x * p / q, 1.0f), -1.0f);
}

/* exp(x) = 2^k exp(r), |r| <= ln(2)/2; adding 1.5 * 2^23 rounds to an integer k in the low bits. */
INLINE vec vec_exp(vec x)
{
    x = at_least(at_most(x, 88.0f), -87.0f);
    const float magic = 12582912.0f;
    vec t = x * 1.44269504f + magic;
    vec k = t - magic;
    vec r = x - k * 0.693145752f; /* ln 2 in two parts, the first exact in few bits */
    r = r - k * 1.42860677e-6f;
    vec p = splat(1.0f / 5040);
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r * r + r + 1.0f;
    return (vec)((ivec)p + ((ivec)t << 23));
}

/* Element by element: compilers turn it into the machine's instruction. */
INLINE vec vec_sqrt(vec x)
{
    float a[LANES];
    memcpy(a, &x, sizeof a);
    for (size_t i = 0; i < LANES; i++)
        a[i] = sqrtf(a[i]);
    memcpy(&x, a, sizeof a);
    return x;
}

#endif

INLINE vec vec_sigmoid(vec x)
{
    return vec_tanh(x * (real)0.5) * (real)0.5 + (real)0.5;
}

#endif
