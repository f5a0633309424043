/* Search on small random models: against exhaustive search, alone and in company, at its limits. */
#include "model/pass.h"
#include "search/searcher_internal.h"
#include "toy.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { V = TOY_V, SOURCES = TOY_SOURCES };

static void run(const struct toy *models, size_t n_models, const struct nmt_search_options *o,
                const nmt_id *const *ids, const uint32_t *length, size_t n,
                struct nmt_translations *out)
{
    struct nmt_search_model m[4];
    struct nmt_searcher *s = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    for (size_t i = 0; i < n_models; i++)
        m[i] = (struct nmt_search_model){ .shape = &models[i].shape, .params = &models[i].params };
    cr_assert(nmt_searcher_new(&s, m, n_models, o, &err) == 0, "%s", err.msg);
    cr_assert(nmt_searcher_run_ids(s, ids, length, n, out, &err) == 0, "%s", err.msg);
    nmt_searcher_free(s);
}

static void release(struct nmt_translations *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        nmt_translations_release(&t[i]);
}

/* log p(target | source) by teacher forcing: another path through the decoder. */
static double teacher(const struct toy *t, const nmt_id *src, uint32_t S, const nmt_id *target,
                      uint32_t T)
{
    struct nmt_pass pass;
    struct nmt_loss loss = { .loss = 0 };
    const struct nmt_pair pair = { .source = src, .target = target, .S = S, .T = T };
    nmt_pass_init(&pass, &t->shape);
    cr_assert(nmt_pass_run(&pass, &t->params, NULL, &pair, 1, NULL, 0, &loss, NULL) == 0);
    nmt_pass_release(&pass);
    return -loss.nll;
}

static const double tolerance = sizeof(real) == 8 ? 1e-9 : 1e-4;

/* Every sequence of up to `most` tokens that ends with </s>, except those with <s>. */
static void exhaust(const struct toy *t, size_t which, nmt_id *prefix, uint32_t n, uint32_t most,
                    const struct nmt_search_options *o, double *best, nmt_id *best_ids)
{
    for (nmt_id id = 0; id < V; id++) {
        if (id == NMT_ID_BOS)
            continue;
        prefix[n] = id;
        if (id == NMT_ID_EOS) {
            double p = teacher(t, toy_ids[which], toy_length[which], prefix, n + 1);
            double score = nmt_length_score(o, p, n + 1);
            if (score > *best) {
                *best = score;
                memcpy(best_ids, prefix, (n + 1) * sizeof *prefix);
            }
        } else if (n + 1 < most) {
            exhaust(t, which, prefix, n + 1, most, o, best, best_ids);
        }
    }
}

Test(search, a_beam_that_holds_everything_finds_the_best_of_all)
{
    for (int what = 0; what < 5; what++) {
        struct toy t = toy_new(what, 11 + (uint64_t)what);
        for (int norm = 0; norm < 3; norm++) {
            struct nmt_search_options o = nmt_search_defaults();
            o.beam = 500;
            o.max_ratio = 0;
            o.max_length = 4;
            o.norm = norm == 2 ? NMT_LENGTH_GNMT : NMT_LENGTH_MEAN;
            o.alpha = norm ? 1 : 0;
            const nmt_id *ids = toy_ids[1];
            struct nmt_translations found;
            double best = -INFINITY;
            nmt_id prefix[8], want[8];
            exhaust(&t, 1, prefix, 0, 4, &o, &best, want);
            run(&t, 1, &o, &ids, &toy_length[1], 1, &found);
            cr_assert(found.n == 1 && found.at[0].finished);
            cr_assert(fabs(found.at[0].score - best) < tolerance, "%d: %g, not %g", what,
                      found.at[0].score, best);
            cr_assert(memcmp(found.at[0].ids, want, found.at[0].n * sizeof *want) == 0);
            nmt_translations_release(&found);
        }
        free(t.block);
    }
}

