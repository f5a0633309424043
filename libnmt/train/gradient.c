/* The gradient of a batch, in shards. */
#include "train/gradient.h"

#include <stdlib.h>
#include <string.h>

int nmt_gradient_init(struct nmt_gradient *g, const struct nmt_shape *shape,
                      const struct nmt_layout *layout, struct nmt_shard_range own,
                      struct nmt_ranks *ranks, size_t largest_batch, struct nmt_err *err)
{
    *g = (struct nmt_gradient){ .shape = shape, .own = own, .ranks = ranks };
    g->shard = calloc(own.n, sizeof *g->shard);
    g->block = calloc(own.n, sizeof *g->block);
    g->given = calloc(2 * own.all + 1, sizeof *g->given);
    if (!g->shard || !g->block || !g->given)
        goto no_memory;
    for (size_t i = 0; i < own.n; i++) {
        struct nmt_shard *s = &g->shard[i];
        nmt_pass_init(&s->pass, shape);
        s->pairs = calloc(largest_batch / own.all + 1, sizeof *s->pairs);
        g->block[i] = aligned_alloc(64, layout->count * sizeof(real));
        if (!s->pairs || !g->block[i])
            goto no_memory;
        memset(g->block[i], 0, layout->count * sizeof(real));
        nmt_params_bind(&s->grads, shape, layout, g->block[i]);
    }
    return 0;
no_memory:
    nmt_gradient_release(g);
    return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu gradients of %zu numbers", own.n,
                    layout->count);
}

void nmt_gradient_release(struct nmt_gradient *g)
{
    for (size_t i = 0; g->shard && i < g->own.n; i++) {
        nmt_pass_release(&g->shard[i].pass);
        free(g->shard[i].pairs);
    }
    for (size_t i = 0; g->block && i < g->own.n; i++)
        free(g->block[i]);
    free(g->shard);
    free(g->block);
    free(g->given);
    *g = (struct nmt_gradient){ .shard = NULL };
}

struct nmt_pair nmt_bitext_pair_at(const struct nmt_bitext *data, size_t i)
{
    const struct nmt_bitext_pair *p = &data->pair[i];
    return (struct nmt_pair){ .source = data->ids + p->source,
                              .target = data->ids + p->target,
                              .S = p->S,
                              .T = p->T,
                              .position = (uint32_t)i };
}

struct job {
    struct nmt_gradient *g;
    const struct nmt_params *p;
    const struct nmt_dropout *dropout;
    real label_smoothing;
};

static void run_shard(void *arg, size_t i, size_t worker)
{
    (void)worker;
    const struct job *j = arg;
    struct nmt_shard *s = &j->g->shard[i];
    s->loss = (struct nmt_loss){ 0, 0 };
    s->err = (struct nmt_err)NMT_ERR_INIT;
    if (s->n && nmt_pass_run(&s->pass, j->p, &s->grads, s->pairs, s->n, j->dropout,
                             j->label_smoothing, &s->loss, &s->err) < 0)
        return; /* s->err says why; nmt_gradient_run looks at it */
}

/* The losses of all shards of all ranks, added in their order. */
static int add_losses(struct nmt_gradient *g, struct nmt_err *err)
{
    const size_t all = g->own.all;
    struct nmt_err mine = NMT_ERR_INIT;
    memset(g->given, 0, (2 * all + 1) * sizeof *g->given);
    for (size_t i = 0; i < g->own.n; i++) {
        const struct nmt_shard *s = &g->shard[i];
        g->given[2 * (g->own.first + i)] = s->loss.loss;
        g->given[2 * (g->own.first + i) + 1] = s->loss.nll;
        if (s->err.code && !mine.code) {
            mine = s->err;
            g->given[2 * all] = 1;
        }
    }
    NMT_TRY(nmt_exchange_add(g->ranks, g->given, 2 * all + 1, err));
    if (mine.code) {
        *err = mine;
        return mine.code;
    }
    if (g->given[2 * all] > 0)
        return nmt_fail(err, NMT_ENOMEM, 0, "another rank cannot go on");
    g->loss = (struct nmt_loss){ 0, 0 };
    for (size_t i = 0; i < all; i++) {
        g->loss.loss += g->given[2 * i];
        g->loss.nll += g->given[2 * i + 1];
    }
    return 0;
}

int nmt_gradient_run(struct nmt_gradient *g, const struct nmt_params *p,
                     const struct nmt_bitext *data, const uint32_t *order, size_t n,
                     const struct nmt_dropout *dropout, real label_smoothing,
                     struct nmt_threads *threads, struct nmt_err *err)
{
    struct job j = { g, p, dropout, label_smoothing };
    const struct nmt_shard_range own = g->own;
    g->S = g->T = 0;
    for (size_t i = 0; i < own.n; i++)
        g->shard[i].n = 0;
    for (size_t i = 0; i < n; i++) { /* neighbours are alike: dealing them out balances the work */
        struct nmt_pair pair = nmt_bitext_pair_at(data, order[i]);
        pair.number = (uint32_t)i;
        g->S += pair.S;
        g->T += pair.T;
        if (i % own.all - own.first < own.n) {
            struct nmt_shard *s = &g->shard[i % own.all - own.first];
            s->pairs[s->n++] = pair;
        }
    }
    nmt_threads_run(threads, own.n, run_shard, &j);
    return add_losses(g, err);
}
