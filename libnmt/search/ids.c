/* Translating token ids with one model: encode a batch, search it. */
#include "searcher_internal.h"

#include <stdlib.h>

struct by_length {
    uint32_t length, index;
};

static int compare_lengths(const void *a, const void *b)
{
    const struct by_length *x = a, *y = b;
    if (x->length != y->length)
        return x->length < y->length ? 1 : -1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* One batch as each model reads it. */
struct reading {
    struct nmt_batch batch[NMT_ENSEMBLE_MAX];
    struct nmt_encoder encoder[NMT_ENSEMBLE_MAX];
};

static void plan(struct reading *r, struct nmt_arena *arena, const struct nmt_searcher *s,
                 const struct nmt_pair *pairs, size_t B)
{
    for (size_t m = 0; m < s->n_models; m++) {
        const struct nmt_shape *shape = s->model[m].shape;
        nmt_batch_build(&r->batch[m], arena, pairs, B, shape->attention == NMT_NO_ATTENTION);
        nmt_encoder_plan(&r->encoder[m], arena, shape, &r->batch[m], false);
    }
}

static int run_batch(struct nmt_searcher *s, const struct nmt_pair *pairs, size_t B,
                     struct nmt_translations *out, struct nmt_err *err)
{
    struct nmt_arena measure = { NULL, 0, 0 };
    struct reading r;
    struct nmt_search_input input[NMT_ENSEMBLE_MAX];
    struct nmt_translations found[NMT_SEARCH_BATCH];
    uint32_t S[NMT_SEARCH_BATCH];
    plan(&r, &measure, s, pairs, B);
    NMT_TRY(nmt_arena_grow(&s->encoding, measure.used, err));
    plan(&r, &s->encoding, s, pairs, B);
    for (size_t m = 0; m < s->n_models; m++) {
        nmt_encoder_forward(&r.encoder[m], s->model[m].params, NULL);
        input[m] = (struct nmt_search_input){ r.encoder[m].h, r.batch[m].row };
    }
    for (size_t i = 0; i < B; i++)
        S[i] = r.batch[0].pair[i].S; /* the order of all models: no targets, so that of the pairs */
    const struct nmt_search_set set = { .B = B, .input = input, .S = S };
    NMT_TRY(nmt_searcher_run(s, &set, found, err));
    for (size_t i = 0; i < B; i++)
        out[r.batch[0].pair[i].position] = found[i];
    return 0;
}

int nmt_searcher_run_ids(struct nmt_searcher *s, const nmt_id *const *source,
                         const uint32_t *length, size_t n, struct nmt_translations *out,
                         struct nmt_err *err)
{
    int rc = 0;
    struct by_length *order = malloc((n + 1) * sizeof *order);
    if (!order)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < n; i++) {
        order[i] = (struct by_length){ length[i], (uint32_t)i };
        out[i] = (struct nmt_translations){ 0 };
    }
    qsort(order, n, sizeof *order, compare_lengths);
    for (size_t first = 0; first < n && rc == 0; first += NMT_SEARCH_BATCH) {
        struct nmt_pair pairs[NMT_SEARCH_BATCH];
        size_t B = n - first < NMT_SEARCH_BATCH ? n - first : NMT_SEARCH_BATCH;
        for (size_t i = 0; i < B; i++) {
            uint32_t at = order[first + i].index;
            pairs[i] = (struct nmt_pair){ .source = source[at], .S = length[at], .position = at };
        }
        rc = run_batch(s, pairs, B, out, err);
    }
    for (size_t i = 0; rc < 0 && i < n; i++)
        nmt_translations_release(&out[i]);
    free(order);
    return rc;
}
