/* Every kind of search against the slow and obvious one, on many random models and ensembles. */
#include "slow_search.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double tolerance = sizeof(real) == 8 ? 1e-9 : 2e-3;

/* A random number of the case in [0, n). */
static uint64_t pick(struct nmt_random *r, uint64_t n)
{
    return nmt_random_below(r, n);
}

static void check_sentence(const struct slow_task *task, const struct nmt_translations *found,
                           uint64_t seed, size_t b)
{
    size_t n;
    struct slow_hypothesis *want = slow_search(task, &n);
    n = n < task->options->n_best ? n : task->options->n_best;
    cr_assert(found->n == n, "seed %d, sentence %zu: %zu translations, not %zu", (int)seed, b,
              found->n, n);
    for (size_t k = 0; k < n; k++) {
        const struct nmt_translation *t = &found->at[k];
        cr_assert(fabs(t->score - want[k].score) < tolerance * 10,
                  "seed %d, sentence %zu, %zu: score %g, not %g", (int)seed, b, k, t->score,
                  want[k].score);
        cr_assert(fabs(t->log_prob - want[k].log_prob) < tolerance * 10);
        cr_assert(t->finished == want[k].finished && t->n == want[k].n);
        cr_assert(memcmp(t->ids, want[k].ids, t->n * sizeof *t->ids) == 0);
        for (size_t i = 0; i < t->n; i++)
            cr_assert(fabs((double)t->token_log_prob[i] - want[k].token[i]) < tolerance,
                      "seed %d, sentence %zu, %zu: token %zu %g, not %g", (int)seed, b, k, i,
                      (double)t->token_log_prob[i], want[k].token[i]);
    }
    free(want);
}

/* Three vocabularies: words are pieces; words are made of pieces; and spaces are pieces, too. */
static const size_t lengths[3][TOY_V] = { { 6, 0, 0, 2, 2, 2, 3 },
                                          { 5, 0, 0, 2, 3, 1, 2 },
                                          { 5, 0, 0, 2, 2, 1, 1 } };
static const char *texts[3][TOY_V] = { { " <unk>", "", "", " a", " b", " c", " ab" },
                                       { "<unk>", "", "", " a", " ab", "b", " c" },
                                       { "<unk>", "", "", " a", " b", "b", " " } };
static const struct nmt_pieces toy_pieces[3] = { { TOY_V, texts[0], (size_t *)lengths[0], true },
                                                 { TOY_V, texts[1], (size_t *)lengths[1], false },
                                                 { TOY_V, texts[2], (size_t *)lengths[2], false } };

/* Random terms: one to three pieces, the first of which begins a word and the last of which is one.
 */
static struct nmt_terms *make_terms(struct nmt_random *r, const struct nmt_pieces *pieces,
                                    struct slow_term *term, size_t n)
{
    struct nmt_term_given given[SLOW_TERMS];
    struct nmt_terms *terms = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    for (size_t i = 0; i < n; i++) {
        struct slow_term *t = &term[i];
        char *to = t->text;
        t->forbidden = pick(r, 2);
        t->n = 1 + pick(r, 3);
        for (size_t k = 0; k < t->n; k++) {
            do
                t->ids[k] = 3 + (nmt_id)pick(r, TOY_V - 3);
            while (pieces->len[t->ids[k]] == 1 && (k == 0 || pieces->text[t->ids[k]][0] == ' '));
            memcpy(to, pieces->text[t->ids[k]], pieces->len[t->ids[k]]);
            to += pieces->len[t->ids[k]];
        }
        *to = '\0';
        memmove(t->text, t->text + 1, strlen(t->text)); /* the space that a term begins with */
        for (size_t k = 0; k < i; k++) /* one of each: two required ones count as one */
            if (strcmp(term[k].text, t->text) == 0 && term[k].forbidden == t->forbidden) {
                i--;
                break;
            }
    }
    for (size_t i = 0; i < n; i++)
        given[i] = (struct nmt_term_given){ term[i].forbidden, term[i].text, strlen(term[i].text),
                                            term[i].ids, term[i].n };
    cr_assert(nmt_terms_new(&terms, pieces, NMT_ID_EOS, given, n, &err) == 0, "%s", err.msg);
    return terms;
}

