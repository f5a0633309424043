/*
 * A batch of sentence pairs as the model reads it: ids of both sides, each sentence closed by
 * </s>, and the packed row numbers of nmt/dims.h for the encoder and the decoder.
 *
 * Sentences stand in the order of falling target length (the decoder's packing); the encoder has
 * an order of its own, by falling source length.
 */
#ifndef NMT_BATCH_H
#define NMT_BATCH_H

#include <nmt/arena.h>
#include <nmt/dims.h>
#include <nmt/id.h>
#include <nmt/real.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Guided alignment: at target token t the attention should lie on source token j to this share; the
 * shares of a t sum to 1. Any order.
 */
struct nmt_guide {
    uint32_t t, j;
    real share;
};

/** One sentence pair; ids end with </s>. Borrowed. target NULL: nothing to predict. */
struct nmt_pair {
    const nmt_id *source, *target;
    uint32_t S, T;     /* with </s> */
    uint32_t number;   /* in the update: names its random numbers */
    uint32_t position; /* free for the caller: where the result belongs */
    real weight;       /* of its loss; 0: as 1 */
    uint32_t n_guide;
    const struct nmt_guide *guide; /* [n_guide], borrowed */
};

/** The weight that its loss has. */
real nmt_pair_weight(const struct nmt_pair *pair);

struct nmt_batch {
    size_t B;
    bool guided;                 /* some pair has guide */
    bool weighted;               /* some pair has a weight other than 1 */
    const struct nmt_pair *pair; /* [B] by falling T (stable), copied */

    size_t *start;  /* [B + 1] first row of a sentence in sentence-major source arrays */
    size_t n_alpha; /* numbers in all alignment matrices */
    size_t *alpha;  /* [B + 1] first number of a sentence's alignment matrix [T][rows] */
    uint32_t *by_S; /* [B] sentences by falling S (stable) */
    size_t *row;    /* [B + 1] first annotation row of a sentence: start, or b without attention */
    struct nmt_steps source, target;
    nmt_id *forward, *backward; /* [source.N] ids in the packed order of each direction */
    real *weight;               /* [target.N] of each row's loss; NULL: all are 1 */
    nmt_id *previous, *gold;    /* [target.N] y_{i-1} (NMT_NO_ID first) and y_i */
};

/**
 * Lays a batch out in the arena (or measures it, see nmt/arena.h). pairs [B] in any order; they are
 * copied. one_row: a sentence has one annotation instead of one a token (no attention).
 */
void nmt_batch_build(struct nmt_batch *batch, struct nmt_arena *arena, const struct nmt_pair *pairs,
                     size_t B, bool one_row);

/** Where the packed row (t, e) of a direction lies in sentence-major arrays. */
size_t nmt_batch_token(const struct nmt_batch *batch, bool backward, size_t t, size_t e);

#endif
