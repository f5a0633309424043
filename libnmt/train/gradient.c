/* The gradient of a batch, in shards. */
#include "train/gradient.h"

#include <stdlib.h>
#include <string.h>

/* What a shard tells the others; whole numbers are exact. */
enum {
    LOSS,
    NLL,
    GUIDE,
    SOURCE_TOKENS,
    TARGET_TOKENS,
    SOURCE_WORDS,
    TARGET_WORDS,
    WEIGHTED_TOKENS,
    WEIGHTED_PAIRS,
    TOLD
};

int nmt_gradient_init(struct nmt_gradient *g, const struct nmt_gradient_plan *plan,
                      struct nmt_err *err)
{
    const struct nmt_shard_range own = plan->own;
    const size_t count = plan->layout->count;
    *g = (struct nmt_gradient){ .shape = plan->shape,
                                .own = own,
                                .ranks = plan->ranks,
                                .links = plan->links,
                                .frozen = plan->frozen,
                                .vocab = { plan->vocab[0], plan->vocab[1] } };
    g->shard = calloc(own.n, sizeof *g->shard);
    g->block = calloc(own.n, sizeof *g->block);
    g->told = calloc(TOLD * own.all + 1, sizeof *g->told);
    if (!g->shard || !g->block || !g->told)
        goto no_memory;
    for (size_t i = 0; i < own.n; i++) {
        struct nmt_shard *s = &g->shard[i];
        nmt_pass_init(&s->pass, plan->shape);
        s->pairs = calloc(plan->largest_batch / own.all + 1, sizeof *s->pairs);
        g->block[i] = aligned_alloc(64, count * sizeof(real));
        if (!s->pairs || !g->block[i])
            goto no_memory;
        memset(g->block[i], 0, count * sizeof(real));
        nmt_params_bind(&s->grads, plan->shape, plan->layout, g->block[i]);
        if (plan->cutting)
            NMT_TRY(nmt_cutter_init(&s->cutter, plan->cutting, err));
    }
    return 0;
no_memory:
    nmt_gradient_release(g);
    return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu gradients of %zu numbers", own.n,
                    count);
}

void nmt_gradient_release(struct nmt_gradient *g)
{
    for (size_t i = 0; g->shard && i < g->own.n; i++) {
        nmt_pass_release(&g->shard[i].pass);
        nmt_pair_ids_release(&g->shard[i].ids);
        nmt_cutter_release(&g->shard[i].cutter);
        nmt_guides_release(&g->shard[i].guides);
        free(g->shard[i].word_of);
        free(g->shard[i].pairs);
    }
    for (size_t i = 0; g->block && i < g->own.n; i++)
        free(g->block[i]);
    free(g->shard);
    free(g->block);
    free(g->told);
    *g = (struct nmt_gradient){ .shard = NULL };
}

struct job {
    struct nmt_gradient *g;
    const struct nmt_gradient_task *task;
};

/* Words of the text, whatever pieces they are in now. */
static int count_words(const struct nmt_gradient *g, struct nmt_shard *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct nmt_pair *p = &s->pairs[i];
        const size_t need = p->S > p->T ? p->S : p->T;
        if (need > s->cap_word_of) {
            free(s->word_of);
            s->cap_word_of = 0;
            s->word_of = malloc(2 * need * sizeof *s->word_of);
            if (!s->word_of)
                return nmt_fail(&s->err, NMT_ENOMEM, 0, "out of memory");
            s->cap_word_of = 2 * need;
        }
        s->words[0] += nmt_vocab_words(g->vocab[0], p->source, p->S, s->word_of);
        s->words[1] += nmt_vocab_words(g->vocab[1], p->target, p->T, s->word_of);
    }
    return 0;
}

static int work(const struct nmt_gradient *g, struct nmt_shard *s,
                const struct nmt_gradient_task *t)
{
    const struct nmt_cutter *cutter = s->cutter.how ? &s->cutter : NULL;
    NMT_TRY(nmt_pair_ids_read(&s->ids, t->data, s->pairs, s->n, &s->err));
    if (cutter)
        NMT_TRY(nmt_cutter_run(&s->cutter, t->epoch, s->pairs, s->n, &s->err));
    if (g->links)
        NMT_TRY(nmt_guides_set(&s->guides, g->links, t->data, cutter, s->pairs, s->n, &s->err));
    NMT_TRY(count_words(g, s));
    s->pass.guide_weight = t->guide_weight;
    return nmt_pass_run(&s->pass, t->params, &s->grads, s->pairs, s->n, t->dropout,
                        t->label_smoothing, &s->loss, &s->err);
}

