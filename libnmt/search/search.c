/* Search in lockstep: step, candidates, extend, until no sentence is left. */
#include "searcher_internal.h"

#include "math/blas.h"

#include <stdlib.h>
#include <string.h>

static int find_shares(real *share, const double *weights, size_t n, struct nmt_err *err)
{
    double sum = 0;
    for (size_t m = 0; weights && m < n; m++) {
        if (!(weights[m] >= 0 && weights[m] <= 1e6))
            return nmt_fail(err, NMT_ELIMIT, 0, "the weight of a model is %g, not 0 to 1e6",
                            weights[m]);
        sum += weights[m];
    }
    if (weights && !(sum > 0))
        return nmt_fail(err, NMT_ELIMIT, 0, "all models have the weight 0");
    for (size_t m = 0; m < n; m++)
        share[m] = (real)(weights ? weights[m] / sum : 1 / (double)n);
    return 0;
}

int nmt_searcher_new(struct nmt_searcher **out, const struct nmt_search_model *models, size_t n,
                     const struct nmt_search_options *o, struct nmt_err *err)
{
    NMT_TRY(nmt_search_options_check(o, err));
    if (n < 1 || n > NMT_ENSEMBLE_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%zu models, not 1 to %zu", n, NMT_ENSEMBLE_MAX);
    for (size_t m = 1; m < n; m++)
        if (models[m].shape->V_target != models[0].shape->V_target)
            return nmt_fail(err, NMT_ESHAPE, 0,
                            "models with target vocabularies of %zu and %zu cannot go together",
                            models[0].shape->V_target, models[m].shape->V_target);
    if (o->eos >= models[0].shape->V_target)
        return nmt_fail(err, NMT_ESHAPE, 0, "</s> is not in the vocabulary");
    real share[NMT_ENSEMBLE_MAX];
    NMT_TRY(find_shares(share, o->weights, n, err));
    struct nmt_searcher *s = calloc(1, sizeof *s);
    if (!s)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    s->options = *o;
    s->n_models = n;
    memcpy(s->model, models, n * sizeof *models);
    memcpy(s->share, share, n * sizeof *share);
    s->options.weights = NULL;
    s->keeps_alpha = o->alignments || o->coverage > 0;
    for (size_t m = 0; m < n; m++) {
        int rc = nmt_step_word_table(&s->words[m], models[m].shape, models[m].params, err);
        if (rc < 0) {
            nmt_searcher_free(s);
            return rc;
        }
    }
    *out = s;
    return 0;
}

void nmt_searcher_free(struct nmt_searcher *s)
{
    if (!s)
        return;
    nmt_beams_release(&s->beams);
    nmt_arena_release(&s->arena);
    nmt_arena_release(&s->encoding);
    for (size_t m = 0; m < s->n_models; m++)
        nmt_word_table_release(&s->words[m]);
    free(s->alpha);
    free(s);
}

void nmt_searcher_limit(struct nmt_searcher *s, size_t bytes)
{
    s->limit = bytes;
}

/* What is kept from the step before and what is asked for now must fit. */
static int check_limit(const struct nmt_searcher *s, size_t arena, size_t n_alpha,
                       struct nmt_err *err)
{
    const size_t nodes = s->beams.cap_nodes * sizeof *s->beams.node;
    if (s->limit > 0 && arena + n_alpha * sizeof(real) + nodes > s->limit)
        return nmt_fail(err, NMT_ELIMIT, 0, "the search needs more memory than is allowed");
    return 0;
}

void nmt_searcher_clear(struct nmt_searcher *s)
{
    nmt_beams_release(&s->beams);
    free(s->alpha);
    s->alpha = NULL;
    s->cap_alpha = 0;
    nmt_arena_release(&s->arena);
}

/* Memory that an earlier set left is given back when it is in the way of the limit. */
static void shrink(struct nmt_searcher *s, size_t arena)
{
    if (check_limit(s, s->arena.cap > arena ? s->arena.cap : arena, s->cap_alpha, NULL) < 0)
        nmt_searcher_clear(s);
}

static void plan(struct nmt_searcher *s, struct nmt_arena *arena, const struct nmt_search_set *set)
{
    const size_t rows = nmt_beams_rows(&s->options, set);
    nmt_beams_plan(&s->beams, arena, &s->options, set);
    nmt_candidates_plan(&s->candidates, arena, &s->options, s->model, s->share, s->n_models,
                        s->beams.most);
    s->alpha_at = nmt_arena_take(arena, rows, sizeof *s->alpha_at);
    for (size_t m = 0; m < s->n_models; m++) {
        const struct nmt_shape *shape = s->model[m].shape;
        const struct nmt_search_input *in = &set->input[m];
        real *keys = nmt_arena_take(arena, in->row[set->B] * nmt_shape_key(shape), sizeof *keys);
        const size_t width = nmt_values_plan(shape, s->model[m].params).width;
        real *value = nmt_arena_take(arena, in->row[set->B] * width, sizeof *value);
        s->keys[m] = keys;
        s->values[m] = value;
        s->source[m] = (struct nmt_source){
            shape, set->B, in->row, in->h, value, width, shape->attention == NMT_DOT ? in->h : keys,
            true
        };
        nmt_step_plan(&s->step[m], arena, shape, s->model[m].params, rows);
        s->step[m].words = &s->words[m];
    }
}

/* Rows of model m that a sentence's alignment weights take. */
static size_t annotations(const struct nmt_searcher *s, size_t m, size_t sentence)
{
    return s->source[m].row[sentence + 1] - s->source[m].row[sentence];
}

/* Room for the weights of this step: row by row, in each the models one after the other. */
static int place_alpha(struct nmt_searcher *s, struct nmt_err *err)
{
    struct nmt_rows *now = &s->beams.now;
    size_t used = s->keeps_alpha ? s->n_alpha : 0;
    for (size_t b = 0; b < s->beams.n_rows; b++) {
        now->alpha[b] = used;
        for (size_t m = 0; m < s->n_models; m++)
            used += annotations(s, m, now->of[b]);
    }
    NMT_TRY(check_limit(s, s->arena.cap, used, err));
    if (used > s->cap_alpha) {
        size_t cap = 2 * used;
        if (check_limit(s, s->arena.cap, cap, NULL) < 0)
            cap = used;
        real *more = cap < SIZE_MAX / 64 ? realloc(s->alpha, cap * sizeof *more) : NULL;
        if (!more)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for alignments");
        s->alpha = more;
        s->cap_alpha = cap;
    }
    s->n_alpha = used;
    return 0;
}

static void step_models(struct nmt_searcher *s)
{
    const struct nmt_beams *b = &s->beams;
    const struct nmt_rows *now = &b->now;
    for (size_t m = 0; m < s->n_models; m++) {
        for (size_t i = 0; i < b->n_rows; i++) {
            size_t before = 0;
            for (size_t k = 0; k < m; k++)
                before += annotations(s, k, now->of[i]);
            s->alpha_at[i] = s->alpha + now->alpha[i] + before;
        }
        nmt_step_forward(&s->step[m], s->alpha_at, &s->source[m], s->model[m].params, now->parent,
                         b->t ? now->y : NULL, now->of, b->n_rows);
    }
}

int nmt_searcher_run(struct nmt_searcher *s, const struct nmt_search_set *set,
                     struct nmt_translations *out, struct nmt_err *err)
{
    struct nmt_arena measure = { NULL, 0, 0 };
    struct nmt_beams *b = &s->beams;
    memset(out, 0, set->B * sizeof *out);
    plan(s, &measure, set);
    shrink(s, measure.used);
    NMT_TRY(check_limit(s, measure.used, 0, err));
    NMT_TRY(nmt_arena_grow(&s->arena, measure.used, err));
    plan(s, &s->arena, set);
    s->n_alpha = 0;
    b->coverage = s->options.coverage > 0 ? nmt_searcher_coverage : NULL;
    b->arg = s;
    nmt_beams_start(b, set);
    for (size_t m = 0; m < s->n_models; m++) {
        const struct nmt_params *p = s->model[m].params;
        nmt_source_keys(s->keys[m], s->model[m].shape, p, set->input[m].h,
                        set->input[m].row[set->B], NMT_ALONE);
        nmt_values_forward(s->values[m], &s->step[m].values, s->model[m].shape, p, set->input[m].h,
                           set->input[m].row[set->B]);
        nmt_step_start(&s->step[m], &s->source[m], p);
    }
    while (b->n_active > 0) {
        NMT_TRY(place_alpha(s, err));
        step_models(s);
        nmt_beams_want(b);
        nmt_candidates_find(&s->candidates, b->found, b->count, s->step, b->wanted, b->n_rows);
        NMT_TRY(nmt_beams_extend(b, err));
    }
    return nmt_searcher_collect(s, set->B, out, err);
}
