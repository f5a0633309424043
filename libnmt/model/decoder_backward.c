/* The decoder, backward: each step undoes decoder.c's forward_step in reverse. */
#include "model/decoder.h"

#include "layer/embedding.h"
#include "layer/linear.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

/* Given dcontext of step t: adds to dkeys, dv, the annotations' gradient and ds [B][H]. */
static void attend_backward(struct nmt_decoder *d, const struct nmt_params *p,
                            const struct nmt_params *g, real *ds, size_t t)
{
    const struct nmt_shape *s = d->shape;
    const size_t *at = d->batch->target.at, first = at[t], B = at[t + 1] - at[t];
    const size_t D = nmt_shape_context(s), A = nmt_shape_key(s), H = s->H_dec;
    for (size_t b = 0; b < B; b++) {
        const size_t row = d->batch->row[b], S = d->batch->row[b + 1] - row;
        const real *dc = d->dcontext + (first + b) * D;
        if (s->attention == NMT_NO_ATTENTION) {
            nmt_kernels()->axpy(d->encoder->dh + row * D, 1, dc, D);
            continue;
        }
        struct nmt_attended sentence = { S, A, D, d->keys + row * A, d->encoder->h + row * D };
        const real *q = d->q ? d->q + (first + b) * A : d->query_state + (first + b) * H;
        const size_t alpha = d->batch->alpha[b] + t * S;
        nmt_attention_backward(d->dq + (first + b) * A, d->dkeys + row * A, g->att_v,
                               d->encoder->dh + row * D, d->de, &sentence, d->alpha + alpha,
                               d->dalpha ? d->dalpha + alpha : NULL, dc, q, p->att_v);
    }
    if (s->attention == NMT_ADDITIVE) /* q = W_a s */
        nmt_linear_backward_input(ds,
                                  nmt_norm_linear_backward(nmt_norm_from(d->q_norm, first),
                                                           g->att_W_gain, d->dq + first * A,
                                                           p->att_W_gain, B),
                                  p->att_W, B, H, A, s->products | NMT_ADD);
    else if (s->attention != NMT_NO_ATTENTION) /* q = s */
        nmt_kernels()->axpy(ds, 1, d->dq + first * A, B * A);
}

/* The units behind the first (and the second) of step t, on d->carry. */
static void transitions_backward(struct nmt_decoder *d, const struct nmt_params *p,
                                 const struct nmt_params *g, size_t t)
{
    const bool cgru = d->shape->order == NMT_ORDER_CGRU;
    nmt_transitions_backward(&d->column, &p->decoder[0], &g->decoder[0],
                             nmt_decoder_rows_behind(d, t, cgru ? &d->second : &d->column.first),
                             d->carry, d->carry_c, &d->scratch);
}

/* The second unit of the conditional GRU; the context gets its share. */
static void second_backward(struct nmt_decoder *d, const struct nmt_params *p,
                            const struct nmt_params *g, size_t t)
{
    const struct nmt_unit_rows rows = nmt_decoder_rows_behind(d, t, &d->column.first);
    const size_t D = nmt_shape_context(d->shape);
    nmt_unit_backward(&d->second, &p->second, &g->second, &rows, d->carry, d->carry_c, &d->scratch);
    nmt_unit_read_backward(&d->second, &p->second, &g->second, NMT_FROM_CONTEXT,
                           d->dcontext + rows.row * D, D, rows.row, rows.B, true);
}

/* The unit that reads the word; the context that entered and the readout before get their shares.
 */
static void unit_backward(struct nmt_decoder *d, const struct nmt_params *p,
                          const struct nmt_params *g, size_t t)
{
    const struct nmt_shape *s = d->shape;
    const struct nmt_unit_rows rows = nmt_decoder_rows(d, t);
    const struct nmt_unit_run *u = &d->column.first;
    const struct nmt_unit *w = &p->decoder[0].first, *dw = &g->decoder[0].first;
    const size_t *at = d->batch->target.at, D = nmt_shape_context(s), L = s->L;
    const size_t from = s->order == NMT_ORDER_CODE ? at[t - 1] : at[t];
    nmt_unit_backward(u, w, dw, &rows, d->carry, d->carry_c, &d->scratch);
    if (w->C)
        nmt_unit_read_backward(u, w, dw, NMT_FROM_CONTEXT, d->dcontext + from * D, D, rows.row,
                               rows.B, true);
    if (w->F)
        nmt_unit_read_backward(u, w, dw, NMT_FROM_FEED, t ? d->dt + at[t - 1] * L : NULL, L,
                               rows.row, rows.B, true);
}

/* d->carry [B][H] is the gradient of s_t from later steps; it becomes that of s_{t-1}. */
static void backward_step(struct nmt_decoder *d, const struct nmt_params *p,
                          const struct nmt_params *g, size_t t)
{
    const struct nmt_kernels *k = nmt_kernels();
    const size_t *at = d->batch->target.at, B = at[t + 1] - at[t], n = B * d->shape->H_dec;
    const real *dread = d->dread + at[t] * d->shape->H_dec;
    switch (d->shape->order) {
    case NMT_ORDER_CODE: /* unit, attend, predict */
        k->axpy(d->carry, 1, dread, n);
        attend_backward(d, p, g, d->carry, t);
        if (t == 0)
            return; /* s_0 is the start itself */
        transitions_backward(d, p, g, t);
        unit_backward(d, p, g, t);
        break;
    case NMT_ORDER_TEXT: /* attend, unit, predict */
        k->axpy(d->carry, 1, dread, n);
        transitions_backward(d, p, g, t);
        unit_backward(d, p, g, t);
        attend_backward(d, p, g, d->carry, t);
        break;
    case NMT_ORDER_APPENDIX: /* attend, predict, unit */
        transitions_backward(d, p, g, t);
        unit_backward(d, p, g, t);
        attend_backward(d, p, g, d->carry, t);
        k->axpy(d->carry, 1, dread, n);
        break;
    case NMT_ORDER_CGRU: /* unit, attend, second unit, predict */
        k->axpy(d->carry, 1, dread, n);
        transitions_backward(d, p, g, t);
        second_backward(d, p, g, t);
        attend_backward(d, p, g, d->carry, t);
        unit_backward(d, p, g, t);
        break;
    }
}

