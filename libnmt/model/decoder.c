/* The decoder, forward: start, attention, units, deep output. The readings are in decoder.h. */
#include "model/decoder.h"

#include "layer/cell.h"
#include "layer/embedding.h"
#include "layer/linear.h"
#include "layer/maxout.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

/* Rows of the output layer done at a time: logits of about 4 MB stay near the processor. */
#define BLOCK_NUMBERS ((size_t)1 << 20)
#define BLOCK_ROWS    ((size_t)256)

static real *numbers(struct nmt_arena *arena, size_t rows, size_t cols)
{
    return nmt_arena_take(arena, rows * cols, sizeof(real));
}

static size_t starts(const struct nmt_shape *s)
{
    return s->cell == NMT_LSTM ? 2 : 1;
}

static void plan_unit(struct nmt_unit_run *u, struct nmt_arena *arena, const struct nmt_shape *s,
                      size_t N, size_t B, bool train)
{
    u->a = numbers(arena, N, nmt_cell_gates(s->cell) * s->H_dec);
    u->h = numbers(arena, N, s->H_dec);
    u->hm = numbers(arena, N, s->H_dec);
    u->rh = s->cell == NMT_GRU ? numbers(arena, N, s->H_dec) : NULL;
    u->c = s->cell == NMT_LSTM ? numbers(arena, N, s->H_dec) : NULL;
    u->mask = train ? numbers(arena, B, s->H_dec) : NULL;
}

static void plan_backward(struct nmt_decoder *d, struct nmt_arena *arena, size_t rows)
{
    const struct nmt_shape *s = d->shape;
    const size_t N = d->batch->target.N, B = d->batch->B, A = nmt_shape_key(s);
    d->mask_embedding = numbers(arena, B, s->E);
    d->words = numbers(arena, N, 1);
    d->mask_readout = numbers(arena, N, s->L);
    d->dt = numbers(arena, N, s->L);
    d->dread = numbers(arena, N, s->H_dec);
    d->dcontext = numbers(arena, N, nmt_shape_context(s));
    d->dx = numbers(arena, N, s->E);
    d->dq = numbers(arena, N, A);
    d->dkeys = s->attention == NMT_DOT ? d->encoder->dh : numbers(arena, rows, A);
    d->carry = numbers(arena, B, s->H_dec);
    d->next = numbers(arena, B, s->H_dec);
    d->middle = numbers(arena, B, s->H_dec);
    d->carry_c = numbers(arena, B, s->H_dec);
    d->scratch = numbers(arena, B, s->H_dec);
    d->dstart = numbers(arena, B, starts(s) * s->H_dec);
    d->dstart_x = numbers(arena, B, s->H_enc);
    d->de = numbers(arena, d->batch->source.T, 1);
}

static void choose_states(struct nmt_decoder *d)
{
    switch (d->shape->order) {
    case NMT_ORDER_CODE:
        d->query_state = d->read_state = d->unit.h;
        break;
    case NMT_ORDER_TEXT:
        d->query_state = d->before;
        d->read_state = d->unit.h;
        break;
    case NMT_ORDER_APPENDIX:
        d->query_state = d->read_state = d->before;
        break;
    case NMT_ORDER_CGRU:
        d->query_state = d->unit.h;
        d->read_state = d->second.h;
        break;
    }
}

