/* Drawing translations: how often each comes, against its exact probability. */
#include "slow_search.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWN = 1000, SEEDS = 10, PAIRS = TOY_V * TOY_V };

/* Quantiles of the chi-square distribution at 0.9999, by degrees of freedom (Wilson, Hilferty). */
static double most_likely(size_t degrees)
{
    double d = (double)degrees, z = 3.719;
    return d * pow(1 - 2 / (9 * d) + z * sqrt(2 / (9 * d)), 3);
}

/* The distribution that is drawn from: allowed words, p^(1/T), the k most probable of them. */
static void expected(const struct slow_task *task, const nmt_id *ids, size_t n, double p[TOY_V])
{
    const struct nmt_search_options *o = task->options;
    double sum = 0, model[TOY_V];
    slow_distribution(task, ids, n, model);
    for (nmt_id w = 0; w < TOY_V; w++) {
        bool forbidden = w == o->bos || (o->forbid_unk && w == o->unk);
        p[w] = forbidden ? 0 : exp(model[w] / o->temperature);
    }
    for (nmt_id w = 0; w < TOY_V && o->top_k > 0; w++) {
        size_t above = 0;
        for (nmt_id v = 0; v < TOY_V; v++)
            above += p[v] > p[w];
        p[w] = above < o->top_k ? p[w] : -p[w];
    }
    for (size_t w = 0; w < TOY_V; w++)
        sum += p[w] = p[w] > 0 ? p[w] : 0;
    for (size_t w = 0; w < TOY_V; w++)
        p[w] /= sum;
}

/* Number of the pair that a translation begins with: two words, or </s> alone. */
static size_t pair_of(const struct nmt_translation *t)
{
    return t->ids[0] * TOY_V + (t->n > 1 ? t->ids[1] : 0);
}

static void count(const struct slow_task *task, const struct nmt_search_options *o, size_t *seen)
{
    struct toy_set set;
    struct nmt_translations found;
    toy_set_new(&set, task->models, task->n_models, &task->source, &task->S, 1);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct nmt_search_options now = *o;
        now.seed = seed;
        toy_search(task->models, task->n_models, &now, &set.set, &found);
        cr_assert(found.n == DRAWN);
        for (size_t k = 0; k < DRAWN; k++)
            seen[pair_of(&found.at[k])]++;
        nmt_translations_release(&found);
    }
    toy_set_free(&set, task->n_models);
}

static void check_frequencies(const struct slow_task *task)
{
    size_t seen[PAIRS] = { 0 }, degrees = 0, rare_seen = 0;
    double chi = 0, first[TOY_V], rare = 0;
    expected(task, NULL, 0, first);
    count(task, task->options, seen);
    for (nmt_id a = 0; a < TOY_V; a++) {
        double second[TOY_V] = { 1 };
        if (a != NMT_ID_EOS)
            expected(task, &a, 1, second);
        for (size_t b = 0; b < TOY_V; b++) {
            double want = first[a] * second[b] * DRAWN * SEEDS;
            size_t got = seen[a * TOY_V + b];
            cr_assert(want > 0 || got == 0, "%u %zu cannot be", a, b);
            if (want < 10) { /* too few for the test: counted together */
                rare += want;
                rare_seen += got;
                continue;
            }
            chi += pow((double)got - want, 2) / want;
            degrees++;
        }
    }
    if (rare >= 10) {
        chi += pow((double)rare_seen - rare, 2) / rare;
        degrees++;
    }
    cr_assert(degrees > 1);
    cr_assert(chi < most_likely(degrees - 1), "chi-square %g at %zu degrees", chi, degrees - 1);
}

Test(sampling, words_come_as_often_as_they_are_probable)
{
    static const double temperature[] = { 1, 0.7, 3 };
    static const size_t top_k[] = { 0, 3, 5, 100 };
    size_t at = 0;
    for (size_t n_models = 1; n_models <= 3; n_models++)
        for (size_t i = 0; i < 12; i++, at++) {
            struct toy t[3];
            const double weights[3] = { 1, 2, 3 };
            struct nmt_search_options o = nmt_search_defaults();
            for (size_t m = 0; m < n_models; m++) {
                t[m] = toy_new((int)((at + m) % TOY_KINDS), 100 + at * 3 + m);
                for (size_t k = 0; k < t[m].layout.count; k++)
                    t[m].block[k] /= 3; /* flat distributions: every word has its chance */
            }
            o.sample = true;
            o.beam = o.n_best = DRAWN;
            o.max_ratio = 0;
            o.max_length = 2;
            o.temperature = temperature[i % 3];
            o.top_k = top_k[i % 4];
            o.geometric = at % 2;
            o.weights = at % 3 ? weights : NULL;
            o.forbid_unk = at % 5 == 0;
            const struct slow_task task = {
                t,           n_models, &o, toy_ids[at % TOY_SOURCES], toy_length[at % TOY_SOURCES],
                .n_terms = 0
            };
            check_frequencies(&task);
            for (size_t m = 0; m < n_models; m++)
                toy_free(&t[m]);
        }
}

