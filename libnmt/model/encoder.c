/* The bidirectional encoder, forward and backward, on packed rows. */
#include "model/encoder.h"

#include "layer/cell.h"
#include "layer/embedding.h"
#include "layer/linear.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

static size_t directions(const struct nmt_shape *s)
{
    return s->attention == NMT_NO_ATTENTION ? 1 : 2;
}

static real *numbers(struct nmt_arena *arena, size_t rows, size_t cols)
{
    return nmt_arena_take(arena, rows * cols, sizeof(real));
}

void nmt_encoder_plan(struct nmt_encoder *e, struct nmt_arena *arena, const struct nmt_shape *s,
                      const struct nmt_batch *batch, bool train)
{
    const size_t B = batch->B, N = batch->source.N, H = s->H_enc, D = nmt_shape_context(s);
    const size_t rows = s->attention == NMT_NO_ATTENTION ? B : N;
    memset(e, 0, sizeof *e);
    e->shape = s;
    e->batch = batch;
    e->alone = !train;
    for (size_t d = 0; d < directions(s); d++) {
        struct nmt_direction *dir = &e->dir[d];
        dir->x = numbers(arena, N, s->E);
        dir->a = numbers(arena, N, nmt_cell_gates(s->cell) * H);
        dir->h = numbers(arena, N, H);
        dir->hm = numbers(arena, N, H);
        dir->rh = s->cell == NMT_GRU ? numbers(arena, N, H) : NULL;
        dir->c = s->cell == NMT_LSTM ? numbers(arena, N, H) : NULL;
        dir->mask = train ? numbers(arena, B, H) : NULL;
        dir->words = train ? numbers(arena, N, 1) : NULL;
    }
    e->zeros = numbers(arena, B, H);
    e->h = numbers(arena, rows, D);
    if (!train)
        return;
    e->mask_embedding = numbers(arena, B, s->E);
    e->mask_annotation = numbers(arena, B, D);
    e->dh = numbers(arena, rows, D);
    e->carry[0] = numbers(arena, B, H);
    e->carry[1] = numbers(arena, B, H);
    e->carry_c = numbers(arena, B, H);
    e->scratch = numbers(arena, B, H);
    e->dx = numbers(arena, N, s->E);
}

static void draw_masks(struct nmt_encoder *e, const struct nmt_dropout *p)
{
    const struct nmt_batch *b = e->batch;
    const size_t E = e->shape->E, H = e->shape->H_enc, D = nmt_shape_context(e->shape);
    for (size_t i = 0; i < b->B; i++) {
        uint32_t of_row = b->pair[b->by_S[i]].number, of_batch = b->pair[i].number;
        nmt_dropout_mask(e->mask_embedding + i * E, p->embedding, &p->key,
                         NMT_DROP_SOURCE_EMBEDDING, of_row, 0, E);
        nmt_dropout_mask(e->mask_annotation + i * D, p->annotation, &p->key, NMT_DROP_ANNOTATION,
                         of_batch, 0, D);
        for (size_t d = 0; d < directions(e->shape); d++)
            nmt_dropout_mask(e->dir[d].mask + i * H, p->recurrent, &p->key,
                             d ? NMT_DROP_BACKWARD : NMT_DROP_FORWARD, of_row, 0, H);
    }
    for (size_t t = 0; t < b->source.T; t++)
        for (size_t d = 0; d < directions(e->shape); d++)
            for (size_t row = b->source.at[t]; row < b->source.at[t + 1]; row++) {
                const struct nmt_pair *pair = &b->pair[b->by_S[row - b->source.at[t]]];
                size_t position = d ? pair->S - 1 - t : t;
                nmt_dropout_mask(e->dir[d].words + row, p->word, &p->key, NMT_DROP_SOURCE_WORD,
                                 pair->number, (uint32_t)position, 1);
            }
}

/* Dropout of word vectors, the same forward and backward. */
static void drop_words(const struct nmt_encoder *e, const struct nmt_direction *dir, real *x)
{
    if (!e->dropout)
        return;
    const size_t E = e->shape->E;
    nmt_dropout_rows(x, e->mask_embedding, &e->batch->source, E);
    for (size_t i = 0; i < e->batch->source.N; i++)
        for (size_t k = 0; k < E; k++)
            x[i * E + k] *= dir->words[i];
}

static void drop_annotations(const struct nmt_encoder *e, real *h)
{
    const size_t D = nmt_shape_context(e->shape);
    for (size_t i = 0; e->dropout && i < e->batch->B; i++)
        for (size_t row = e->batch->row[i]; row < e->batch->row[i + 1]; row++)
            nmt_kernels()->scale_by(h + row * D, e->mask_annotation + i * D, D);
}

/* The arrays of step t of a direction. */
static struct nmt_cell_step step_of(const struct nmt_encoder *e, const struct nmt_direction *dir,
                                    size_t t)
{
    const size_t H = e->shape->H_enc, G = nmt_cell_gates(e->shape->cell);
    const size_t *at = e->batch->source.at;
    const size_t now = at[t] * H, before = t ? at[t - 1] * H : 0;
    const real *h = t ? dir->h + before : e->zeros;
    return (struct nmt_cell_step){
        .h_new = dir->h + now,
        .c_new = dir->c ? dir->c + now : NULL,
        .a = dir->a + at[t] * G * H,
        .hm = e->alone ? (real *)(uintptr_t)h : dir->hm + now,
        .rh = dir->rh ? dir->rh + now : NULL,
        .h = h,
        .c = t && dir->c ? dir->c + before : e->zeros,
        .mask = e->dropout ? dir->mask : NULL,
        .alone = e->alone,
    };
}

