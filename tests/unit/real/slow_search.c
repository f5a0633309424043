#include "slow_search.h"

#include "model/pass.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What model m says of each word behind ids[0..n): all of them in one batch of targets. */
static void of_model(const struct slow_task *task, size_t m, const nmt_id *ids, size_t n,
                     double log_prob[TOY_V])
{
    nmt_id target[TOY_V][SLOW_LONGEST];
    struct nmt_pair pair[TOY_V];
    struct nmt_pass pass;
    struct nmt_loss loss = { .loss = 0 };
    for (nmt_id w = 0; w < TOY_V; w++) {
        memcpy(target[w], ids, n * sizeof *ids);
        target[w][n] = w;
        pair[w] = (struct nmt_pair){ .source = task->source,
                                     .target = target[w],
                                     .S = task->S,
                                     .T = (uint32_t)n + 1,
                                     .number = w,
                                     .position = w };
    }
    nmt_pass_init(&pass, &task->models[m].shape);
    cr_assert(
        nmt_pass_run(&pass, &task->models[m].params, NULL, pair, TOY_V, NULL, 0, &loss, NULL) == 0);
    for (size_t b = 0; b < TOY_V; b++)
        log_prob[pass.batch.pair[b].position] =
            (double)pass.decoder.log_prob[pass.batch.target.at[n] + b];
    nmt_pass_release(&pass);
}

static double share(const struct slow_task *task, size_t m)
{
    double sum = 0;
    if (!task->options->weights)
        return 1 / (double)task->n_models;
    for (size_t k = 0; k < task->n_models; k++)
        sum += task->options->weights[k];
    return task->options->weights[m] / sum;
}

void slow_distribution(const struct slow_task *task, const nmt_id *ids, size_t n,
                       double log_prob[TOY_V])
{
    double one[TOY_V];
    for (size_t w = 0; w < TOY_V; w++)
        log_prob[w] = 0;
    for (size_t m = 0; m < task->n_models; m++) {
        of_model(task, m, ids, n, one);
        for (size_t w = 0; w < TOY_V; w++)
            log_prob[w] += share(task, m) * (task->options->geometric ? one[w] : exp(one[w]));
    }
    for (size_t w = 0; w < TOY_V && !task->options->geometric; w++)
        log_prob[w] = log(log_prob[w]);
}

static double coverage(const struct slow_task *task, const struct slow_hypothesis *h)
{
    double sum = 0;
    size_t with = 0;
    for (size_t m = 0; m < task->n_models; m++) {
        if (task->models[m].shape.attention == NMT_NO_ATTENTION)
            continue;
        const struct nmt_pair pair = {
            .source = task->source, .target = h->ids, .S = task->S, .T = (uint32_t)h->n
        };
        struct nmt_pass pass;
        struct nmt_loss loss = { .loss = 0 };
        nmt_pass_init(&pass, &task->models[m].shape);
        cr_assert(nmt_pass_run(&pass, &task->models[m].params, NULL, &pair, 1, NULL, 0, &loss,
                               NULL) == 0);
        for (size_t j = 0; j < task->S; j++) {
            double seen = 0;
            for (size_t i = 0; i < h->n; i++)
                seen += (double)pass.decoder.alpha[i * task->S + j];
            sum += log(fmax(1e-10, fmin(seen, 1)));
        }
        with++;
        nmt_pass_release(&pass);
    }
    return with ? task->options->coverage * sum / (double)with : 0;
}

static double score(const struct slow_task *task, const struct slow_hypothesis *h)
{
    const struct nmt_search_options *o = task->options;
    double n = (double)h->n, norm = o->norm == NMT_LENGTH_GNMT ? (5 + n) / 6 : n;
    return h->log_prob / pow(norm, o->alpha) + (o->coverage > 0 ? coverage(task, h) : 0);
}

/* Stable: no two of ours are ever equal, but for words without a chance. */
static int by_log_prob(const void *a, const void *b)
{
    const struct slow_hypothesis *x = a, *y = b;
    return x->log_prob < y->log_prob ? 1 : x->log_prob > y->log_prob ? -1 : 0;
}

static int by_score(const void *a, const void *b)
{
    const struct slow_hypothesis *x = a, *y = b;
    if (x->finished != y->finished)
        return x->finished ? -1 : 1;
    return x->score < y->score ? 1 : x->score > y->score ? -1 : 0;
}

/* A prefix may be longer than the bound: then one more word follows it. */
static size_t longest(const struct slow_task *task)
{
    size_t most = task->options->max_length;
    return most > task->n_prefix ? most : task->n_prefix + 1;
}

static bool allowed(const struct slow_task *task, const struct slow_hypothesis *h, nmt_id w)
{
    const struct nmt_search_options *o = task->options;
    if (h->n < task->n_prefix)
        return w == task->prefix[h->n];
    return w != o->bos && !(o->forbid_unk && w == o->unk) &&
           !(w == o->eos && h->n < fmin(floor(o->min_ratio * task->S), (double)longest(task) - 1));
}

struct slow_hypothesis *slow_search(const struct slow_task *task, size_t *n)
{
    const struct nmt_search_options *o = task->options;
    struct slow_hypothesis *live = calloc(o->beam, sizeof *live);
    struct slow_hypothesis *all = calloc(o->beam * TOY_V, sizeof *all);
    struct slow_hypothesis *done = calloc(o->beam, sizeof *done);
    size_t n_live = 1, n_done = 0;
    for (size_t t = 1; n_live > 0; t++) {
        size_t n_all = 0, places = o->beam - n_done;
        for (size_t i = 0; i < n_live; i++) {
            double log_prob[TOY_V];
            slow_distribution(task, live[i].ids, live[i].n, log_prob);
            for (nmt_id w = 0; w < TOY_V; w++) {
                if (!allowed(task, &live[i], w))
                    continue;
                struct slow_hypothesis *h = &all[n_all++];
                *h = live[i];
                h->token[h->n] = log_prob[w];
                h->ids[h->n++] = w;
                h->log_prob += log_prob[w];
            }
        }
        qsort(all, n_all, sizeof *all, by_log_prob);
        n_live = 0;
        for (size_t i = 0; i < n_all && i < places; i++) {
            all[i].finished = all[i].ids[all[i].n - 1] == o->eos;
            if (all[i].finished || t == longest(task))
                done[n_done++] = all[i];
            else
                live[n_live++] = all[i];
        }
    }
    for (size_t i = 0; i < n_done; i++)
        done[i].score = score(task, &done[i]);
    qsort(done, n_done, sizeof *done, by_score);
    free(live);
    free(all);
    *n = n_done;
    return done;
}