Test(sampling, a_sentence_draws_the_same_whatever_stands_beside_it)
{
    struct toy t = toy_new(0, 4);
    const nmt_id *ids[TOY_SOURCES];
    uint64_t number[TOY_SOURCES];
    struct toy_set all, one;
    struct nmt_translations in[TOY_SOURCES], alone;
    struct nmt_search_options o = nmt_search_defaults();
    o.sample = true;
    o.beam = o.n_best = 20;
    o.temperature = 2;
    for (size_t i = 0; i < TOY_SOURCES; i++) {
        ids[i] = toy_ids[i];
        number[i] = 1000 + i;
    }
    toy_set_new(&all, &t, 1, ids, toy_length, TOY_SOURCES);
    all.set.number = number;
    toy_search(&t, 1, &o, &all.set, in);
    for (size_t i = 0; i < TOY_SOURCES; i++) {
        toy_set_new(&one, &t, 1, &ids[i], &toy_length[i], 1);
        one.set.number = &number[i];
        for (size_t n = 20; n > 0; n = n == 20) { /* the first of 20 is the one of 1, too */
            o.beam = o.n_best = n;
            toy_search(&t, 1, &o, &one.set, &alone);
            cr_assert(alone.n == n && in[i].n == 20);
            for (size_t k = 0; k < n; k++) {
                const struct nmt_translation *a = &alone.at[k], *b = &in[i].at[k];
                cr_assert(a->n == b->n && a->log_prob == b->log_prob && a->score == a->log_prob);
                cr_assert(memcmp(a->ids, b->ids, a->n * sizeof *a->ids) == 0);
            }
            nmt_translations_release(&alone);
        }
        toy_set_free(&one, 1);
    }
    cr_assert(in[0].at[0].n != in[0].at[1].n || /* and they are not all alike */
              memcmp(in[0].at[0].ids, in[0].at[1].ids, in[0].at[0].n * sizeof(nmt_id)) != 0);
    for (size_t i = 0; i < TOY_SOURCES; i++)
        nmt_translations_release(&in[i]);
    toy_set_free(&all, 1);
    toy_free(&t);
}

Test(sampling, the_log_probability_is_the_models_own)
{
    struct toy t[2] = { toy_new(1, 8), toy_new(4, 9) };
    const nmt_id *ids = toy_ids[1];
    struct toy_set set;
    struct nmt_translations found;
    struct nmt_search_options o = nmt_search_defaults();
    o.sample = true;
    o.beam = o.n_best = 30;
    o.temperature = 1.7;
    o.top_k = 4;
    o.max_ratio = 0;
    o.max_length = 6;
    toy_set_new(&set, t, 2, &ids, &toy_length[1], 1);
    toy_search(t, 2, &o, &set.set, &found);
    for (size_t k = 0; k < found.n; k++) {
        const struct nmt_translation *x = &found.at[k];
        const struct slow_task task = { t, 2, &o, ids, toy_length[1], .n_terms = 0 };
        double sum = 0, p[TOY_V];
        for (size_t i = 0; i < x->n; i++) {
            slow_distribution(&task, x->ids, i, p);
            sum += p[x->ids[i]];
        }
        cr_assert(fabs(sum - x->log_prob) < (sizeof(real) == 8 ? 1e-9 : 1e-3));
    }
    nmt_translations_release(&found);
    toy_set_free(&set, 2);
    for (size_t m = 0; m < 2; m++)
        toy_free(&t[m]);
}

Test(sampling, weights_that_are_no_numbers_give_nothing)
{
    struct toy t = toy_new(0, 1);
    const nmt_id *ids = toy_ids[0];
    struct toy_set set;
    struct nmt_translations found;
    struct nmt_search_options o = nmt_search_defaults();
    o.sample = true;
    o.beam = o.n_best = 5;
    toy_set_new(&set, &t, 1, &ids, &toy_length[0], 1);
    for (size_t i = 0; i < t.layout.count; i++)
        t.block[i] = (real)NAN;
    for (o.top_k = 0; o.top_k < 6; o.top_k += 3) {
        toy_search(&t, 1, &o, &set.set, &found);
        cr_assert(found.n == 0);
        nmt_translations_release(&found);
    }
    toy_set_free(&set, 1);
    toy_free(&t);
}
