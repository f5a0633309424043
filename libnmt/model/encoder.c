/* The bidirectional encoder, forward and backward, on packed rows: words, layers, dropout. */
#include "model/encoder.h"

#include "layer/embedding.h"
#include "math/kernels.h"

#include <string.h>

static real *numbers(struct nmt_arena *arena, size_t rows, size_t cols)
{
    return nmt_arena_take(arena, rows * cols, sizeof(real));
}

static void plan_layer(struct nmt_encoder *e, struct nmt_arena *arena, size_t layer, bool train)
{
    const struct nmt_shape *s = e->shape;
    const size_t B = e->batch->B, N = e->batch->source.N;
    for (size_t i = 0; i < e->parts; i++) {
        struct nmt_encoder_part *part = &e->part[layer][i];
        part->backward = nmt_shape_backward(s, layer, i);
        part->in = layer == 0 ? s->E : nmt_shape_below(s);
        part->x = numbers(arena, N, part->in);
        part->mask = train && layer > 0 ? numbers(arena, B, part->in) : NULL;
        nmt_column_plan(&part->column, arena, s, s->H_enc, s->encoder_more, NMT_FROM_BELOW, N, B,
                        train);
    }
    if (layer + 1 < e->layers)
        e->between[layer] = numbers(arena, N, nmt_shape_context(s));
}

static void plan_backward(struct nmt_encoder *e, struct nmt_arena *arena, size_t rows)
{
    const struct nmt_shape *s = e->shape;
    const size_t B = e->batch->B, N = e->batch->source.N, D = nmt_shape_context(s);
    const size_t below = e->layers > 1 ? nmt_shape_below(s) : 0;
    for (size_t i = 0; i < e->parts; i++)
        e->words[i] = numbers(arena, N, 1);
    e->mask_embedding = numbers(arena, B, s->E);
    e->mask_annotation = numbers(arena, B, D);
    e->dh = numbers(arena, rows, D);
    for (size_t i = 0; i < 2 && i + 1 < e->layers; i++)
        e->dbetween[i] = numbers(arena, N, D);
    e->carry = numbers(arena, B, s->H_enc);
    e->carry_c = numbers(arena, B, s->H_enc);
    e->scratch.next = numbers(arena, B, s->H_enc);
    e->scratch.scratch = numbers(arena, B, s->H_enc);
    e->dx = numbers(arena, N, s->E > below ? s->E : below);
}

void nmt_encoder_plan(struct nmt_encoder *e, struct nmt_arena *arena, const struct nmt_shape *s,
                      const struct nmt_batch *batch, bool train)
{
    const size_t rows = s->attention == NMT_NO_ATTENTION ? batch->B : batch->source.N;
    memset(e, 0, sizeof *e);
    e->shape = s;
    e->batch = batch;
    e->layers = s->encoder_above + 1;
    e->parts = s->attention == NMT_NO_ATTENTION ? 1 : 2;
    e->alone = !train;
    for (size_t layer = 0; layer < e->layers; layer++)
        plan_layer(e, arena, layer, train);
    e->zeros = numbers(arena, batch->B, s->H_enc);
    e->h = numbers(arena, rows, nmt_shape_context(s));
    if (train)
        plan_backward(e, arena, rows);
}

/* Of what recurs and of what goes from layer to layer: row i of the order by_S. */
static void draw_layer_masks(struct nmt_encoder *e, const struct nmt_dropout *p, size_t i,
                             uint32_t sentence)
{
    static const enum nmt_dropout_place first[2] = { NMT_DROP_FORWARD, NMT_DROP_BACKWARD };
    for (size_t layer = 0; layer < e->layers; layer++)
        for (size_t k = 0; k < e->parts; k++) {
            const struct nmt_encoder_part *part = &e->part[layer][k];
            const size_t number = 2 * layer + k, unit = NMT_DROP_ENCODER_UNIT + 8 * number;
            nmt_column_masks(&part->column, i, p->recurrent, &p->key,
                             layer ? (enum nmt_dropout_place)unit : first[k],
                             (enum nmt_dropout_place)(unit + 1), sentence);
            if (part->mask)
                nmt_dropout_mask(part->mask + i * part->in, p->layer, &p->key,
                                 (enum nmt_dropout_place)(NMT_DROP_ENCODER_BELOW + number),
                                 sentence, 0, part->in);
        }
}