static void clear_frozen(const struct nmt_frozen_rows *frozen, real *block)
{
    for (size_t i = 0; i < frozen->n; i++)
        memset(block + frozen->at[i], 0, frozen->length * sizeof *block);
}

static void run_shard(void *arg, size_t i, size_t worker)
{
    (void)worker;
    const struct job *j = arg;
    struct nmt_shard *s = &j->g->shard[i];
    s->loss = (struct nmt_loss){ .loss = 0 };
    s->words[0] = s->words[1] = 0;
    s->err = (struct nmt_err)NMT_ERR_INIT;
    if (s->n && work(j->g, s, j->task) < 0)
        return; /* s->err says why; nmt_gradient_run looks at it */
    clear_frozen(j->g->frozen, j->g->block[i]);
}

static void tell(double *told, const struct nmt_shard *s)
{
    told[LOSS] = s->loss.loss;
    told[NLL] = s->loss.nll;
    told[GUIDE] = s->loss.guide;
    told[SOURCE_WORDS] = (double)s->words[0];
    told[TARGET_WORDS] = (double)s->words[1];
    for (size_t k = 0; k < s->n; k++) { /* as they were cut in the end */
        const double weight = (double)nmt_pair_weight(&s->pairs[k]);
        told[SOURCE_TOKENS] += s->pairs[k].S;
        told[TARGET_TOKENS] += s->pairs[k].T;
        told[WEIGHTED_TOKENS] += weight * s->pairs[k].T;
        told[WEIGHTED_PAIRS] += weight;
    }
}

/* What all shards of all ranks gave, added in their order. */
static int add_up(struct nmt_gradient *g, struct nmt_err *err)
{
    const size_t all = g->own.all;
    struct nmt_err mine = NMT_ERR_INIT;
    memset(g->told, 0, (TOLD * all + 1) * sizeof *g->told);
    for (size_t i = 0; i < g->own.n; i++) {
        tell(g->told + TOLD * (g->own.first + i), &g->shard[i]);
        if (!mine.code)
            mine = g->shard[i].err;
    }
    double *failed = &g->told[TOLD * all];
    *failed = mine.code != 0;
    NMT_TRY(nmt_exchange_add(g->ranks, g->told, TOLD * all + 1, err));
    if (mine.code) {
        *err = mine;
        return mine.code;
    }
    if (*failed > 0)
        return nmt_fail(err, NMT_ENOMEM, 0, "another rank cannot go on");
    g->S = g->T = g->words[0] = g->words[1] = 0;
    g->weighted_T = g->weighted_pairs = 0;
    g->loss = (struct nmt_loss){ .loss = 0 };
    for (size_t i = 0; i < all; i++) {
        const double *told = g->told + TOLD * i;
        g->loss.loss += told[LOSS];
        g->loss.nll += told[NLL];
        g->loss.guide += told[GUIDE];
        g->S += (uint64_t)told[SOURCE_TOKENS];
        g->T += (uint64_t)told[TARGET_TOKENS];
        g->words[0] += (uint64_t)told[SOURCE_WORDS];
        g->words[1] += (uint64_t)told[TARGET_WORDS];
        g->weighted_T += told[WEIGHTED_TOKENS];
        g->weighted_pairs += told[WEIGHTED_PAIRS];
    }
    return 0;
}

/* Neighbours are alike: dealing them out balances the work. */
static void deal(struct nmt_gradient *g, const struct nmt_gradient_task *task)
{
    for (size_t k = 0; k < g->own.n; k++) {
        struct nmt_shard *s = &g->shard[k];
        s->n = 0;
        for (size_t i = g->own.first + k; i < task->n; i += g->own.all) {
            struct nmt_pair pair = nmt_pair_of(task->data, task->order[i]);
            pair.number = (uint32_t)i;
            s->pairs[s->n++] = pair;
        }
    }
}

int nmt_gradient_run(struct nmt_gradient *g, const struct nmt_gradient_task *task,
                     struct nmt_threads *threads, struct nmt_err *err)
{
    struct job j = { g, task };
    deal(g, task);
    nmt_threads_run(threads, g->own.n, run_shard, &j);
    return add_up(g, err);
}
