/* The decoder, backward: each step undoes decoder.c's forward_step in reverse. */
#include "model/decoder.h"

#include "layer/embedding.h"
#include "layer/linear.h"
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
                                  p->att_W, B, H, A, true);
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

/* s_0 = tanh(W_s x + b_s) of each layer, x a part of the first word's annotation. */
static void start_backward(struct nmt_decoder *d, const struct nmt_params *p,
                           const struct nmt_params *g)
{
    const struct nmt_shape *s = d->shape;
    const size_t B = d->batch->B, H = s->H_dec, D = nmt_shape_context(s);
    const size_t width = nmt_shape_start(s), each = width / (s->decoder_above + 1);
    for (size_t layer = 0; layer <= s->decoder_above; layer++) {
        const real *carry = layer ? d->above[layer - 1].carry : d->carry;
        const real *carry_c = layer ? d->above[layer - 1].carry_c : d->carry_c;
        for (size_t b = 0; b < B; b++) {
            real *to = d->dstart + b * width + layer * each;
            memcpy(to, carry + b * H, H * sizeof *to);
            if (s->cell == NMT_LSTM)
                memcpy(to + H, carry_c + b * H, H * sizeof *to);
        }
    }
    nmt_kernels()->tanh_backward(d->dstart, d->dstart, d->start.all, B * width);
    nmt_kernels()->add_rows(g->init_b, d->dstart, B, width, width);
    const real *dp =
        nmt_norm_linear_backward(d->start.norm, g->init_gain, d->dstart, p->init_gain, B);
    nmt_linear_backward_weights(g->init_W, NULL, dp, d->start.x, B, s->H_enc, width);
    nmt_linear_backward_input(d->dstart_x, dp, p->init_W, B, s->H_enc, width, false);
    for (size_t b = 0; b < B; b++)
        nmt_kernels()->axpy(d->encoder->dh + d->batch->row[b] * D + nmt_shape_start_from(s), 1,
                            d->dstart_x + b * s->H_enc, s->H_enc);
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

/* u_j = U_a h_j (additive, general); for dot the keys' gradient is the annotations'. */
static void keys_backward(struct nmt_decoder *d, const struct nmt_params *p,
                          const struct nmt_params *g)
{
    const struct nmt_shape *s = d->shape;
    const size_t rows = d->batch->row[d->batch->B], D = nmt_shape_context(s), A = nmt_shape_key(s);
    if (s->attention != NMT_ADDITIVE && s->attention != NMT_GENERAL)
        return;
    if (g->att_b)
        nmt_kernels()->add_rows(g->att_b, d->dkeys, rows, A, A);
    const real *dp =
        nmt_norm_linear_backward(d->keys_norm, g->att_U_gain, d->dkeys, p->att_U_gain, rows);
    nmt_linear_backward_weights(g->att_U, NULL, dp, d->encoder->h, rows, D, A);
    nmt_linear_backward_input(d->encoder->dh, dp, p->att_U, rows, D, A, true);
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
                                    d->query_state, N, s->H_dec, s->A);
    keys_backward(d, p, g);
}
