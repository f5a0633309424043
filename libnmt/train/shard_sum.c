/*
 * Floating-point addition is not associative, so the order is fixed: a binary tree over the shards,
 * whose shape depends on their number alone. A node over n shards from `first` has the 2^k < n
 * first ones on its left and the rest on its right; a leaf is the gradient of a shard.
 *
 * A rank has neighbouring shards, and adds up the largest nodes that lie wholly within them. Then
 * every rank takes charge of a part of the block: it gets that part of every node from every rank
 * ("deal": each rank sends one node a round), finishes the tree, and hands the sum to all
 * ("collect"). With one node a rank, as many shards each and a power of two of them, that is what
 * moves in a ring's all-reduce: 2 (R-1)/R blocks in and out of each rank.
 *
 * The block is cut into chunks of fixed size; squares are added chunk by chunk in order. Within a
 * rank threads take chunks.
 */
#include "train/shard_sum.h"

#include "math/kernels.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)1 << 15)

/** Nodes of a range: at most two a level of the tree. */
#define NODES_MAX (2 * 8 * sizeof(size_t))

struct node {
    size_t first, n;
};

static size_t left_of(size_t n)
{
    size_t half = 1;
    while (2 * half < n)
        half *= 2;
    return half;
}

/* Appends the largest nodes below `at` that lie in the range, in order. */
static size_t nodes_within(struct node at, struct nmt_shard_range range, struct node *out, size_t k)
{
    const size_t end = range.first + range.n;
    if (at.first >= end || at.first + at.n <= range.first)
        return k;
    if (at.first >= range.first && at.first + at.n <= end) {
        assert(k < NODES_MAX);
        out[k] = at;
        return k + 1;
    }
    const size_t half = left_of(at.n);
    k = nodes_within((struct node){ at.first, half }, range, out, k);
    return nodes_within((struct node){ at.first + half, at.n - half }, range, out, k);
}

static size_t nodes_of(struct nmt_shard_range range, struct node *out)
{
    return nodes_within((struct node){ 0, range.all }, range, out, 0);
}

struct nmt_shard_range nmt_shard_range_of(size_t all, size_t index, size_t ranks)
{
    const size_t first = all * index / ranks, end = all * (index + 1) / ranks;
    return (struct nmt_shard_range){ first, end - first, all };
}

static bool alone(const struct nmt_shard_sum *s)
{
    return nmt_ranks_count(s->ranks) == 1;
}

static size_t part_length(const struct nmt_shard_sum *s)
{
    const size_t q = nmt_ranks_index(s->ranks);
    return s->start[q + 1] - s->start[q];
}

/* Which rank sends in which round; the rounds are those of the rank with most nodes. */
static int plan_rounds(struct nmt_shard_sum *s, struct nmt_err *err)
{
    const size_t ranks = nmt_ranks_count(s->ranks);
    struct node nodes[NODES_MAX];
    s->has = calloc(ranks * NODES_MAX, sizeof *s->has);
    if (!s->has)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t q = 0; q < ranks; q++) {
        size_t n = nodes_of(nmt_shard_range_of(s->own.all, q, ranks), nodes);
        s->rounds = n > s->rounds ? n : s->rounds;
        for (size_t k = 0; k < n; k++)
            s->has[k * ranks + q] = true;
    }
    s->dealt = calloc(s->rounds * ranks * part_length(s) + 1, sizeof *s->dealt);
    return s->dealt ? 0
                    : nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the gradients of %zu ranks",
                               ranks);
}

int nmt_shard_sum_init(struct nmt_shard_sum *s, size_t count, size_t shards,
                       struct nmt_ranks *ranks, struct nmt_threads *threads, struct nmt_err *err)
{
    const size_t n = nmt_ranks_count(ranks);
    *s = (struct nmt_shard_sum){
        .ranks = ranks, .threads = threads, .count = count, .chunks = (count + CHUNK - 1) / CHUNK
    };
    if (n > shards)
        return nmt_fail(err, NMT_ELIMIT, 0,
                        "%zu ranks cannot share train.shards: %zu; each needs one at least", n,
                        shards);
    s->own = nmt_shard_range_of(shards, nmt_ranks_index(ranks), n);
    s->squares = calloc(s->chunks + 1, sizeof *s->squares);
    s->start = calloc(n + 1, sizeof *s->start);
    if (!s->squares || !s->start) {
        nmt_shard_sum_release(s);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    }
    for (size_t q = 0; q <= n; q++) {
        const size_t at = s->chunks * q / n * CHUNK;
        s->start[q] = at < count ? at : count;
    }
    int rc = n > 1 ? plan_rounds(s, err) : 0;
    if (rc < 0)
        nmt_shard_sum_release(s);
    return rc;
}

void nmt_shard_sum_release(struct nmt_shard_sum *s)
{
    free(s->squares);
    free(s->start);
    free(s->has);
    free(s->dealt);
    *s = (struct nmt_shard_sum){ .ranks = NULL };
}

