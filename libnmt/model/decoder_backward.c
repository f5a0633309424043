/* The decoder, backward: each step undoes decoder.c's forward_step in reverse. */
#include "model/decoder.h"

#include "layer/embedding.h"
#include "layer/linear.h"
#include "layer/maxout.h"
#include "math/kernels.h"

#include <string.h>

/* pre = U_o s + V_o E y + C_o c + b_t, all steps at once; d->dt is given. */
static void readout_backward(struct nmt_decoder *d, const struct nmt_params *p,
                             const struct nmt_params *g)
{
    const struct nmt_shape *s = d->shape;
    const size_t N = d->batch->target.N, R = nmt_shape_readout(s), D = nmt_shape_context(s);
    if (d->dropout)
        nmt_kernels()->scale_by(d->dt, d->mask_readout, N * s->L);
    if (s->readout == NMT_MAXOUT)
        nmt_maxout_backward(d->pre, d->dt, N, s->L);
    else
        nmt_kernels()->tanh_backward(d->pre, d->dt, d->pre, N * R);
    nmt_linear_backward_weights(g->read_U, g->read_b, d->pre, d->read_state, N, s->H_dec, R);
    nmt_linear_backward_weights(g->read_V, NULL, d->pre, d->x, N, s->E, R);
    nmt_linear_backward_weights(g->read_C, NULL, d->pre, d->context, N, D, R);
    nmt_linear_backward_input(d->dread, d->pre, p->read_U, N, s->H_dec, R, false);
    nmt_linear_backward_input(d->dx, d->pre, p->read_V, N, s->E, R, false);
    nmt_linear_backward_input(d->dcontext, d->pre, p->read_C, N, D, R, false);
}

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
        nmt_linear_backward_input(ds, d->dq + first * A, p->att_W, B, H, A, true);
    else if (s->attention != NMT_NO_ATTENTION) /* q = s */
        nmt_kernels()->axpy(ds, 1, d->dq + first * A, B * A);
}

/*
 * The unit of step t, given dh [B][H] of its new state: `before` [B][H] becomes the gradient of the
 * state it started from; the context that entered gets its share.
 */
static void unit_backward(struct nmt_decoder *d, const struct nmt_unit *w, bool second, size_t t,
                          real *before, const real *dh)
{
    const struct nmt_shape *s = d->shape;
    const size_t *at = d->batch->target.at, B = at[t + 1] - at[t];
    const size_t D = nmt_shape_context(s), H = s->H_dec, out = nmt_cell_gates(s->cell) * H;
    struct nmt_cell_step step = nmt_decoder_unit_step(d, second, t);
    memset(before, 0, B * H * sizeof *before);
    nmt_cell_backward(s->cell, &step, before, d->carry_c, d->scratch, dh, w->U, B, H);
    if (w->C) {
        size_t from = s->order == NMT_ORDER_CODE ? at[t - 1] : at[t];
        nmt_linear_backward_input(d->dcontext + from * D, step.a, w->C, B, D, out, true);
    }
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
        unit_backward(d, &p->decoder, false, t, d->next, d->carry);
        break;
    case NMT_ORDER_TEXT: /* attend, unit, predict */
        k->axpy(d->carry, 1, dread, n);
        unit_backward(d, &p->decoder, false, t, d->next, d->carry);
        attend_backward(d, p, g, d->next, t);
        break;
    case NMT_ORDER_APPENDIX: /* attend, predict, unit */
        unit_backward(d, &p->decoder, false, t, d->next, d->carry);
        attend_backward(d, p, g, d->next, t);
        k->axpy(d->next, 1, dread, n);
        break;
    case NMT_ORDER_CGRU: /* unit, attend, second unit, predict */
        k->axpy(d->carry, 1, dread, n);
        unit_backward(d, &p->second, true, t, d->middle, d->carry);
        attend_backward(d, p, g, d->middle, t);
        unit_backward(d, &p->decoder, false, t, d->next, d->middle);
        break;
    }
    memcpy(d->carry, d->next, n * sizeof *d->carry);
}

