/* The decoder, forward: start, attention, units, layers. The readings are in decoder.h. */
#include "model/decoder.h"

#include "layer/embedding.h"
#include "layer/linear.h"
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
    d->carry_c = numbers(arena, B, s->H_dec);
    d->scratch.next = numbers(arena, B, s->H_dec);
    d->scratch.scratch = numbers(arena, B, s->H_dec);
    d->de = numbers(arena, d->batch->source.T, 1);
}

const struct nmt_unit_run *nmt_decoder_last(const struct nmt_decoder *d)
{
    if (d->shape->order == NMT_ORDER_CGRU && d->column.n_more == 0)
        return &d->second;
    return nmt_column_last(&d->column);
}

static void choose_states(struct nmt_decoder *d)
{
    real *last = nmt_decoder_last(d)->h;
    switch (d->shape->order) {
    case NMT_ORDER_CODE:
        d->query_state = d->read_state = last;
        break;
    case NMT_ORDER_TEXT:
        d->query_state = d->before;
        d->read_state = last;
        break;
    case NMT_ORDER_APPENDIX:
        d->query_state = d->read_state = d->before;
        break;
    case NMT_ORDER_CGRU:
        d->query_state = d->column.first.h;
        d->read_state = last;
        break;
    }
    d->top = d->shape->decoder_above ? d->above[d->shape->decoder_above - 1].out : d->read_state;
}

static void plan_recurrence(struct nmt_decoder *d, struct nmt_arena *arena, bool train)
{
    const struct nmt_shape *s = d->shape;
    const size_t N = d->batch->target.N, B = d->batch->B, H = s->H_dec;
    const bool cgru = s->order == NMT_ORDER_CGRU;
    nmt_column_plan(&d->column, arena, s, H, s->decoder_more,
                    NMT_FROM_BELOW | (cgru ? 0 : NMT_FROM_CONTEXT) | (s->feed ? NMT_FROM_FEED : 0),
                    N, B, train);
    if (cgru)
        nmt_unit_plan(&d->second, arena, s, H, NMT_FROM_CONTEXT, N, B, train);
    for (size_t layer = 0; layer <= s->decoder_above; layer++) {
        d->s0[layer] = numbers(arena, B, H);
        d->c0[layer] = numbers(arena, B, H);
    }
    for (size_t i = 0; i < s->decoder_above; i++) {
        nmt_decoder_layer_plan(&d->above[i], arena, s, &d->batch->target, B, train);
        d->above[i].s0 = d->s0[i + 1];
        d->above[i].c0 = d->c0[i + 1];
    }
    if (s->order == NMT_ORDER_TEXT || s->order == NMT_ORDER_APPENDIX)
        d->before = numbers(arena, N, H);
    d->fed = s->feed ? numbers(arena, N, s->L) : NULL;
    choose_states(d);
}

void nmt_decoder_plan(struct nmt_decoder *d, struct nmt_arena *arena, struct nmt_encoder *e,
                      bool train)
{
    const struct nmt_shape *s = e->shape;
    const struct nmt_batch *b = e->batch;
    const size_t N = b->target.N, B = b->B, D = nmt_shape_context(s), A = nmt_shape_key(s);
    const size_t rows = s->attention == NMT_NO_ATTENTION ? B : b->source.N;
    const bool additive = s->attention == NMT_ADDITIVE;
    memset(d, 0, sizeof *d);
    d->shape = s;
    d->batch = b;
    d->encoder = e;
    d->keys = s->attention == NMT_DOT ? e->h : numbers(arena, rows, A);
    d->keys_norm = nmt_norm_plan(arena, s->layer_norm && (additive || s->attention == NMT_GENERAL),
                                 rows, A, A);
    d->source = (struct nmt_source){ s, B, b->row, e->h, e->h, D, d->keys, false };
    plan_recurrence(d, arena, train);
    d->start = nmt_start_plan(arena, s, B, train);
    d->x = numbers(arena, N, s->E);
    d->q = additive ? numbers(arena, N, A) : NULL;
    d->q_norm = nmt_norm_plan(arena, s->layer_norm && additive, N, A, A);
    d->context = numbers(arena, N, D);
    d->context_in = s->order == NMT_ORDER_CODE ? numbers(arena, N, D) : d->context;
    d->alpha = nmt_arena_take(arena, b->n_alpha, sizeof(real));
    d->alpha_at = nmt_arena_take(arena, B, sizeof *d->alpha_at);
    nmt_readout_plan(&d->readout, arena, s, N);
    d->block_rows = BLOCK_NUMBERS / s->V_target;
    d->block_rows = d->block_rows < 16           ? 16
                    : d->block_rows > BLOCK_ROWS ? BLOCK_ROWS
                                                 : d->block_rows;
    d->block = numbers(arena, d->block_rows, s->V_target);
    d->log_prob = numbers(arena, N, 1);
    if (train)
        plan_backward(d, arena, rows);
}