Test(search, company_changes_no_bit_of_a_result)
{
    for (int what = 0; what < 5; what++) {
        struct toy t = toy_new(what, 5);
        const nmt_id *ids[SOURCES * 20];
        uint32_t length[SOURCES * 20];
        struct nmt_translations alone, all[SOURCES * 20];
        struct nmt_search_options o = nmt_search_defaults();
        o.beam = o.n_best = 4;
        o.alignments = true;
        for (size_t i = 0; i < SOURCES * 20; i++) {
            ids[i] = toy_ids[i % SOURCES];
            length[i] = toy_length[i % SOURCES];
        }
        run(&t, 1, &o, ids, length, SOURCES * 20, all);
        for (size_t i = 0; i < SOURCES; i++) {
            run(&t, 1, &o, &ids[i], &length[i], 1, &alone);
            for (size_t copy = i; copy < SOURCES * 20; copy += SOURCES) {
                const struct nmt_translations *in = &all[copy];
                cr_assert(in->n == alone.n && in->n > 0);
                for (size_t k = 0; k < in->n; k++) {
                    const struct nmt_translation *a = &alone.at[k], *b = &in->at[k];
                    size_t rows = what == 2 ? 1 : length[i];
                    cr_assert(a->n == b->n && a->log_prob == b->log_prob);
                    cr_assert(memcmp(a->ids, b->ids, a->n * sizeof *a->ids) == 0);
                    cr_assert(memcmp(a->alpha[0], b->alpha[0], a->n * rows * sizeof(real)) == 0);
                }
            }
            nmt_translations_release(&alone);
        }
        release(all, SOURCES * 20);
        free(t.block);
    }
}

Test(search, n_best_is_sorted_and_scores_are_those_of_teacher_forcing)
{
    for (int what = 0; what < 5; what++) {
        struct toy t = toy_new(what, 3);
        const nmt_id *ids = toy_ids[5];
        struct nmt_translations found;
        struct nmt_search_options o = nmt_search_defaults();
        o.beam = o.n_best = 6;
        run(&t, 1, &o, &ids, &toy_length[5], 1, &found);
        for (size_t k = 0; k < found.n; k++) {
            const struct nmt_translation *x = &found.at[k];
            double sum = 0;
            for (size_t i = 0; i < x->n; i++)
                sum += (double)x->token_log_prob[i];
            cr_assert(fabs(sum - x->log_prob) < tolerance);
            cr_assert(fabs(teacher(&t, ids, toy_length[5], x->ids, (uint32_t)x->n) - x->log_prob) <
                      tolerance);
            if (k > 0 && x->finished == found.at[k - 1].finished)
                cr_assert(x->score <= found.at[k - 1].score);
        }
        nmt_translations_release(&found);
        free(t.block);
    }
}

Test(search, lengths_are_bounded_on_both_sides)
{
    struct toy t = toy_new(0, 8);
    const nmt_id *ids = toy_ids[3];
    struct nmt_translations found;
    struct nmt_search_options o = nmt_search_defaults();
    o.beam = o.n_best = 5;
    o.min_ratio = 0.5;
    run(&t, 1, &o, &ids, &toy_length[3], 1, &found);
    for (size_t k = 0; k < found.n; k++)
        cr_assert(found.at[k].n >= 5 && found.at[k].n <= 27); /* 9 / 2 steps without </s> */
    nmt_translations_release(&found);
    o.min_ratio = 1000;
    o.max_ratio = 0;
    o.max_length = 3;
    run(&t, 1, &o, &ids, &toy_length[3], 1, &found);
    cr_assert(found.n > 0 && found.at[0].n == 3);
    nmt_translations_release(&found);
    free(t.block);
}

