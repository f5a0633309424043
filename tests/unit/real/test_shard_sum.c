/* The sum over shards against the tree written out, for every number of shards and threads. */
#include "train/shard_sum.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT ((size_t)70001) /* three chunks, the last one short */
#define MOST  ((size_t)9)

static real number(size_t shard, size_t i)
{
    return (real)(sin((double)(shard * 7919 + i)) * pow(10, (double)((i + shard) % 7) - 3));
}

/* ((0 1) (2 3)) ((4 5) 6) and so on: the largest power of two below n goes to the left. */
static real tree(size_t first, size_t n, size_t i)
{
    size_t half = 1;
    if (n == 1)
        return number(first, i);
    while (half * 2 < n)
        half *= 2;
    real left = tree(first, half, i);
    return left + tree(first + half, n - half, i);
}

static void check(size_t shards, size_t threads)
{
    struct nmt_threads *crew = NULL;
    struct nmt_shard_sum sum;
    real *block[MOST];
    double norm, square = 0;
    cr_assert(nmt_threads_new(&crew, threads, NULL) == 0);
    cr_assert(nmt_shard_sum_init(&sum, COUNT, shards, NULL, crew, NULL) == 0);
    cr_assert(sum.own.n == shards);
    for (size_t s = 0; s < shards; s++) {
        block[s] = aligned_alloc(64, (COUNT * sizeof(real) + 63) / 64 * 64);
        for (size_t i = 0; i < COUNT; i++)
            block[s][i] = number(s, i);
    }
    cr_assert(nmt_shard_sum_run(&sum, block, &norm, NULL) == 0);
    for (size_t i = 0; i < COUNT; i++) {
        cr_assert(block[0][i] == tree(0, shards, i), "%zu shards, number %zu", shards, i);
        square += (double)block[0][i] * (double)block[0][i];
    }
    cr_assert(fabs(norm - sqrt(square)) <= 1e-5 * norm, "norm %g, not %g", norm, sqrt(square));
    for (size_t s = 0; s < shards; s++)
        free(block[s]);
    nmt_shard_sum_release(&sum);
    nmt_threads_free(crew);
}

Test(shard_sum, is_the_same_tree_for_any_number_of_threads)
{
    for (size_t shards = 1; shards <= MOST; shards++)
        for (size_t threads = 1; threads <= 3; threads++)
            check(shards, threads);
}

Test(shard_sum, a_number_that_is_not_finite_shows_in_the_norm)
{
    struct nmt_shard_sum sum;
    real a[3] = { 1, 2, 3 }, b[3] = { 4, (real)NAN, 6 };
    real *block[2] = { a, b };
    double norm;
    cr_assert(nmt_shard_sum_init(&sum, 3, 2, NULL, NULL, NULL) == 0);
    cr_assert(nmt_shard_sum_run(&sum, block, &norm, NULL) == 0);
    cr_assert(!isfinite(norm));
    nmt_shard_sum_release(&sum);
}

Test(shard_sum, ranks_share_all_shards_and_none_twice)
{
    for (size_t all = 1; all <= 20; all++)
        for (size_t ranks = 1; ranks <= all; ranks++) {
            size_t next = 0;
            for (size_t q = 0; q < ranks; q++) {
                struct nmt_shard_range r = nmt_shard_range_of(all, q, ranks);
                cr_assert(r.first == next && r.n >= 1 && r.all == all);
                next += r.n;
            }
            cr_assert(next == all);
        }
}