/* s_0 = tanh(W_s x + b_s), x the last annotation part of the first word. */
static void start_backward(struct nmt_decoder *d, const struct nmt_params *p,
                           const struct nmt_params *g)
{
    const struct nmt_shape *s = d->shape;
    const size_t B = d->batch->B, H = s->H_dec, D = nmt_shape_context(s);
    const size_t width = s->cell == NMT_LSTM ? 2 * H : H;
    for (size_t b = 0; b < B; b++) {
        memcpy(d->dstart + b * width, d->carry + b * H, H * sizeof(real));
        if (s->cell == NMT_LSTM)
            memcpy(d->dstart + b * width + H, d->carry_c + b * H, H * sizeof(real));
    }
    nmt_kernels()->tanh_backward(d->dstart, d->dstart, d->start, B * width);
    nmt_linear_backward_weights(g->init_W, g->init_b, d->dstart, d->start_x, B, s->H_enc, width);
    nmt_linear_backward_input(d->dstart_x, d->dstart, p->init_W, B, s->H_enc, width, false);
    for (size_t b = 0; b < B; b++)
        nmt_kernels()->axpy(d->encoder->dh + d->batch->row[b] * D + (D - s->H_enc), 1,
                            d->dstart_x + b * s->H_enc, s->H_enc);
}

static void unit_backward_weights(struct nmt_decoder *d, const struct nmt_unit *grad,
                                  const struct nmt_unit_run *u, const real *x, size_t first)
{
    const struct nmt_shape *s = d->shape;
    const size_t N = d->batch->target.N - first, H = s->H_dec, D = nmt_shape_context(s);
    const size_t out = nmt_cell_gates(s->cell) * H;
    const real *da = u->a + first * out;
    nmt_cell_backward_weights(s->cell, grad->U, da, u->hm + first * H,
                              u->rh ? u->rh + first * H : NULL, N, H);
    nmt_kernels()->add_rows(grad->b, da, N, out, out);
    if (grad->W)
        nmt_linear_backward_weights(grad->W, NULL, da, x + first * s->E, N, s->E, out);
    if (grad->C)
        nmt_linear_backward_weights(grad->C, NULL, da, d->context_in + first * D, N, D, out);
}

/* u_j = U_a h_j (additive, general); for dot the keys' gradient is the annotations'. */
static void keys_backward(struct nmt_decoder *d, const struct nmt_params *p,
                          const struct nmt_params *g)
{
    const struct nmt_shape *s = d->shape;
    const size_t rows = d->batch->row[d->batch->B], D = nmt_shape_context(s), A = nmt_shape_key(s);
    if (s->attention != NMT_ADDITIVE && s->attention != NMT_GENERAL)
        return;
    nmt_linear_backward_weights(g->att_U, NULL, d->dkeys, d->encoder->h, rows, D, A);
    nmt_linear_backward_input(d->encoder->dh, d->dkeys, p->att_U, rows, D, A, true);
}

void nmt_decoder_backward(struct nmt_decoder *d, const struct nmt_params *p,
                          const struct nmt_params *g)
{
    const struct nmt_shape *s = d->shape;
    const size_t N = d->batch->target.N, B = d->batch->B, first = nmt_decoder_first_row(d);
    const size_t rows = d->batch->row[B], out = nmt_cell_gates(s->cell) * s->H_dec;
    memset(d->encoder->dh, 0, rows * nmt_shape_context(s) * sizeof(real));
    if (s->attention != NMT_NO_ATTENTION)
        memset(d->dkeys, 0, rows * nmt_shape_key(s) * sizeof(real));
    memset(d->carry, 0, B * s->H_dec * sizeof(real));
    memset(d->carry_c, 0, B * s->H_dec * sizeof(real));
    readout_backward(d, p, g);
    for (size_t t = d->batch->target.T; t-- > 0;)
        backward_step(d, p, g, t);
    start_backward(d, p, g);

    unit_backward_weights(d, &g->decoder, &d->unit, d->x, first);
    if (s->order == NMT_ORDER_CGRU)
        unit_backward_weights(d, &g->second, &d->second, d->x, 0);
    nmt_linear_backward_input(d->dx + first * s->E, d->unit.a + first * out, p->decoder.W,
                              N - first, s->E, out, true);
    nmt_decoder_drop_words(d, d->dx);
    nmt_embedding_backward(g->target_embedding, d->dx, d->batch->previous, N, s->E);
    if (s->attention == NMT_ADDITIVE)
        nmt_linear_backward_weights(g->att_W, NULL, d->dq, d->query_state, N, s->H_dec, s->A);
    keys_backward(d, p, g);
}