Test(search, a_forced_translation_is_scored_as_teacher_forcing_does)
{
    static const nmt_id given[] = { 4, 0, 6, 6, 3, NMT_ID_EOS };
    for (int what = 0; what < 5; what++) {
        struct toy t = toy_new(what, 21);
        struct nmt_search_model m = { .shape = &t.shape, .params = &t.params };
        struct nmt_search_options o = nmt_search_defaults();
        struct nmt_searcher *s = NULL;
        struct nmt_translations found;
        real h[64 * 8];
        const size_t rows = nmt_shape_rows(&t.shape, 5), D = nmt_shape_context(&t.shape);
        const size_t row[2] = { 0, rows };
        const uint32_t S = 5, n_prefix = 6;
        for (size_t i = 0; i < rows * D; i++)
            h[i] = (real)sin((double)i);
        struct nmt_search_input in = { h, row };
        const nmt_id *prefix = given;
        struct nmt_search_set set = { 1, NULL, NULL, &in, &S, &prefix, &n_prefix };
        cr_assert(nmt_searcher_new(&s, &m, 1, &o, NULL) == 0);
        cr_assert(nmt_searcher_run(s, &set, &found, NULL) == 0);
        cr_assert(found.n == 1 && found.at[0].n == 6 && found.at[0].finished);
        cr_assert(memcmp(found.at[0].ids, given, sizeof given) == 0);
        double forced = found.at[0].log_prob;
        nmt_translations_release(&found);
        /* Half of it given: the search goes on from there, and finds nothing worse. */
        const uint32_t half = 3;
        set.n_prefix = &half;
        cr_assert(nmt_searcher_run(s, &set, &found, NULL) == 0);
        cr_assert(memcmp(found.at[0].ids, given, 3 * sizeof *given) == 0);
        cr_assert(found.at[0].score >= nmt_length_score(&o, forced, 6) - 1e-6);
        nmt_translations_release(&found);
        nmt_searcher_free(s);
        free(t.block);
    }
}

Test(search, an_ensemble_of_twins_is_the_twin_and_of_others_is_their_mean)
{
    struct toy t[3] = { toy_new(0, 1), toy_new(0, 1), toy_new(1, 2) };
    const nmt_id *ids = toy_ids[4];
    struct nmt_translations one, two;
    struct nmt_search_options o = nmt_search_defaults();
    for (int geometric = 0; geometric < 2; geometric++) {
        o.geometric = geometric;
        run(t, 1, &o, &ids, &toy_length[4], 1, &one);
        run(t, 2, &o, &ids, &toy_length[4], 1, &two);
        cr_assert(one.at[0].n == two.at[0].n &&
                  memcmp(one.at[0].ids, two.at[0].ids, one.at[0].n * sizeof(nmt_id)) == 0);
        cr_assert(fabs(one.at[0].log_prob - two.at[0].log_prob) < tolerance);
        release(&one, 1);
        release(&two, 1);
        /* The first word of a mixed ensemble, word by word. */
        run(t + 1, 2, &o, &ids, &toy_length[4], 1, &two);
        const nmt_id first = two.at[0].ids[0];
        const nmt_id pair[2] = { first, NMT_ID_EOS };
        double p[2];
        for (int m = 0; m < 2; m++) {
            struct nmt_pass pass;
            struct nmt_loss loss = { .loss = 0 };
            const struct nmt_pair x = { .source = ids, .target = pair, .S = 4, .T = 2 };
            nmt_pass_init(&pass, &t[m + 1].shape);
            cr_assert(nmt_pass_run(&pass, &t[m + 1].params, NULL, &x, 1, NULL, 0, &loss, NULL) ==
                      0);
            p[m] = (double)pass.decoder.log_prob[0];
            nmt_pass_release(&pass);
        }
        double want = geometric ? (p[0] + p[1]) / 2 : log((exp(p[0]) + exp(p[1])) / 2);
        cr_assert(fabs((double)two.at[0].token_log_prob[0] - want) < tolerance);
        release(&two, 1);
    }
    for (int i = 0; i < 3; i++)
        free(t[i].block);
}

Test(search, equal_words_are_taken_in_the_order_of_their_ids)
{
    struct toy t = toy_new(0, 1);
    const nmt_id *ids = toy_ids[0];
    struct nmt_translations found;
    struct nmt_search_options o = nmt_search_defaults();
    memset(t.block, 0, t.layout.count * sizeof *t.block); /* all words alike */
    o.beam = o.n_best = 3;
    o.max_length = 2;
    o.alpha = 0;
    run(&t, 1, &o, &ids, &toy_length[0], 1, &found);
    cr_assert(found.n == 3 && found.at[0].n == 1 && found.at[0].ids[0] == NMT_ID_EOS);
    cr_assert(found.at[1].n == 2 && found.at[1].ids[0] == 0 && found.at[1].ids[1] == NMT_ID_EOS);
    release(&found, 1);
    o.forbid_unk = true;
    run(&t, 1, &o, &ids, &toy_length[0], 1, &found);
    cr_assert(found.at[1].ids[0] == 3 && found.at[1].ids[1] == NMT_ID_EOS);
    release(&found, 1);
    free(t.block);
}

