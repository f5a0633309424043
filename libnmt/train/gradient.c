/* The gradient of a batch, in shards. */
#include "train/gradient.h"

#include <stdlib.h>
#include <string.h>

int nmt_gradient_init(struct nmt_gradient *g, const struct nmt_shape *shape,
                      const struct nmt_layout *layout, const struct nmt_cutting *cutting,
                      size_t shards, size_t largest_batch, struct nmt_err *err)
{
    *g = (struct nmt_gradient){ .shape = shape, .shards = shards };
    g->shard = calloc(shards, sizeof *g->shard);
    g->block = calloc(shards, sizeof *g->block);
    if (!g->shard || !g->block)
        goto no_memory;
    for (size_t i = 0; i < shards; i++) {
        struct nmt_shard *s = &g->shard[i];
        nmt_pass_init(&s->pass, shape);
        s->pairs = calloc(largest_batch / shards + 1, sizeof *s->pairs);
        g->block[i] = aligned_alloc(64, layout->count * sizeof(real));
        if (!s->pairs || !g->block[i])
            goto no_memory;
        memset(g->block[i], 0, layout->count * sizeof(real));
        nmt_params_bind(&s->grads, shape, layout, g->block[i]);
        if (cutting)
            NMT_TRY(nmt_cutter_init(&s->cutter, cutting, err));
    }
    return 0;
no_memory:
    nmt_gradient_release(g);
    return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu gradients of %zu numbers", shards,
                    layout->count);
}

void nmt_gradient_release(struct nmt_gradient *g)
{
    for (size_t i = 0; g->shard && i < g->shards; i++) {
        nmt_pass_release(&g->shard[i].pass);
        nmt_cutter_release(&g->shard[i].cutter);
        free(g->shard[i].pairs);
    }
    for (size_t i = 0; g->block && i < g->shards; i++)
        free(g->block[i]);
    free(g->shard);
    free(g->block);
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
    const struct nmt_gradient_task *task;
};

static int work(struct nmt_shard *s, const struct nmt_gradient_task *t)
{
    if (s->cutter.how)
        NMT_TRY(nmt_cutter_run(&s->cutter, t->epoch, s->pairs, s->n, &s->err));
    return nmt_pass_run(&s->pass, t->params, &s->grads, s->pairs, s->n, t->dropout,
                        t->label_smoothing, &s->loss, &s->err);
}

static void run_shard(void *arg, size_t i, size_t worker)
{
    (void)worker;
    const struct job *j = arg;
    struct nmt_shard *s = &j->g->shard[i];
    s->loss = (struct nmt_loss){ 0, 0 };
    s->err = (struct nmt_err)NMT_ERR_INIT;
    if (s->n && work(s, j->task) < 0)
        return; /* s->err says why; nmt_gradient_run looks at it */
}

/* Neighbours are alike: dealing them out balances the work. */
static void deal(struct nmt_gradient *g, const struct nmt_gradient_task *task)
{
    for (size_t i = 0; i < g->shards; i++)
        g->shard[i].n = 0;
    for (size_t i = 0; i < task->n; i++) {
        struct nmt_shard *s = &g->shard[i % g->shards];
        struct nmt_pair pair = nmt_bitext_pair_at(task->data, task->order[i]);
        pair.number = (uint32_t)i;
        s->pairs[s->n++] = pair;
    }
}

int nmt_gradient_run(struct nmt_gradient *g, const struct nmt_gradient_task *task,
                     struct nmt_threads *threads, struct nmt_err *err)
{
    struct job j = { g, task };
    deal(g, task);
    nmt_threads_run(threads, g->shards, run_shard, &j);
    g->S = g->T = 0;
    g->loss = (struct nmt_loss){ 0, 0 };
    for (size_t i = 0; i < g->shards; i++) {
        const struct nmt_shard *s = &g->shard[i];
        if (s->err.code) {
            *err = s->err;
            return err->code;
        }
        for (size_t k = 0; k < s->n; k++) { /* as they were cut in the end */
            g->S += s->pairs[k].S;
            g->T += s->pairs[k].T;
        }
        g->loss.loss += s->loss.loss;
        g->loss.nll += s->loss.nll;
    }
    return 0;
}