static void draw_masks(struct nmt_encoder *e, const struct nmt_dropout *p)
{
    const struct nmt_batch *b = e->batch;
    const size_t E = e->shape->E, D = nmt_shape_context(e->shape);
    for (size_t i = 0; i < b->B; i++) {
        uint32_t of_row = b->pair[b->by_S[i]].number, of_batch = b->pair[i].number;
        nmt_dropout_mask(e->mask_embedding + i * E, p->embedding, &p->key,
                         NMT_DROP_SOURCE_EMBEDDING, of_row, 0, E);
        nmt_dropout_mask(e->mask_annotation + i * D, p->annotation, &p->key, NMT_DROP_ANNOTATION,
                         of_batch, 0, D);
        draw_layer_masks(e, p, i, of_row);
    }
    for (size_t t = 0; t < b->source.T; t++)
        for (size_t d = 0; d < e->parts; d++)
            for (size_t row = b->source.at[t]; row < b->source.at[t + 1]; row++) {
                const struct nmt_pair *pair = &b->pair[b->by_S[row - b->source.at[t]]];
                size_t position = d ? pair->S - 1 - t : t;
                nmt_dropout_mask(e->words[d] + row, p->word, &p->key, NMT_DROP_SOURCE_WORD,
                                 pair->number, (uint32_t)position, 1);
            }
}

/* Dropout of word vectors, the same forward and backward. */
static void drop_words(const struct nmt_encoder *e, size_t part, real *x)
{
    if (!e->dropout)
        return;
    const size_t E = e->shape->E;
    nmt_dropout_rows(x, e->mask_embedding, &e->batch->source, E);
    for (size_t i = 0; i < e->batch->source.N; i++)
        for (size_t k = 0; k < E; k++)
            x[i * E + k] *= e->words[part][i];
}

static void drop_annotations(const struct nmt_encoder *e, real *h)
{
    const size_t D = nmt_shape_context(e->shape);
    for (size_t i = 0; e->dropout && i < e->batch->B; i++)
        for (size_t row = e->batch->row[i]; row < e->batch->row[i + 1]; row++)
            nmt_kernels()->scale_by(h + row * D, e->mask_annotation + i * D, D);
}

int nmt_encoder_word_table(struct nmt_word_table *w, const struct nmt_shape *s,
                           const struct nmt_params *p, size_t part, struct nmt_err *err)
{
    const struct nmt_unit *u = &p->encoder[0][part].first;
    const size_t out = nmt_cell_gates(s->cell) * s->H_enc;
    const struct nmt_word_part of_unit = { u->W, u->W_gain, u->b, out, s->H_enc };
    return nmt_word_table_init(w, p->source_embedding, s->V_source, s->E, &of_unit, 1, err);
}

void nmt_encoder_forward(struct nmt_encoder *e, const struct nmt_params *p,
                         const struct nmt_dropout *dropout)
{
    const struct nmt_batch *b = e->batch;
    e->dropout = dropout != NULL;
    if (dropout)
        draw_masks(e, dropout);
    memset(e->zeros, 0, b->B * e->shape->H_enc * sizeof *e->zeros);
    for (size_t layer = 0; layer < e->layers; layer++)
        for (size_t i = 0; i < e->parts; i++) {
            real *x = e->part[layer][i].x;
            if (layer > 0) {
                nmt_encoder_part_gather(e, layer, i);
            } else if (!e->table[i]) {
                nmt_embedding_forward(x, p->source_embedding, i ? b->backward : b->forward,
                                      b->source.N, e->shape->E);
                drop_words(e, i, x);
            }
            nmt_encoder_part_forward(e, p, layer, i);
        }
    drop_annotations(e, e->h);
}

void nmt_encoder_backward(struct nmt_encoder *e, const struct nmt_params *p,
                          const struct nmt_params *g)
{
    const struct nmt_batch *b = e->batch;
    const size_t N = b->source.N, D = nmt_shape_context(e->shape);
    real *dout = e->dh;
    drop_annotations(e, e->dh);
    for (size_t layer = e->layers; layer-- > 0;) {
        real *dbelow = layer ? e->dbetween[(layer - 1) % 2] : NULL;
        if (layer > 0)
            memset(dbelow, 0, N * D * sizeof *dbelow);
        for (size_t i = 0; i < e->parts; i++) {
            nmt_encoder_part_backward(e, p, g, layer, i, dout, dbelow);
            if (layer > 0) {
                nmt_encoder_part_scatter(e, layer, i, dbelow);
                continue;
            }
            drop_words(e, i, e->dx);
            nmt_embedding_backward(g->source_embedding, e->dx, i ? b->backward : b->forward, N,
                                   e->shape->E);
        }
        dout = dbelow;
    }
}
