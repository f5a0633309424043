/* A layer of the decoder on top of the first, forward and backward; see decoder_layer.h. */
#include "model/decoder_layer.h"

#include "layer/dropout.h"
#include "math/kernels.h"

#include <string.h>

static real *numbers(struct nmt_arena *arena, size_t rows, size_t cols)
{
    return nmt_arena_take(arena, rows * cols, sizeof(real));
}

void nmt_decoder_layer_plan(struct nmt_decoder_layer *l, struct nmt_arena *arena,
                            const struct nmt_shape *s, const struct nmt_steps *steps, size_t B,
                            bool train)
{
    const size_t N = steps->N, H = s->H_dec;
    l->shape = s;
    l->steps = steps;
    nmt_column_plan(&l->column, arena, s, H, s->decoder_more, NMT_FROM_BELOW | NMT_FROM_CONTEXT, N,
                    B, train);
    l->x = numbers(arena, N, H);
    l->out = s->residual ? numbers(arena, N, H) : nmt_column_last(&l->column)->h;
    if (!train)
        return;
    l->mask = numbers(arena, B, H);
    l->dx = numbers(arena, N, H);
    l->carry = numbers(arena, B, H);
    l->carry_c = numbers(arena, B, H);
}

void nmt_decoder_layer_masks(struct nmt_decoder_layer *l, size_t number, size_t b, real recurrent,
                             real below, const struct nmt_dropout_key *key, uint32_t sentence)
{
    const size_t H = l->shape->H_dec, unit = NMT_DROP_DECODER_UNIT + 8 * number;
    nmt_column_masks(&l->column, b, recurrent, key, (enum nmt_dropout_place)unit,
                     (enum nmt_dropout_place)(unit + 1), sentence);
    nmt_dropout_mask(l->mask + b * H, below, key,
                     (enum nmt_dropout_place)(NMT_DROP_DECODER_BELOW + number), sentence, 0, H);
}

/* Rows of steps [from, to), dropped out by the mask of their sentences: forward and backward. */
static void drop(const struct nmt_decoder_layer *l, real *x, size_t from, size_t to)
{
    const size_t *at = l->steps->at, H = l->shape->H_dec;
    for (size_t t = from; l->dropout && t < to; t++)
        nmt_kernels()->scale_by(x + at[t] * H, l->mask, (at[t + 1] - at[t]) * H);
}

static struct nmt_unit_rows step_of(const struct nmt_decoder_layer *l, size_t t)
{
    const struct nmt_unit_run *last = nmt_column_last(&l->column);
    const size_t *at = l->steps->at, before = t ? at[t - 1] * last->H : 0;
    return (struct nmt_unit_rows){
        .row = at[t],
        .B = at[t + 1] - at[t],
        .h = t ? last->h + before : l->s0,
        .c = t && last->c ? last->c + before : l->c0,
        .dropout = l->dropout,
    };
}

void nmt_decoder_layer_forward(struct nmt_decoder_layer *l, const struct nmt_column *w,
                               const real *below, const real *context, size_t from, size_t to)
{
    const size_t H = l->shape->H_dec, D = nmt_shape_context(l->shape);
    const size_t row = l->steps->at[from], N = l->steps->at[to] - row;
    const struct nmt_unit_run *last = nmt_column_last(&l->column);
    memcpy(l->x + row * H, below + row * H, N * H * sizeof *l->x);
    drop(l, l->x, from, to);
    nmt_unit_read(&l->column.first, &w->first, NMT_FROM_BELOW, l->x + row * H, H, row, N, 0);
    nmt_unit_read(&l->column.first, &w->first, NMT_FROM_CONTEXT, context + row * D, D, row, N, 0);
    for (size_t t = from; t < to; t++) {
        const struct nmt_unit_rows rows = step_of(l, t);
        nmt_column_forward(&l->column, w, &rows);
    }
    for (size_t i = row * H; l->shape->residual && i < (row + N) * H; i++)
        l->out[i] = last->h[i] + below[i];
}

void nmt_decoder_layer_clear(struct nmt_decoder_layer *l, size_t B)
{
    memset(l->carry, 0, B * l->shape->H_dec * sizeof *l->carry);
    memset(l->carry_c, 0, B * l->shape->H_dec * sizeof *l->carry_c);
}

void nmt_decoder_layer_backward(struct nmt_decoder_layer *l, const struct nmt_column *w,
                                const struct nmt_column *g, real *dout, real *dcontext, size_t from,
                                size_t to, const struct nmt_unit_scratch *space)
{
    const size_t H = l->shape->H_dec, D = nmt_shape_context(l->shape);
    const size_t row = l->steps->at[from], N = l->steps->at[to] - row;
    for (size_t t = to; t-- > from;) {
        const struct nmt_unit_rows rows = step_of(l, t);
        nmt_kernels()->axpy(l->carry, 1, dout + rows.row * H, rows.B * H);
        nmt_column_backward(&l->column, w, g, &rows, l->carry, l->carry_c, space);
    }
    nmt_unit_read_backward(&l->column.first, &w->first, &g->first, NMT_FROM_CONTEXT,
                           dcontext + row * D, D, row, N, true);
    nmt_unit_read_backward(&l->column.first, &w->first, &g->first, NMT_FROM_BELOW, l->dx + row * H,
                           H, row, N, false);
    drop(l, l->dx, from, to);
    if (l->shape->residual)
        nmt_kernels()->axpy(dout + row * H, 1, l->dx + row * H, N * H);
    else
        memcpy(dout + row * H, l->dx + row * H, N * H * sizeof *dout);
}

void nmt_decoder_layer_weights(const struct nmt_decoder_layer *l, const struct nmt_column *g,
                               const real *context)
{
    const size_t N = l->steps->N, H = l->shape->H_dec, D = nmt_shape_context(l->shape);
    nmt_column_weights(&l->column, g, 0, N);
    nmt_unit_read_weights(&l->column.first, &g->first, NMT_FROM_BELOW, l->x, H, 0, N);
    nmt_unit_read_weights(&l->column.first, &g->first, NMT_FROM_CONTEXT, context, D, 0, N);
}