/* A case: some models, options, and all sentences in one set, some of them with a prefix. */
static size_t check_case(uint64_t seed, bool prefixes, bool with_terms)
{
    struct nmt_random r = { seed, 1, 0 };
    struct toy models[3];
    struct toy_set set;
    struct nmt_search_options o = nmt_search_defaults();
    struct nmt_translations found[TOY_SOURCES];
    const nmt_id *ids[TOY_SOURCES], *prefix[TOY_SOURCES];
    uint32_t n_prefix[TOY_SOURCES];
    nmt_id word[TOY_SOURCES][12];
    double weights[3];
    struct slow_term term[TOY_SOURCES][SLOW_TERMS];
    struct nmt_terms *terms[TOY_SOURCES];
    size_t n_terms[TOY_SOURCES] = { 0 }, translated = 0;
    const struct nmt_pieces *pieces = &toy_pieces[pick(&r, 3)];
    const size_t n_models = 1 + pick(&r, 3);
    for (size_t m = 0; m < n_models; m++) {
        models[m] = toy_new((int)pick(&r, TOY_KINDS), seed * 10 + m);
        weights[m] = (double)(1 + pick(&r, 9));
    }
    o.beam = 1 + pick(&r, 9);
    o.n_best = 1 + pick(&r, o.beam);
    o.norm = pick(&r, 2) ? NMT_LENGTH_MEAN : NMT_LENGTH_GNMT;
    o.alpha = (double)pick(&r, 4) * 0.5;
    o.coverage = (double)pick(&r, 3) * 0.4;
    o.max_ratio = 0;
    o.max_length = 2 + pick(&r, 7);
    o.min_ratio = pick(&r, 4) ? 0 : 0.3;
    o.geometric = pick(&r, 2);
    o.weights = pick(&r, 2) ? weights : NULL;
    o.forbid_unk = pick(&r, 2);
    for (size_t i = 0; i < TOY_SOURCES; i++) {
        ids[i] = toy_ids[i];
        prefix[i] = word[i];
        n_prefix[i] = prefixes ? (uint32_t)pick(&r, o.max_length + 3) : 0;
        for (uint32_t k = 0; k < n_prefix[i]; k++)
            word[i][k] = pick(&r, 5) ? 3 + (nmt_id)pick(&r, TOY_V - 3) : NMT_ID_UNK;
    }
    toy_set_new(&set, models, n_models, ids, toy_length, TOY_SOURCES);
    if (prefixes) {
        set.set.prefix = prefix;
        set.set.n_prefix = n_prefix;
    }
    for (size_t i = 0; with_terms && i < TOY_SOURCES; i++) {
        n_terms[i] = pick(&r, SLOW_TERMS + 1);
        terms[i] = make_terms(&r, pieces, term[i], n_terms[i]);
    }
    if (with_terms)
        set.set.terms = (const struct nmt_terms *const *)terms;
    toy_search(models, n_models, &o, &set.set, found);
    for (size_t b = 0; b < TOY_SOURCES; b++) {
        const struct slow_task task = { models,    n_models,    &o,     ids[b],  toy_length[b],
                                        prefix[b], n_prefix[b], pieces, term[b], n_terms[b] };
        check_sentence(&task, &found[b], seed, b);
        translated += n_terms[b] > 0 && found[b].n > 0;
        if (with_terms)
            nmt_terms_free(terms[b]);
        nmt_translations_release(&found[b]);
    }
    toy_set_free(&set, n_models);
    for (size_t m = 0; m < n_models; m++)
        toy_free(&models[m]);
    return translated;
}

Test(slow_search, beams_scores_bounds_and_weighted_ensembles_are_those_of_the_obvious_search)
{
    for (uint64_t seed = 1; seed <= 60; seed++)
        check_case(seed, false, false);
}

Test(slow_search, a_prefix_is_followed_by_what_the_obvious_search_finds_behind_it)
{
    for (uint64_t seed = 1001; seed <= 1030; seed++)
        check_case(seed, true, false);
}

Test(slow_search, terms_are_met_and_kept_out_as_the_obvious_search_does)
{
    size_t translated = 0;
    for (uint64_t seed = 2001; seed <= 2060; seed++)
        translated += check_case(seed, seed % 4 == 0, true);
    cr_assert(translated > 100);
}
