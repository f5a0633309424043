/*
 * The gradient of a batch, computed in shards: parts of the batch that are worked on in parallel,
 * each with memory of its own. How many there are is part of the configuration; which thread does
 * which changes nothing.
 */
#ifndef NMT_GRADIENT_H
#define NMT_GRADIENT_H

#include "model/pass.h"
#include "train/bitext.h"
#include "train/cutter.h"
#include "train/pair_ids.h"
#include "train/shard_sum.h"
#include "train/word_links.h"

#include <nmt/threads.h>

/** Rows of the block of parameters that are not trained: their gradient is cleared. */
struct nmt_frozen_rows {
    size_t *at; /* [n] where each begins in the block */
    size_t n, length;
};

struct nmt_shard {
    struct nmt_pass pass;
    struct nmt_params grads;
    struct nmt_pair_ids ids;
    struct nmt_cutter cutter; /* used with subword dropout */
    struct nmt_guides guides; /* used with guided alignment */
    uint64_t words[2];        /* of source and target */
    uint32_t *word_of;        /* [cap_word_of] scratch: the word of each token */
    size_t cap_word_of;
    struct nmt_pair *pairs;
    size_t n;
    struct nmt_loss loss;
    struct nmt_err err;
};

struct nmt_gradient {
    const struct nmt_shape *shape;
    struct nmt_shard_range own;         /* the shards this rank works on */
    struct nmt_ranks *ranks;            /* borrowed */
    struct nmt_shard *shard;            /* [own.n] */
    real **block;                       /* [own.n] gradients, cleared by the optimiser */
    double *told;                       /* what the shards tell each other */
    const struct nmt_word_links *links; /* NULL: no guided alignment */
    const struct nmt_frozen_rows *frozen;
    const struct nmt_vocab *vocab[2];
    uint64_t words[2]; /* of the last batch */
    struct nmt_loss loss;
    uint64_t S, T;                     /* tokens of the last batch, with </s> */
    double weighted_T, weighted_pairs; /* target tokens and pairs, each with its weight */
};

/** Everything is borrowed. */
struct nmt_gradient_plan {
    const struct nmt_shape *shape;
    const struct nmt_layout *layout;
    const struct nmt_cutting *cutting;  /* NULL: no subword dropout */
    const struct nmt_word_links *links; /* NULL: no guided alignment */
    const struct nmt_frozen_rows *frozen;
    const struct nmt_vocab *vocab[2]; /* of source and target, to count words */
    struct nmt_shard_range own;       /* the part of the shards that is worked on here */
    struct nmt_ranks *ranks;
    size_t largest_batch; /* pairs */
};

int nmt_gradient_init(struct nmt_gradient *g, const struct nmt_gradient_plan *plan,
                      struct nmt_err *err) NMT_MUST_USE;
void nmt_gradient_release(struct nmt_gradient *g);

/** What an update is made of. */
struct nmt_gradient_task {
    const struct nmt_params *params;
    const struct nmt_bitext *data;
    const uint32_t *order; /* [n] the pairs */
    size_t n;
    uint64_t epoch;                    /* of subword dropout */
    const struct nmt_dropout *dropout; /* NULL: none */
    real label_smoothing;
    real guide_weight; /* of guided alignment in the loss */
};

/**
 * Adds the gradient of the summed loss of the pairs to the blocks, those of this rank's shards;
 * sets loss, S, T and weights, of all shards. NMT_ENOMEM, here or on another rank.
 */
int nmt_gradient_run(struct nmt_gradient *g, const struct nmt_gradient_task *task,
                     struct nmt_threads *threads, struct nmt_err *err) NMT_MUST_USE;

#endif