void nmt_decoder_plan(struct nmt_decoder *d, struct nmt_arena *arena, struct nmt_encoder *e,
                      bool train)
{
    const struct nmt_shape *s = e->shape;
    const struct nmt_batch *b = e->batch;
    const size_t N = b->target.N, B = b->B, D = nmt_shape_context(s), A = nmt_shape_key(s);
    const size_t rows = s->attention == NMT_NO_ATTENTION ? B : b->source.N;
    memset(d, 0, sizeof *d);
    d->shape = s;
    d->batch = b;
    d->encoder = e;
    d->keys = s->attention == NMT_DOT ? e->h : numbers(arena, rows, A);
    d->source = (struct nmt_source){ s, B, b->row, e->h, d->keys, false };
    plan_unit(&d->unit, arena, s, N, B, train);
    if (s->order == NMT_ORDER_CGRU)
        plan_unit(&d->second, arena, s, N, B, train);
    d->start_x = numbers(arena, B, s->H_enc);
    d->start = numbers(arena, B, starts(s) * s->H_dec);
    d->s0 = numbers(arena, B, s->H_dec);
    d->c0 = numbers(arena, B, s->H_dec);
    d->x = numbers(arena, N, s->E);
    if (s->order == NMT_ORDER_TEXT || s->order == NMT_ORDER_APPENDIX)
        d->before = numbers(arena, N, s->H_dec);
    d->q = s->attention == NMT_ADDITIVE ? numbers(arena, N, A) : NULL;
    d->context = numbers(arena, N, D);
    d->context_in = s->order == NMT_ORDER_CODE ? numbers(arena, N, D) : d->context;
    d->alpha = nmt_arena_take(arena, b->n_alpha, sizeof(real));
    d->alpha_at = nmt_arena_take(arena, B, sizeof *d->alpha_at);
    choose_states(d);
    d->pre = numbers(arena, N, nmt_shape_readout(s));
    d->t = numbers(arena, N, s->L);
    d->block_rows = BLOCK_NUMBERS / s->V_target;
    d->block_rows = d->block_rows < 16           ? 16
                    : d->block_rows > BLOCK_ROWS ? BLOCK_ROWS
                                                 : d->block_rows;
    d->block = numbers(arena, d->block_rows, s->V_target);
    d->log_prob = numbers(arena, N, 1);
    if (train)
        plan_backward(d, arena, rows);
}

void nmt_source_keys(real *keys, const struct nmt_shape *s, const struct nmt_params *p,
                     const real *h, size_t rows, unsigned how)
{
    if (s->attention == NMT_ADDITIVE || s->attention == NMT_GENERAL)
        nmt_linear_forward(keys, h, p->att_U, NULL, rows, nmt_shape_context(s), nmt_shape_key(s),
                           how);
}

/* The backward state at the first source word, which has read the whole sentence. */
static const real *start_annotation(const struct nmt_source *src, size_t b)
{
    const size_t D = nmt_shape_context(src->shape);
    return src->h + src->row[b] * D + (D - src->shape->H_enc);
}

void nmt_decoder_start(real *s0, real *c0, real *x, real *both, const struct nmt_source *src,
                       const struct nmt_params *p)
{
    const struct nmt_shape *s = src->shape;
    const size_t H = s->H_dec, width = starts(s) * H;
    for (size_t b = 0; b < src->B; b++)
        memcpy(x + b * s->H_enc, start_annotation(src, b), s->H_enc * sizeof *x);
    nmt_linear_forward(both, x, p->init_W, p->init_b, src->B, s->H_enc, width,
                       src->alone ? NMT_ALONE : 0);
    nmt_kernels()->tanh(both, both, src->B * width);
    for (size_t b = 0; b < src->B; b++) {
        memcpy(s0 + b * H, both + b * width, H * sizeof *s0);
        if (s->cell == NMT_LSTM)
            memcpy(c0 + b * H, both + b * width + H, H * sizeof *c0);
    }
}

void nmt_decoder_attend(real *q, real *c, real *const *alpha, const struct nmt_source *src,
                        const struct nmt_params *p, const real *s, const uint32_t *of, size_t B)
{
    const struct nmt_shape *shape = src->shape;
    const size_t D = nmt_shape_context(shape), A = nmt_shape_key(shape);
    if (shape->attention == NMT_ADDITIVE)
        nmt_linear_forward(q, s, p->att_W, NULL, B, shape->H_dec, A, src->alone ? NMT_ALONE : 0);
    for (size_t b = 0; b < B; b++) {
        const size_t from = of ? of[b] : b, row = src->row[from];
        if (shape->attention == NMT_NO_ATTENTION) {
            memcpy(c + b * D, src->h + row * D, D * sizeof *c);
            alpha[b][0] = 1;
            continue;
        }
        struct nmt_attended sentence = { src->row[from + 1] - row, A, D, src->keys + row * A,
                                         src->h + row * D };
        nmt_attention_forward(alpha[b], c + b * D, &sentence, p->att_v ? q + b * A : s + b * A,
                              p->att_v);
    }
}