void nmt_decoder_attend(real *q, struct nmt_norm norm, real *c, real *const *alpha,
                        const struct nmt_source *src, const struct nmt_params *p, const real *s,
                        const uint32_t *of, size_t B)
{
    const struct nmt_shape *shape = src->shape;
    const size_t D = src->width, A = nmt_shape_key(shape);
    if (shape->attention == NMT_ADDITIVE)
        nmt_norm_linear_forward(q, norm, s, p->att_W, p->att_W_gain, NULL, B, shape->H_dec,
                                shape->products | (src->alone ? NMT_ALONE : 0));
    for (size_t b = 0; b < B; b++) {
        const size_t from = of ? of[b] : b, row = src->row[from];
        if (shape->attention == NMT_NO_ATTENTION) {
            memcpy(c + b * D, src->value + row * D, D * sizeof *c);
            alpha[b][0] = 1;
            continue;
        }
        struct nmt_attended sentence = { src->row[from + 1] - row, A, D, src->keys + row * A,
                                         src->value + row * D };
        nmt_attention_forward(alpha[b], c + b * D, &sentence, p->att_v ? q + b * A : s + b * A,
                              p->att_v);
    }
}

static void draw_masks(struct nmt_decoder *d, const struct nmt_dropout *p)
{
    const struct nmt_batch *b = d->batch;
    const struct nmt_shape *s = d->shape;
    const size_t H = s->H_dec;
    for (size_t i = 0; i < b->B; i++) {
        uint32_t number = b->pair[i].number;
        nmt_dropout_mask(d->mask_embedding + i * s->E, p->embedding, &p->key,
                         NMT_DROP_TARGET_EMBEDDING, number, 0, s->E);
        nmt_column_masks(&d->column, i, p->recurrent, &p->key, NMT_DROP_DECODER,
                         NMT_DROP_DECODER_UNIT + 1, number);
        if (d->second.mask)
            nmt_dropout_mask(d->second.mask + i * H, p->recurrent, &p->key, NMT_DROP_DECODER_2,
                             number, 0, H);
        for (size_t k = 0; k < s->decoder_above; k++)
            nmt_decoder_layer_masks(&d->above[k], k + 1, i, p->recurrent, p->layer, &p->key,
                                    number);
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

struct nmt_unit_rows nmt_decoder_rows(const struct nmt_decoder *d, size_t t)
{
    const struct nmt_unit_run *last = nmt_decoder_last(d);
    const size_t *at = d->batch->target.at, before = t ? at[t - 1] * last->H : 0;
    return (struct nmt_unit_rows){
        .row = at[t],
        .B = at[t + 1] - at[t],
        .h = t ? last->h + before : d->s0[0],
        .c = t && last->c ? last->c + before : d->c0[0],
        .dropout = d->dropout,
    };
}

struct nmt_unit_rows nmt_decoder_rows_behind(const struct nmt_decoder *d, size_t t,
                                             const struct nmt_unit_run *u)
{
    struct nmt_unit_rows rows = nmt_decoder_rows(d, t);
    rows.h = u->h + rows.row * u->H;
    rows.c = u->c ? u->c + rows.row * u->H : NULL;
    return rows;
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
    nmt_decoder_attend(d->q ? d->q + row * d->shape->A : NULL, nmt_norm_from(d->q_norm, row),
                       d->context + row * nmt_shape_context(d->shape), d->alpha_at, &d->source, p,
                       d->query_state + row * d->shape->H_dec, NULL, B);
}

/* The unit that reads the word, whose part is in its gates already, and with cgru nothing else. */
static void unit_step(struct nmt_decoder *d, const struct nmt_params *p, size_t t)
{
    const struct nmt_shape *s = d->shape;
    const struct nmt_unit_rows rows = nmt_decoder_rows(d, t);
    const size_t D = nmt_shape_context(s), L = s->L;
    const struct nmt_unit *w = &p->decoder[0].first;
    if (w->C)
        nmt_unit_read(&d->column.first, w, NMT_FROM_CONTEXT, d->context_in + rows.row * D, D,
                      rows.row, rows.B, 0);
    if (w->F)
        nmt_unit_read(&d->column.first, w, NMT_FROM_FEED, d->fed + rows.row * L, L, rows.row,
                      rows.B, 0);
    nmt_unit_forward(&d->column.first, w, &rows);
}

/* The second unit of the conditional GRU. */
static void second_step(struct nmt_decoder *d, const struct nmt_params *p, size_t t)
{
    const struct nmt_unit_rows rows = nmt_decoder_rows_behind(d, t, &d->column.first);
    const size_t D = nmt_shape_context(d->shape);
    nmt_unit_read(&d->second, &p->second, NMT_FROM_CONTEXT, d->context + rows.row * D, D, rows.row,
                  rows.B, 0);
    nmt_unit_forward(&d->second, &p->second, &rows);
}

/* The units behind those. */
static void transitions_step(struct nmt_decoder *d, const struct nmt_params *p, size_t t)
{
    const bool cgru = d->shape->order == NMT_ORDER_CGRU;
    nmt_transitions_forward(&d->column, &p->decoder[0],
                            nmt_decoder_rows_behind(d, t, cgru ? &d->second : &d->column.first));
}

static void forward_step(struct nmt_decoder *d, const struct nmt_params *p, size_t t)
{
    const struct nmt_unit_rows rows = nmt_decoder_rows(d, t);
    const struct nmt_unit_run *last = nmt_decoder_last(d);
    const size_t *at = d->batch->target.at, B = rows.B;
    const size_t H = d->shape->H_dec, D = nmt_shape_context(d->shape);
    switch (d->shape->order) {
    case NMT_ORDER_CODE:
        if (t == 0) {
            memcpy(last->h, d->s0[0], B * H * sizeof(real));
            if (last->c)
                memcpy(last->c, d->c0[0], B * H * sizeof(real));
        } else {
            memcpy(d->context_in + at[t] * D, d->context + at[t - 1] * D, B * D * sizeof(real));
            unit_step(d, p, t);
            transitions_step(d, p, t);
        }
        attend_step(d, p, t);
        break;
    case NMT_ORDER_TEXT:
    case NMT_ORDER_APPENDIX:
        memcpy(d->before + at[t] * H, rows.h, B * H * sizeof(real));
        attend_step(d, p, t);
        unit_step(d, p, t);
        transitions_step(d, p, t);
        break;
    case NMT_ORDER_CGRU:
        unit_step(d, p, t);
        attend_step(d, p, t);
        second_step(d, p, t);
        transitions_step(d, p, t);
        break;
    }
}

/* From what the first layer offers in steps [from, to) to what the output layer reads. */
static void predict_steps(struct nmt_decoder *d, const struct nmt_params *p, size_t from, size_t to)
{
    const size_t L = d->shape->L, row = d->batch->target.at[from];
    const size_t N = d->batch->target.at[to] - row;
    const real *below = d->read_state;
    for (size_t i = 0; i < d->shape->decoder_above; i++) {
        nmt_decoder_layer_forward(&d->above[i], &p->decoder[i + 1], below, d->context, from, to);
        below = d->above[i].out;
    }
    nmt_readout_forward(&d->readout, p, below, d->x, d->context, row, N);
    if (d->dropout)
        nmt_kernels()->scale_by(d->readout.t + row * L, d->mask_readout + row * L, N * L);
}

/* Input feeding: what step t reads of the step before. */
static void feed_step(struct nmt_decoder *d, size_t t)
{
    const size_t L = d->shape->L, *at = d->batch->target.at, n = (at[t + 1] - at[t]) * L;
    if (t == 0)
        memset(d->fed, 0, n * sizeof *d->fed);
    else
        memcpy(d->fed + at[t] * L, d->readout.t + at[t - 1] * L, n * sizeof *d->fed);
}

void nmt_decoder_forward(struct nmt_decoder *d, const struct nmt_params *p,
                         const struct nmt_dropout *dropout)
{
    const struct nmt_shape *s = d->shape;
    const struct nmt_steps *steps = &d->batch->target;
    const size_t first = nmt_decoder_first_row(d);
    d->dropout = dropout != NULL;
    for (size_t i = 0; i < s->decoder_above; i++)
        d->above[i].dropout = d->dropout;
    if (dropout)
        draw_masks(d, dropout);
    nmt_keys_forward(d->keys, d->keys_norm, s, p, d->encoder->h, d->batch->row[d->batch->B], 0);
    nmt_start_forward(&d->start, d->s0, d->c0, &d->source, p);
    nmt_embedding_forward(d->x, p->target_embedding, d->batch->previous, steps->N, s->E);
    nmt_decoder_drop_words(d, d->x);
    nmt_unit_read(&d->column.first, &p->decoder[0].first, NMT_FROM_BELOW, d->x + first * s->E, s->E,
                  first, steps->N - first, 0);
    for (size_t t = 0; t < steps->T; t++) {
        if (s->feed)
            feed_step(d, t);
        forward_step(d, p, t);
        if (s->feed)
            predict_steps(d, p, t, t + 1);
    }
    if (!s->feed)
        predict_steps(d, p, 0, steps->T);
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
        .weight = d->batch->weight,
        .block = d->block,
        .rows = d->block_rows,
        .products = d->shape->products,
    };
    nmt_output_layer_run(&output, loss, d->log_prob, g ? d->dt : NULL, g ? g->out_W : NULL,
                         g ? g->out_b : NULL, d->readout.t, d->batch->gold);
}