/* Undoes predict_steps of decoder.c: from d->dt to dread, dcontext and dx of steps [from, to). */
static void predict_backward(struct nmt_decoder *d, const struct nmt_params *p,
                             const struct nmt_params *g, size_t from, size_t to)
{
    const size_t L = d->shape->L, row = d->batch->target.at[from];
    const size_t N = d->batch->target.at[to] - row;
    if (d->dropout)
        nmt_kernels()->scale_by(d->dt + row * L, d->mask_readout + row * L, N * L);
    nmt_readout_backward(&d->readout, p, g, d->dt, d->dread, d->dx, d->dcontext, row, N);
    for (size_t i = d->shape->decoder_above; i-- > 0;)
        nmt_decoder_layer_backward(&d->above[i], &p->decoder[i + 1], &g->decoder[i + 1], d->dread,
                                   d->dcontext, from, to, &d->scratch);
}

/* The matrices of the recurrence, over all steps at once. */
static void recurrence_weights(struct nmt_decoder *d, const struct nmt_params *p,
                               const struct nmt_params *g)
{
    const struct nmt_shape *s = d->shape;
    const size_t first = nmt_decoder_first_row(d), N = d->batch->target.N - first;
    const size_t E = s->E, D = nmt_shape_context(s), L = s->L;
    const struct nmt_unit_run *u = &d->column.first;
    const struct nmt_unit *w = &p->decoder[0].first, *dw = &g->decoder[0].first;
    nmt_column_weights(&d->column, &g->decoder[0], first, N);
    nmt_unit_read_backward(u, w, dw, NMT_FROM_BELOW, d->dx + first * E, E, first, N, true);
    nmt_unit_read_weights(u, dw, NMT_FROM_BELOW, d->x + first * E, E, first, N);
    if (w->C)
        nmt_unit_read_weights(u, dw, NMT_FROM_CONTEXT, d->context_in + first * D, D, first, N);
    if (w->F)
        nmt_unit_read_weights(u, dw, NMT_FROM_FEED, d->fed + first * L, L, first, N);
    if (s->order == NMT_ORDER_CGRU) {
        nmt_unit_weights(&d->second, &g->second, 0, N);
        nmt_unit_read_weights(&d->second, &g->second, NMT_FROM_CONTEXT, d->context, D, 0, N);
    }
    for (size_t i = 0; i < s->decoder_above; i++)
        nmt_decoder_layer_weights(&d->above[i], &g->decoder[i + 1], d->context);
}

/* The gradients of each layer's s_0 are what is left when time has run out. */
static void start_backward(struct nmt_decoder *d, const struct nmt_params *p,
                           const struct nmt_params *g)
{
    const real *ds0[NMT_LAYERS_MAX] = { d->carry }, *dc0[NMT_LAYERS_MAX] = { d->carry_c };
    for (size_t i = 0; i < d->shape->decoder_above; i++) {
        ds0[i + 1] = d->above[i].carry;
        dc0[i + 1] = d->above[i].carry_c;
    }
    nmt_start_backward(&d->start, &d->source, p, g, ds0, dc0, d->encoder->dh);
}

void nmt_decoder_backward(struct nmt_decoder *d, const struct nmt_params *p,
                          const struct nmt_params *g)
{
    const struct nmt_shape *s = d->shape;
    const size_t N = d->batch->target.N, T = d->batch->target.T, B = d->batch->B;
    const size_t rows = d->batch->row[B];
    memset(d->encoder->dh, 0, rows * nmt_shape_context(s) * sizeof(real));
    if (s->attention != NMT_NO_ATTENTION)
        memset(d->dkeys, 0, rows * nmt_shape_key(s) * sizeof(real));
    memset(d->carry, 0, B * s->H_dec * sizeof(real));
    memset(d->carry_c, 0, B * s->H_dec * sizeof(real));
    for (size_t i = 0; i < s->decoder_above; i++)
        nmt_decoder_layer_clear(&d->above[i], B);
    if (s->feed)
        memset(d->dcontext, 0, N * nmt_shape_context(s) * sizeof(real));
    else
        predict_backward(d, p, g, 0, T);
    for (size_t t = T; t-- > 0;) {
        if (s->feed)
            predict_backward(d, p, g, t, t + 1);
        backward_step(d, p, g, t);
    }
    start_backward(d, p, g);
    nmt_readout_weights(&d->readout, g, d->top, d->x, d->context, N);
    recurrence_weights(d, p, g);
    nmt_decoder_drop_words(d, d->dx);
    nmt_embedding_backward(g->target_embedding, d->dx, d->batch->previous, N, s->E);
    if (s->attention == NMT_ADDITIVE)
        nmt_linear_backward_weights(g->att_W, NULL, d->q_norm.xn ? d->q_norm.xn : d->dq,
                                    d->query_state, N, s->H_dec, s->A, s->products);
    nmt_keys_backward(d->dkeys, d->keys_norm, &d->source, p, g, d->encoder->dh);
}