Test(search, weights_that_are_no_numbers_give_no_translation_and_no_crash)
{
    for (int what = 0; what < 5; what++) {
        struct toy t = toy_new(what, 1);
        const nmt_id *ids = toy_ids[0];
        struct nmt_translations found;
        struct nmt_search_options o = nmt_search_defaults();
        for (size_t i = 0; i < t.layout.count; i++)
            t.block[i] = (real)NAN;
        run(&t, 1, &o, &ids, &toy_length[0], 1, &found);
        cr_assert(found.n == 0);
        release(&found, 1);
        free(t.block);
    }
}

Test(search, impossible_options_are_refused)
{
    struct nmt_search_options o = nmt_search_defaults();
    cr_assert(nmt_search_options_check(&o, NULL) == 0);
    o.n_best = o.beam + 1;
    cr_assert(nmt_search_options_check(&o, NULL) == NMT_ELIMIT);
    o = nmt_search_defaults();
    o.beam = 0;
    cr_assert(nmt_search_options_check(&o, NULL) == NMT_ELIMIT);
    o = nmt_search_defaults();
    o.alpha = NAN;
    cr_assert(nmt_search_options_check(&o, NULL) == NMT_ELIMIT);
    o = nmt_search_defaults();
    o.max_ratio = 0;
    o.max_length = 0;
    cr_assert(nmt_search_options_check(&o, NULL) == NMT_ELIMIT);
}

static void same_translations(const struct nmt_translations *a, const struct nmt_translations *b,
                              size_t which)
{
    cr_assert(a->n == b->n, "%zu: %zu and %zu translations", which, a->n, b->n);
    for (size_t k = 0; k < a->n; k++) {
        const struct nmt_translation *x = &a->at[k], *y = &b->at[k];
        cr_assert(x->n == y->n && memcmp(x->ids, y->ids, x->n * sizeof *x->ids) == 0);
        cr_assert(x->score == y->score && x->finished == y->finished);
    }
}

static size_t steps_of(const struct toy *t, const struct nmt_search_options *o)
{
    struct nmt_search_model m = { .shape = &t->shape, .params = &t->params };
    struct nmt_searcher *s = NULL;
    struct nmt_translations found[SOURCES];
    const nmt_id *ids[SOURCES];
    size_t steps = 0;
    for (size_t i = 0; i < SOURCES; i++)
        ids[i] = toy_ids[i];
    cr_assert(nmt_searcher_new(&s, &m, 1, o, NULL) == 0);
    for (size_t i = 0; i < SOURCES; i++) {
        cr_assert(nmt_searcher_run_ids(s, &ids[i], &toy_length[i], 1, found, NULL) == 0);
        steps += s->beams.t;
        release(found, 1);
    }
    nmt_searcher_free(s);
    return steps;
}

Test(search, a_search_that_stops_early_finds_what_one_finds_that_does_not)
{
    static const double alphas[] = { 0, 0.6, 1, 2.5 };
    size_t early = 0, late = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct toy t = toy_new((int)(seed % 5), seed);
        const nmt_id *ids[SOURCES];
        struct nmt_translations stops[SOURCES], goes_on[SOURCES];
        struct nmt_search_options o = nmt_search_defaults();
        o.beam = 1 + seed % 7;
        o.n_best = 1 + seed % o.beam;
        o.norm = seed % 3 ? NMT_LENGTH_MEAN : NMT_LENGTH_GNMT;
        o.alpha = alphas[seed / 3 % 4];
        o.min_ratio = seed % 11 == 0 ? 1.5 : 0;
        for (size_t i = 0; i < SOURCES; i++)
            ids[i] = toy_ids[i];
        run(&t, 1, &o, ids, toy_length, SOURCES, stops);
        early += steps_of(&t, &o);
        o.to_the_end = true;
        run(&t, 1, &o, ids, toy_length, SOURCES, goes_on);
        late += steps_of(&t, &o);
        for (size_t i = 0; i < SOURCES; i++)
            same_translations(&stops[i], &goes_on[i], i);
        release(stops, SOURCES);
        release(goes_on, SOURCES);
        free(t.block);
    }
    cr_assert(early < late, "%zu steps, %zu without stopping", early, late);
}
