/*
 * Products y = W x + b in 16-bit fixed point, for what need not be exact: each row of W and each x
 * is a scale times integers of 16 bits, their products are summed in 32 bits, exactly. That is more
 * than twice as fast as float32 and reads half as much memory.
 *
 * The scales go by the Euclidean norm: |q_x| is at most 65000 and |q_w| at most 32000, but for
 * rounding, so by Cauchy and Schwarz no sum of products, and no part of one, leaves 32 bits. With
 * the weights rounded to s_w q_w = w - dw, and x likewise, |dw| <= s_w sqrt(K)/2, and
 *
 *     |w x - s_w s_x q_w q_x|  =  |dw x + s_w q_w dx|  <=  |dw| |x| + (|w| + |dw|) |dx|
 *
 * bounds the error: below 5e-4 |w| |x| for K = 256; the errors that occur are a fiftieth of that.
 *
 * What x loses, r = x - s_x q_x, is known and the same for all words: the words of a block lose
 * about r times the mean of their weights, which is kept for whoever sums over many words.
 */
#ifndef NMT_FIXED_H
#define NMT_FIXED_H

#include <nmt/arena.h>
#include <nmt/real.h>

#include <stdbool.h>
#include <stdint.h>

#define NMT_FIXED_GROUP   ((size_t)16) /* words whose numbers stand together */
#define NMT_FIXED_ROW     ((real)65000)
#define NMT_FIXED_WORD    ((real)32000)
#define NMT_FIXED_MOST    ((real)32766) /* of a single number */
#define NMT_FIXED_BLOCK   ((size_t)256) /* words with a common mean */
#define NMT_FIXED_COLUMNS ((size_t)65536)

/** The rows of W, N of them filled up to groups: w [group][pairs][16][2], K = 2 pairs or less. */
struct nmt_fixed_words {
    const int16_t *w;
    const real *scale, *bias; /* bias: -INFINITY for what is filled up */
    size_t pairs;
};

struct nmt_fixed {
    struct nmt_fixed_words words;
    size_t N, K;
    real *mean;               /* [blocks][K] of the weights of 256 words */
    double norm, scale, bias; /* the greatest of |w|, scale and |b| */
    struct nmt_arena arena;
};

/** Bytes that N words of K numbers take. */
size_t nmt_fixed_size(size_t N, size_t K);

/**
 * Rounds w [N][K] and takes over b [N]. *can is false, and nothing is taken, where numbers are not
 * finite or too far from 1. NMT_ENOMEM.
 */
int nmt_fixed_init(struct nmt_fixed *f, bool *can, const real *w, const real *b, size_t N, size_t K,
                   struct nmt_err *err) NMT_MUST_USE;
void nmt_fixed_release(struct nmt_fixed *f);

/**
 * How far a number of nmt_fixed_product may be from what matmul_rows gives, when x has that scale.
 */
double nmt_fixed_error(const struct nmt_fixed *f, real x_scale);

/**
 * y [M][ldy] gets the numbers of `words` words from `word` on, a multiple of 16, and of those that
 * fill up the last group. x [M][2 pairs] and x_scale [M] come from the kernel fixed_row.
 */
void nmt_fixed_product(const struct nmt_fixed *f, real *y, size_t ldy, const int16_t *x,
                       const real *x_scale, size_t M, size_t word, size_t words);

#endif