struct job {
    struct nmt_shard_sum *s;
    real *const *block;
    struct node node[NODES_MAX];
    size_t n_nodes;
};

static size_t chunk_length(const struct nmt_shard_sum *s, size_t at)
{
    return s->count - at < CHUNK ? s->count - at : CHUNK;
}

/* Adds a node of our own shards up; the sum is in the block of its first shard. */
static real *add_own(const struct job *j, struct node at, size_t place, size_t length)
{
    real *sum = j->block[at.first - j->s->own.first] + place;
    if (at.n == 1)
        return sum;
    const size_t half = left_of(at.n);
    add_own(j, (struct node){ at.first, half }, place, length);
    const real *right = add_own(j, (struct node){ at.first + half, at.n - half }, place, length);
    nmt_kernels()->axpy(sum, 1, right, length);
    return sum;
}

static void square(const struct job *j, size_t chunk)
{
    const size_t place = chunk * CHUNK;
    const real *sum = j->block[0] + place;
    j->s->squares[chunk] = (double)nmt_kernels()->dot(sum, sum, chunk_length(j->s, place));
}

static void add_own_chunk(void *arg, size_t i, size_t worker)
{
    (void)worker;
    const struct job *j = arg;
    for (size_t k = 0; k < j->n_nodes; k++)
        add_own(j, j->node[k], i * CHUNK, chunk_length(j->s, i * CHUNK));
    if (alone(j->s))
        square(j, i); /* while it is in the cache */
}

/* The rank and the round of a node that was dealt, or NULL: its halves were. */
static real *dealt_node(const struct nmt_shard_sum *s, struct node at)
{
    const size_t ranks = nmt_ranks_count(s->ranks);
    struct node nodes[NODES_MAX];
    for (size_t q = 0; q < ranks; q++) {
        struct nmt_shard_range range = nmt_shard_range_of(s->own.all, q, ranks);
        if (at.first < range.first || at.first + at.n > range.first + range.n)
            continue;
        size_t n = nodes_of(range, nodes);
        for (size_t k = 0; k < n; k++)
            if (nodes[k].first == at.first && nodes[k].n == at.n)
                return s->dealt + (k * ranks + q) * part_length(s);
    }
    return NULL;
}

/* Finishes the tree for a chunk of our part. */
static real *add_dealt(const struct nmt_shard_sum *s, struct node at, size_t place, size_t length)
{
    real *sum = dealt_node(s, at);
    if (sum)
        return sum + place;
    const size_t half = left_of(at.n);
    sum = add_dealt(s, (struct node){ at.first, half }, place, length);
    nmt_kernels()->axpy(
        sum, 1, add_dealt(s, (struct node){ at.first + half, at.n - half }, place, length), length);
    return sum;
}

static void add_dealt_chunk(void *arg, size_t i, size_t worker)
{
    (void)worker;
    const struct job *j = arg;
    const struct nmt_shard_sum *s = j->s;
    const size_t part = s->start[nmt_ranks_index(s->ranks)];
    const size_t length = chunk_length(s, part + i * CHUNK);
    const real *sum = add_dealt(s, (struct node){ 0, s->own.all }, i * CHUNK, length);
    memcpy(j->block[0] + part + i * CHUNK, sum, length * sizeof *sum);
}

static void square_chunk(void *arg, size_t i, size_t worker)
{
    (void)worker;
    square(arg, i);
}

static int add_over_ranks(struct nmt_shard_sum *s, struct job *j, struct nmt_err *err)
{
    const size_t ranks = nmt_ranks_count(s->ranks), length = part_length(s);
    for (size_t k = 0; k < s->rounds; k++) {
        const real *out = k < j->n_nodes ? j->block[j->node[k].first - s->own.first] : NULL;
        NMT_TRY(nmt_exchange_deal(s->ranks, out, s->dealt + k * ranks * length, s->start,
                                  s->has + k * ranks, err));
    }
    nmt_threads_run(s->threads, (length + CHUNK - 1) / CHUNK, add_dealt_chunk, j);
    NMT_TRY(nmt_exchange_collect(s->ranks, j->block[0], s->start, err));
    nmt_threads_run(s->threads, s->chunks, square_chunk, j);
    return 0;
}

int nmt_shard_sum_run(struct nmt_shard_sum *s, real *const *block, double *norm,
                      struct nmt_err *err)
{
    struct job j = { .s = s, .block = block };
    j.n_nodes = nodes_of(s->own, j.node);
    nmt_threads_run(s->threads, s->chunks, add_own_chunk, &j);
    if (!alone(s))
        NMT_TRY(add_over_ranks(s, &j, err));
    double sum = 0;
    for (size_t i = 0; i < s->chunks; i++)
        sum += s->squares[i];
    *norm = sqrt(sum);
    return 0;
}