/* Where state row (t, i) of a direction stands among the annotations; NULL: nowhere. */
static real *annotation_of(const struct nmt_encoder *e, real *h, size_t d, size_t t, size_t i)
{
    const struct nmt_batch *b = e->batch;
    if (e->shape->attention == NMT_NO_ATTENTION) /* only the last state is one */
        return t + 1 == b->pair[b->by_S[i]].S ? h + b->row[b->by_S[i]] * e->shape->H_enc : NULL;
    return h + nmt_batch_token(b, d, t, i) * 2 * e->shape->H_enc + d * e->shape->H_enc;
}

int nmt_encoder_word_table(struct nmt_word_table *w, const struct nmt_shape *s,
                           const struct nmt_params *p, bool backward, struct nmt_err *err)
{
    const struct nmt_unit *unit = backward ? &p->backward : &p->forward;
    const struct nmt_word_part part = { unit->W, unit->b, nmt_cell_gates(s->cell) * s->H_enc };
    return nmt_word_table_init(w, p->source_embedding, s->V_source, s->E, &part, 1, err);
}

/* a = W x + b of all words of a direction. */
static void enter_words(struct nmt_encoder *e, const struct nmt_params *p, size_t d)
{
    const struct nmt_shape *s = e->shape;
    const struct nmt_unit *unit = d ? &p->backward : &p->forward;
    const nmt_id *ids = d ? e->batch->backward : e->batch->forward;
    const size_t N = e->batch->source.N;
    struct nmt_direction *dir = &e->dir[d];
    if (e->words[d]) {
        nmt_word_table_read(e->words[d], &dir->a, ids, N);
        return;
    }
    nmt_embedding_forward(dir->x, p->source_embedding, ids, N, s->E);
    drop_words(e, dir, dir->x);
    nmt_linear_forward(dir->a, dir->x, unit->W, unit->b, N, s->E,
                       nmt_cell_gates(s->cell) * s->H_enc, e->alone ? NMT_ALONE : 0);
}

void nmt_encoder_forward(struct nmt_encoder *e, const struct nmt_params *p,
                         const struct nmt_dropout *dropout)
{
    const struct nmt_shape *s = e->shape;
    const struct nmt_steps *steps = &e->batch->source;
    const size_t H = s->H_enc;
    e->dropout = dropout != NULL;
    if (dropout)
        draw_masks(e, dropout);
    memset(e->zeros, 0, e->batch->B * H * sizeof *e->zeros);
    for (size_t d = 0; d < directions(s); d++) {
        struct nmt_direction *dir = &e->dir[d];
        const struct nmt_unit *unit = d ? &p->backward : &p->forward;
        enter_words(e, p, d);
        for (size_t t = 0; t < steps->T; t++) {
            size_t B = steps->at[t + 1] - steps->at[t];
            struct nmt_cell_step step = step_of(e, dir, t);
            nmt_cell_forward(s->cell, &step, unit->U, B, H);
            for (size_t i = 0; i < B; i++) {
                real *to = annotation_of(e, e->h, d, t, i);
                if (to)
                    memcpy(to, step.h_new + i * H, H * sizeof *to);
            }
        }
    }
    drop_annotations(e, e->h);
}

static void direction_backward(struct nmt_encoder *e, const struct nmt_unit *unit,
                               const struct nmt_unit *grad, size_t d)
{
    const struct nmt_shape *s = e->shape;
    const struct nmt_steps *steps = &e->batch->source;
    const size_t H = s->H_enc, G = nmt_cell_gates(s->cell);
    const struct nmt_direction *dir = &e->dir[d];
    real *carry = e->carry[0], *next = e->carry[1];
    memset(carry, 0, e->batch->B * H * sizeof *carry);
    memset(e->carry_c, 0, e->batch->B * H * sizeof *e->carry_c);
    for (size_t t = steps->T; t-- > 0;) {
        size_t B = steps->at[t + 1] - steps->at[t];
        struct nmt_cell_step step = step_of(e, dir, t);
        for (size_t i = 0; i < B; i++) {
            real *from = annotation_of(e, e->dh, d, t, i);
            if (from)
                nmt_kernels()->axpy(carry + i * H, 1, from, H);
        }
        memset(next, 0, B * H * sizeof *next);
        nmt_cell_backward(s->cell, &step, next, e->carry_c, e->scratch, carry, unit->U, B, H);
        memcpy(carry, next, B * H * sizeof *carry);
    }
    nmt_cell_backward_weights(s->cell, grad->U, dir->a, dir->hm, dir->rh, steps->N, H);
    nmt_linear_backward_weights(grad->W, grad->b, dir->a, dir->x, steps->N, s->E, G * H);
}

void nmt_encoder_backward(struct nmt_encoder *e, const struct nmt_params *p,
                          const struct nmt_params *g)
{
    const struct nmt_shape *s = e->shape;
    const size_t N = e->batch->source.N, out = nmt_cell_gates(s->cell) * s->H_enc;
    drop_annotations(e, e->dh);
    for (size_t d = 0; d < directions(s); d++) {
        const struct nmt_unit *unit = d ? &p->backward : &p->forward;
        direction_backward(e, unit, d ? &g->backward : &g->forward, d);
        nmt_linear_backward_input(e->dx, e->dir[d].a, unit->W, N, s->E, out, false);
        drop_words(e, &e->dir[d], e->dx);
        nmt_embedding_backward(g->source_embedding, e->dx,
                               d ? e->batch->backward : e->batch->forward, N, s->E);
    }
}
