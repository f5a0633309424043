/*
 * What a run needs of memory. What a pass needs is measured as the pass itself does it
 * (nmt/arena.h); the rest is counted.
 */
#include "train/memory.h"

#include <stdlib.h>

struct ranked {
    float cost; /* of one pair; with train.batch-words of a target token of it */
    uint32_t pair;
};

static int most_first(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    if (a->cost != b->cost)
        return a->cost < b->cost ? 1 : -1;
    return a->pair < b->pair ? -1 : a->pair > b->pair;
}

/* The most pairs a batch may have. */
static size_t most_pairs(const struct nmt_trainer *t)
{
    const struct nmt_config *c = t->config;
    const int64_t most = c->train_batch_words > 0 ? c->train_batch_words : c->train_batch_sentences;
    return (size_t)most < t->data.n ? (size_t)most : t->data.n;
}

/*
 * The `most` most expensive pairs come first in ranked [2 most]: it is filled, sorted and cut to
 * half, again and again.
 */
static size_t rank_pairs(struct ranked *ranked, size_t most, const struct nmt_trainer *t)
{
    const bool by_words = t->config->train_batch_words > 0;
    size_t n = 0;
    for (size_t i = 0; i < t->data.n; i++) {
        const struct nmt_pair pair = nmt_pair_of(&t->data, i);
        const double cost = (double)nmt_pass_measure(&t->shape, &pair, 1, true);
        ranked[n++] = (struct ranked){ (float)(by_words ? cost / pair.T : cost), (uint32_t)i };
        if (n == 2 * most) {
            qsort(ranked, n, sizeof *ranked, most_first);
            n = most;
        }
    }
    qsort(ranked, n, sizeof *ranked, most_first);
    return n < most ? n : most;
}

/* The most expensive pairs that fit into one batch, in ranked[0..result). */
static size_t worst_batch(struct ranked *ranked, size_t most, const struct nmt_trainer *t)
{
    const size_t ready = rank_pairs(ranked, most, t);
    size_t n = 0, words = 0;
    for (; n < ready; n++) {
        words += nmt_bitext_head(&t->data, ranked[n].pair).T;
        if (t->config->train_batch_words > 0 && n > 0 &&
            words > (size_t)t->config->train_batch_words)
            break;
    }
    return n;
}

/* Cuts the pairs as the first epoch does, measures the shards of this rank. */
static int measure_batch(struct nmt_train_memory *m, const struct nmt_trainer *t,
                         struct nmt_pair *pairs, size_t n, struct nmt_err *err)
{
    const struct nmt_shard_range own =
        nmt_shard_range_of((size_t)t->config->train_shards, nmt_ranks_index(t->opt->ranks),
                           nmt_ranks_count(t->opt->ranks));
    struct nmt_cutter cutter = { .ids = NULL };
    struct nmt_pair *shard = malloc((n + 1) * sizeof *shard);
    int rc = shard ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    if (rc == 0 && t->cutting.data)
        rc = nmt_cutter_init(&cutter, &t->cutting, err);
    if (rc == 0 && t->cutting.data)
        rc = nmt_cutter_run(&cutter, 0, pairs, n, err);
    for (size_t k = own.first; rc == 0 && k < own.first + own.n; k++) {
        size_t count = 0;
        for (size_t i = k; i < n; i += own.all)
            shard[count++] = pairs[i];
        m->batch += count ? nmt_pass_measure(&t->shape, shard, count, true) : 0;
    }
    for (size_t i = 0; i < n; i++) {
        m->batch_source_tokens += pairs[i].S;
        m->batch_target_tokens += pairs[i].T;
    }
    m->batch_pairs = n;
    nmt_cutter_release(&cutter);
    free(shard);
    return rc;
}

static int plan_batch(struct nmt_train_memory *m, const struct nmt_trainer *t, struct nmt_err *err)
{
    const size_t most = most_pairs(t);
    struct ranked *ranked = malloc(2 * most * sizeof *ranked);
    if (!ranked)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    const size_t n = worst_batch(ranked, most, t);
    struct nmt_pair *pairs = malloc(n * sizeof *pairs);
    for (size_t i = 0; pairs && i < n; i++)
        pairs[i] = nmt_pair_of(&t->data, ranked[i].pair);
    int rc =
        pairs ? measure_batch(m, t, pairs, n, err) : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    free(pairs);
    free(ranked);
    return rc;
}

static int longest_first(const void *x, const void *y)
{
    const struct nmt_pair *a = x, *b = y;
    return a->S != b->S ? (a->S < b->S ? 1 : -1) : 0;
}

/* Every thread holds a pass and, for BLEU, a search of about its size. */
static int plan_validation(struct nmt_train_memory *m, const struct nmt_trainer *t,
                           struct nmt_err *err)
{
    const size_t n = t->valid.n, piece = n < NMT_VALID_PIECE ? n : NMT_VALID_PIECE;
    const size_t pieces = (n + NMT_VALID_PIECE - 1) / NMT_VALID_PIECE;
    const size_t threads = nmt_threads_count(t->threads);
    if (n == 0)
        return 0;
    struct nmt_pair *pairs = malloc(n * sizeof *pairs);
    if (!pairs)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < n; i++)
        pairs[i] = nmt_pair_of(&t->valid, i);
    qsort(pairs, n, sizeof *pairs, longest_first);
    m->validation = nmt_pass_measure(&t->shape, pairs, piece, false) *
                    (threads < pieces ? threads : pieces) * (t->opt->score ? 2 : 1);
    free(pairs);
    return 0;
}

int nmt_memory_plan(struct nmt_train_memory *m, const struct nmt_trainer *t, struct nmt_err *err)
{
    const struct nmt_config *c = t->config;
    const uint64_t block = t->layout.count * sizeof(real);
    const struct nmt_shard_range own = nmt_shard_range_of(
        (size_t)c->train_shards, nmt_ranks_index(t->opt->ranks), nmt_ranks_count(t->opt->ranks));
    *m = (struct nmt_train_memory){ .weights = block };
    m->optimizer =
        block * ((c->train_optimizer == NMT_SGD ? 0u : 2u) + (c->train_average > 0 ? 1u : 0u));
    m->gradients = block * own.n;
    m->data = nmt_bitext_memory(&t->data) + nmt_bitext_memory(&t->valid) +
              nmt_spool_memory(&t->links.link_spool) + nmt_spool_memory(&t->links.at_spool) +
              (t->valid.S_total + t->valid.T_total + 2 * t->valid.n) * sizeof(nmt_id) +
              t->data.n * (sizeof(uint32_t) + 2); /* the order of an epoch */
    for (size_t side = 0; side < 2; side++)
        m->data += nmt_text_memory(&t->text[side]) + nmt_text_memory(&t->valid_text[side]);
    NMT_TRY(plan_batch(m, t, err));
    NMT_TRY(plan_validation(m, t, err));
    m->all = m->weights + m->optimizer + m->gradients + m->data + m->batch + m->validation;
    return 0;
}