void nmt_decoder_readout(real *pre, real *t, const struct nmt_shape *s, const struct nmt_params *p,
                         const real *state, const real *x, const real *context, size_t N,
                         unsigned how)
{
    const size_t R = nmt_shape_readout(s);
    if (x)
        nmt_linear_forward(pre, x, p->read_V, p->read_b, N, s->E, R, how);
    nmt_linear_forward(pre, state, p->read_U, NULL, N, s->H_dec, R, how | NMT_ADD);
    nmt_linear_forward(pre, context, p->read_C, NULL, N, nmt_shape_context(s), R, how | NMT_ADD);
    if (s->readout == NMT_MAXOUT) {
        nmt_maxout_forward(t, pre, N, s->L);
    } else {
        nmt_kernels()->tanh(pre, pre, N * R);
        memcpy(t, pre, N * s->L * sizeof *t);
    }
}

static void draw_masks(struct nmt_decoder *d, const struct nmt_dropout *p)
{
    const struct nmt_batch *b = d->batch;
    const struct nmt_shape *s = d->shape;
    for (size_t i = 0; i < b->B; i++) {
        uint32_t number = b->pair[i].number;
        nmt_dropout_mask(d->mask_embedding + i * s->E, p->embedding, &p->key,
                         NMT_DROP_TARGET_EMBEDDING, number, 0, s->E);
        nmt_dropout_mask(d->unit.mask + i * s->H_dec, p->recurrent, &p->key, NMT_DROP_DECODER,
                         number, 0, s->H_dec);
        if (d->second.mask)
            nmt_dropout_mask(d->second.mask + i * s->H_dec, p->recurrent, &p->key,
                             NMT_DROP_DECODER_2, number, 0, s->H_dec);
    }
    for (size_t t = 0; t < b->target.T; t++)
        for (size_t row = b->target.at[t]; row < b->target.at[t + 1]; row++) {
            uint32_t number = b->pair[row - b->target.at[t]].number;
            nmt_dropout_mask(d->words + row, p->word, &p->key, NMT_DROP_TARGET_WORD, number,
                             (uint32_t)t, 1);
            nmt_dropout_mask(d->mask_readout + row * s->L, p->readout, &p->key, NMT_DROP_READOUT,
                             number, (uint32_t)t, s->L);
        }
}

void nmt_decoder_drop_words(const struct nmt_decoder *d, real *x)
{
    if (!d->dropout)
        return;
    const size_t E = d->shape->E;
    nmt_dropout_rows(x, d->mask_embedding, &d->batch->target, E);
    for (size_t i = 0; i < d->batch->target.N; i++)
        for (size_t k = 0; k < E; k++)
            x[i * E + k] *= d->words[i];
}

struct nmt_cell_step nmt_decoder_unit_step(const struct nmt_decoder *d, bool second, size_t t)
{
    const struct nmt_unit_run *u = second ? &d->second : &d->unit;
    const struct nmt_unit_run *last = d->shape->order == NMT_ORDER_CGRU ? &d->second : &d->unit;
    const size_t H = d->shape->H_dec, G = nmt_cell_gates(d->shape->cell);
    const size_t *at = d->batch->target.at;
    const size_t now = at[t] * H;
    const real *h = t ? last->h + at[t - 1] * H : d->s0;
    const real *c = t && last->c ? last->c + at[t - 1] * H : d->c0;
    return (struct nmt_cell_step){
        .h_new = u->h + now,
        .c_new = u->c ? u->c + now : NULL,
        .a = u->a + at[t] * G * H,
        .hm = u->hm + now,
        .rh = u->rh ? u->rh + now : NULL,
        .h = second ? d->unit.h + now : h,
        .c = c,
        .mask = d->dropout ? u->mask : NULL,
    };
}

size_t nmt_decoder_first_row(const struct nmt_decoder *d)
{
    return d->shape->order == NMT_ORDER_CODE && d->batch->target.T ? d->batch->target.at[1] : 0;
}

static void attend_step(struct nmt_decoder *d, const struct nmt_params *p, size_t t)
{
    const size_t *at = d->batch->target.at, row = at[t], B = at[t + 1] - at[t];
    for (size_t b = 0; b < B; b++) {
        size_t rows = d->batch->row[b + 1] - d->batch->row[b];
        d->alpha_at[b] = d->alpha + d->batch->alpha[b] + t * rows;
    }
    nmt_decoder_attend(d->q ? d->q + row * d->shape->A : NULL,
                       d->context + row * nmt_shape_context(d->shape), d->alpha_at, &d->source, p,
                       d->query_state + row * d->shape->H_dec, NULL, B);
}

