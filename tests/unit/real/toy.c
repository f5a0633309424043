#include "toy.h"

#include "model/pass.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

const nmt_id toy_ids[TOY_SOURCES][9] = {
    { 3, 4, 2 },    { 6, 5, 4, 3, 2 },    { 2 }, { 5, 5, 5, 5, 5, 5, 5, 5, 2 },
    { 4, 6, 3, 2 }, { 3, 6, 6, 4, 5, 2 },
};
const uint32_t toy_length[TOY_SOURCES] = { 3, 5, 1, 9, 4, 6 };

struct toy toy_new(int kind, uint64_t seed)
{
    struct toy t = { .shape = { .cell = kind == 1 ? NMT_LSTM : NMT_GRU,
                                .attention = kind == 2   ? NMT_NO_ATTENTION
                                             : kind == 3 ? NMT_GENERAL
                                                         : NMT_ADDITIVE,
                                .order = kind == 4   ? NMT_ORDER_CGRU
                                         : kind == 1 ? NMT_ORDER_TEXT
                                                     : NMT_ORDER_CODE,
                                .V_source = TOY_V,
                                .V_target = TOY_V,
                                .E = 5,
                                .H_enc = 19,
                                .H_dec = 19,
                                .A = 7,
                                .L = 6 } };
    cr_assert(nmt_layout_init(&t.layout, &t.shape, NULL) == 0);
    t.block = aligned_alloc(64, (t.layout.count * sizeof(real) + 63) / 64 * 64);
    cr_assert(nmt_params_init(t.block, &t.layout, 0, seed, NULL) == 0);
    for (size_t i = 0; i < t.layout.count; i++)
        t.block[i] *= 3; /* so that probabilities differ */
    nmt_params_bind(&t.params, &t.shape, &t.layout, t.block);
    return t;
}

void toy_free(struct toy *t)
{
    free(t->block);
}

void toy_set_new(struct toy_set *s, const struct toy *models, size_t n_models,
                 const nmt_id *const *ids, const uint32_t *length, size_t B)
{
    memset(s, 0, sizeof *s);
    s->set = (struct nmt_search_set){ .B = B, .input = s->input, .S = length };
    for (size_t m = 0; m < n_models; m++) {
        const struct nmt_shape *shape = &models[m].shape;
        const size_t D = nmt_shape_context(shape);
        s->row[m] = calloc(B + 1, sizeof **s->row);
        for (size_t b = 0; b < B; b++) {
            static const nmt_id nothing[] = { NMT_ID_EOS };
            struct nmt_pass pass;
            struct nmt_loss loss = { .loss = 0 };
            const struct nmt_pair pair = {
                .source = ids[b], .target = nothing, .S = length[b], .T = 1
            };
            const size_t at = s->row[m][b], rows = nmt_shape_rows(shape, length[b]);
            nmt_pass_init(&pass, shape);
            cr_assert(
                nmt_pass_run(&pass, &models[m].params, NULL, &pair, 1, NULL, 0, &loss, NULL) == 0);
            s->h[m] = realloc(s->h[m], (at + rows) * D * sizeof **s->h);
            memcpy(s->h[m] + at * D, pass.encoder.h, rows * D * sizeof **s->h);
            s->row[m][b + 1] = at + rows;
            nmt_pass_release(&pass);
        }
        s->input[m] = (struct nmt_search_input){ s->h[m], s->row[m] };
    }
}

void toy_set_free(struct toy_set *s, size_t n_models)
{
    for (size_t m = 0; m < n_models; m++) {
        free(s->h[m]);
        free(s->row[m]);
    }
}

void toy_search(const struct toy *models, size_t n_models, const struct nmt_search_options *o,
                const struct nmt_search_set *set, struct nmt_translations *out)
{
    struct nmt_search_model m[TOY_MODELS];
    struct nmt_searcher *s = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    for (size_t i = 0; i < n_models; i++)
        m[i] = (struct nmt_search_model){ .shape = &models[i].shape, .params = &models[i].params };
    cr_assert(nmt_searcher_new(&s, m, n_models, o, &err) == 0, "%s", err.msg);
    cr_assert(nmt_searcher_run(s, set, out, &err) == 0, "%s", err.msg);
    nmt_searcher_free(s);
}
