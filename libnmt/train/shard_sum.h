/*
 * The sum of the gradients of all shards, and its norm: the same bits for any number of threads and
 * of ranks.
 */
#ifndef NMT_SHARD_SUM_H
#define NMT_SHARD_SUM_H

#include "train/exchange.h"

#include <nmt/threads.h>

/** Which shards this rank works on: [first, first + n) of `all`. */
struct nmt_shard_range {
    size_t first, n, all;
};

/** The range of rank `index`; ranks <= all, or some have none. */
struct nmt_shard_range nmt_shard_range_of(size_t all, size_t index, size_t ranks);

struct nmt_shard_sum {
    struct nmt_ranks *ranks; /* borrowed; NULL: alone */
    struct nmt_threads *threads;
    struct nmt_shard_range own;
    size_t count;    /* numbers of a gradient */
    size_t chunks;   /* pieces of the block that are added and squared on their own */
    double *squares; /* [chunks] */
    size_t *start;   /* [ranks + 1] the part of the block that each rank adds up */
    size_t rounds;   /* of dealing: the most nodes a rank has */
    bool *has;       /* [rounds][ranks] */
    real *dealt;     /* [rounds][ranks][length of our part]; NULL: alone */
};

/**
 * count: numbers of a gradient; shards: train.shards. NMT_ELIMIT when there are more ranks than
 * shards.
 */
int nmt_shard_sum_init(struct nmt_shard_sum *s, size_t count, size_t shards,
                       struct nmt_ranks *ranks, struct nmt_threads *threads,
                       struct nmt_err *err) NMT_MUST_USE;
void nmt_shard_sum_release(struct nmt_shard_sum *s);

/**
 * Adds the gradients of all shards of all ranks into block[0]; block [own.n] are those of this rank
 * (the others are spoilt). *norm: the L2 norm of the sum, not finite when a gradient was not.
 */
int nmt_shard_sum_run(struct nmt_shard_sum *s, real *const *block, double *norm,
                      struct nmt_err *err) NMT_MUST_USE;

#endif