/* The unit reads word, state and context; the word's part is in a already. */
static void unit_step(struct nmt_decoder *d, const struct nmt_unit *w, bool second, size_t t)
{
    const struct nmt_shape *s = d->shape;
    const size_t *at = d->batch->target.at, B = at[t + 1] - at[t];
    const size_t D = nmt_shape_context(s), out = nmt_cell_gates(s->cell) * s->H_dec;
    struct nmt_cell_step step = nmt_decoder_unit_step(d, second, t);
    if (w->C)
        nmt_linear_forward(step.a, d->context_in + at[t] * D, w->C, second ? w->b : NULL, B, D, out,
                           !second);
    nmt_cell_forward(s->cell, &step, w->U, B, s->H_dec);
}

static void forward_step(struct nmt_decoder *d, const struct nmt_params *p, size_t t)
{
    const size_t *at = d->batch->target.at, B = at[t + 1] - at[t];
    const size_t H = d->shape->H_dec, D = nmt_shape_context(d->shape);
    switch (d->shape->order) {
    case NMT_ORDER_CODE:
        if (t == 0) {
            memcpy(d->unit.h, d->s0, B * H * sizeof *d->s0);
            if (d->unit.c)
                memcpy(d->unit.c, d->c0, B * H * sizeof *d->c0);
        } else {
            memcpy(d->context_in + at[t] * D, d->context + at[t - 1] * D, B * D * sizeof(real));
            unit_step(d, &p->decoder, false, t);
        }
        attend_step(d, p, t);
        break;
    case NMT_ORDER_TEXT:
    case NMT_ORDER_APPENDIX:
        memcpy(d->before + at[t] * H, t ? d->unit.h + at[t - 1] * H : d->s0, B * H * sizeof(real));
        attend_step(d, p, t);
        unit_step(d, &p->decoder, false, t);
        break;
    case NMT_ORDER_CGRU:
        unit_step(d, &p->decoder, false, t);
        attend_step(d, p, t);
        unit_step(d, &p->second, true, t);
        break;
    }
}

void nmt_decoder_forward(struct nmt_decoder *d, const struct nmt_params *p,
                         const struct nmt_dropout *dropout)
{
    const struct nmt_shape *s = d->shape;
    const struct nmt_steps *steps = &d->batch->target;
    const size_t out = nmt_cell_gates(s->cell) * s->H_dec, first = nmt_decoder_first_row(d);
    d->dropout = dropout != NULL;
    if (dropout)
        draw_masks(d, dropout);
    nmt_source_keys(d->keys, s, p, d->encoder->h, d->batch->row[d->batch->B], 0);
    nmt_decoder_start(d->s0, d->c0, d->start_x, d->start, &d->source, p);
    nmt_embedding_forward(d->x, p->target_embedding, d->batch->previous, steps->N, s->E);
    nmt_decoder_drop_words(d, d->x);
    nmt_linear_forward(d->unit.a + first * out, d->x + first * s->E, p->decoder.W, p->decoder.b,
                       steps->N - first, s->E, out, false);
    for (size_t t = 0; t < steps->T; t++)
        forward_step(d, p, t);
    nmt_decoder_readout(d->pre, d->t, s, p, d->read_state, d->x, d->context, steps->N, 0);
    if (dropout)
        nmt_kernels()->scale_by(d->t, d->mask_readout, steps->N * s->L);
}

void nmt_decoder_loss(struct nmt_decoder *d, const struct nmt_params *p, const struct nmt_params *g,
                      real label_smoothing, struct nmt_loss *loss)
{
    struct nmt_output_layer output = {
        .N = d->batch->target.N,
        .L = d->shape->L,
        .V = d->shape->V_target,
        .W = p->out_W,
        .b = p->out_b,
        .smooth = label_smoothing,
        .block = d->block,
        .rows = d->block_rows,
    };
    nmt_output_layer_run(&output, loss, d->log_prob, g ? d->dt : NULL, g ? g->out_W : NULL,
                         g ? g->out_b : NULL, d->t, d->batch->gold);
}
