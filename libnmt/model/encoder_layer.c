/* One part of one layer of the encoder, forward and backward; how they stack is in encoder.h. */
#include "model/encoder.h"

#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

static size_t rows_of(const struct nmt_encoder *e, size_t t)
{
    return e->batch->source.at[t + 1] - e->batch->source.at[t];
}

/* Row (t, i) of a part, among rows that lie sentence by sentence. */
static size_t token_of(const struct nmt_encoder *e, const struct nmt_encoder_part *part, size_t t,
                       size_t i)
{
    return nmt_batch_token(e->batch, part->backward, t, i);
}

/* Where that row's state stands among the annotations h of a layer; NULL: nowhere. */
static real *annotation_of(const struct nmt_encoder *e, real *h, size_t layer, size_t part,
                           size_t t, size_t i)
{
    const struct nmt_batch *b = e->batch;
    const size_t H = e->shape->H_enc, D = nmt_shape_context(e->shape);
    if (e->shape->attention == NMT_NO_ATTENTION && layer + 1 == e->layers)
        return t + 1 == b->pair[b->by_S[i]].S ? h + b->row[b->by_S[i]] * D : NULL; /* the last */
    return h + token_of(e, &e->part[layer][part], t, i) * D + part * H;
}

/* First of the columns that a part reads of the annotations below. */
static size_t column_below(const struct nmt_encoder *e, size_t part)
{
    return e->shape->stack == NMT_STACK_ALTERNATING ? part * e->shape->H_enc : 0;
}

void nmt_encoder_part_gather(struct nmt_encoder *e, size_t layer, size_t part)
{
    struct nmt_encoder_part *to = &e->part[layer][part];
    const size_t D = nmt_shape_context(e->shape), in = to->in;
    const real *below = e->between[layer - 1] + column_below(e, part);
    real *x = to->x;
    for (size_t t = 0; t < e->batch->source.T; t++)
        for (size_t i = 0; i < rows_of(e, t); i++, x += in)
            memcpy(x, below + token_of(e, to, t, i) * D, in * sizeof *x);
    if (e->dropout)
        nmt_dropout_rows(to->x, to->mask, &e->batch->source, in);
}

void nmt_encoder_part_scatter(const struct nmt_encoder *e, size_t layer, size_t part, real *dbelow)
{
    const struct nmt_encoder_part *from = &e->part[layer][part];
    const size_t D = nmt_shape_context(e->shape), in = from->in;
    const real *dx = e->dx;
    if (e->dropout)
        nmt_dropout_rows(e->dx, from->mask, &e->batch->source, in);
    for (size_t t = 0; t < e->batch->source.T; t++)
        for (size_t i = 0; i < rows_of(e, t); i++, dx += in)
            nmt_kernels()->axpy(dbelow + token_of(e, from, t, i) * D + column_below(e, part), 1, dx,
                                in);
}

/* Step t goes on from the column's state after step t - 1. */
static struct nmt_unit_rows step_of(const struct nmt_encoder *e,
                                    const struct nmt_encoder_part *part, size_t t)
{
    const struct nmt_unit_run *last = nmt_column_last(&part->column);
    const size_t *at = e->batch->source.at, before = t ? at[t - 1] * last->H : 0;
    return (struct nmt_unit_rows){
        .row = at[t],
        .B = rows_of(e, t),
        .h = t ? last->h + before : e->zeros,
        .c = t && last->c ? last->c + before : e->zeros,
        .dropout = e->dropout,
        .alone = e->alone,
    };
}

/* What enters the part from outside, for all steps. */
static void read_input(struct nmt_encoder *e, const struct nmt_column *w, size_t layer, size_t part)
{
    const struct nmt_encoder_part *run = &e->part[layer][part];
    const struct nmt_batch *b = e->batch;
    if (layer == 0 && e->table[part])
        nmt_word_table_read(e->table[part], (real *[]){ run->column.first.a },
                            part ? b->backward : b->forward, b->source.N);
    else
        nmt_unit_read(&run->column.first, &w->first, NMT_FROM_BELOW, run->x, run->in, 0,
                      b->source.N, e->alone ? NMT_ALONE : 0);
}

void nmt_encoder_part_forward(struct nmt_encoder *e, const struct nmt_params *p, size_t layer,
                              size_t part)
{
    const struct nmt_encoder_part *run = &e->part[layer][part];
    const struct nmt_column *w = &p->encoder[layer][part];
    const struct nmt_unit_run *last = nmt_column_last(&run->column);
    const size_t H = e->shape->H_enc, D = nmt_shape_context(e->shape);
    const bool residual = e->shape->residual && layer > 0;
    real *h = layer + 1 == e->layers ? e->h : e->between[layer];
    read_input(e, w, layer, part);
    for (size_t t = 0; t < e->batch->source.T; t++) {
        const struct nmt_unit_rows rows = step_of(e, run, t);
        nmt_column_forward(&run->column, w, &rows);
        for (size_t i = 0; i < rows.B; i++) {
            real *to = annotation_of(e, h, layer, part, t, i);
            if (!to)
                continue;
            memcpy(to, last->h + (rows.row + i) * H, H * sizeof *to);
            if (residual)
                nmt_kernels()->axpy(
                    to, 1, e->between[layer - 1] + token_of(e, run, t, i) * D + part * H, H);
        }
    }
}

void nmt_encoder_part_backward(struct nmt_encoder *e, const struct nmt_params *p,
                               const struct nmt_params *g, size_t layer, size_t part, real *dout,
                               real *dbelow)
{
    const struct nmt_encoder_part *run = &e->part[layer][part];
    const struct nmt_column *w = &p->encoder[layer][part], *dw = &g->encoder[layer][part];
    const size_t H = e->shape->H_enc, D = nmt_shape_context(e->shape), N = e->batch->source.N;
    const bool residual = e->shape->residual && layer > 0;
    memset(e->carry, 0, e->batch->B * H * sizeof *e->carry);
    memset(e->carry_c, 0, e->batch->B * H * sizeof *e->carry_c);
    for (size_t t = e->batch->source.T; t-- > 0;) {
        const struct nmt_unit_rows rows = step_of(e, run, t);
        for (size_t i = 0; i < rows.B; i++) {
            const real *from = annotation_of(e, dout, layer, part, t, i);
            if (!from)
                continue;
            nmt_kernels()->axpy(e->carry + i * H, 1, from, H);
            if (residual)
                nmt_kernels()->axpy(dbelow + token_of(e, run, t, i) * D + part * H, 1, from, H);
        }
        nmt_column_backward(&run->column, w, dw, &rows, e->carry, e->carry_c, &e->scratch);
    }
    nmt_column_weights(&run->column, dw, 0, N);
    nmt_unit_read_backward(&run->column.first, &w->first, &dw->first, NMT_FROM_BELOW, e->dx,
                           run->in, 0, N, false);
    nmt_unit_read_weights(&run->column.first, &dw->first, NMT_FROM_BELOW, run->x, run->in, 0, N);
}
