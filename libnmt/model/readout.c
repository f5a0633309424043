/* The deep output, forward and backward; see readout.h. */
#include "model/readout.h"

#include "layer/linear.h"
#include "layer/maxout.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

void nmt_readout_plan(struct nmt_readout *r, struct nmt_arena *arena, const struct nmt_shape *s,
                      size_t N)
{
    const size_t R = nmt_shape_readout(s);
    r->shape = s;
    r->pre = nmt_arena_take(arena, N * R, sizeof(real));
    r->t = nmt_arena_take(arena, N * s->L, sizeof(real));
    r->state = nmt_norm_plan(arena, s->layer_norm, N, R, R);
    r->word = nmt_norm_plan(arena, s->layer_norm, N, R, R);
    r->context = nmt_norm_plan(arena, s->layer_norm, N, R, R);
}

/* From pre to t. */
static void finish(const struct nmt_readout *r, size_t row, size_t N)
{
    const struct nmt_shape *s = r->shape;
    const size_t R = nmt_shape_readout(s);
    real *pre = r->pre + row * R, *t = r->t + row * s->L;
    if (s->readout == NMT_MAXOUT) {
        nmt_maxout_forward(t, pre, N, s->L);
    } else {
        nmt_kernels()->tanh(pre, pre, N * R);
        memcpy(t, pre, N * s->L * sizeof *t);
    }
}

void nmt_readout_forward(const struct nmt_readout *r, const struct nmt_params *p, const real *state,
                         const real *x, const real *context, size_t row, size_t N)
{
    const struct nmt_shape *s = r->shape;
    const size_t R = nmt_shape_readout(s), H = s->H_dec, E = s->E, D = nmt_shape_context(s);
    real *pre = r->pre + row * R;
    nmt_norm_linear_forward(pre, nmt_norm_from(r->word, row), x + row * E, p->read_V,
                            p->read_V_gain, p->read_b, N, E, s->products);
    nmt_norm_linear_forward(pre, nmt_norm_from(r->state, row), state + row * H, p->read_U,
                            p->read_U_gain, NULL, N, H, s->products | NMT_ADD);
    nmt_norm_linear_forward(pre, nmt_norm_from(r->context, row), context + row * D, p->read_C,
                            p->read_C_gain, NULL, N, D, s->products | NMT_ADD);
    finish(r, row, N);
}

void nmt_readout_search(const struct nmt_readout *r, const struct nmt_params *p, const real *state,
                        const real *context, size_t ld, size_t N)
{
    nmt_norm_linear_forward(r->pre, r->state, state, p->read_U, p->read_U_gain, NULL, N,
                            r->shape->H_dec, NMT_ALONE | NMT_ADD);
    nmt_norm_take(r->pre, r->context, context, ld, p->read_C_gain, N, true);
    finish(r, 0, N);
}

void nmt_readout_backward(const struct nmt_readout *r, const struct nmt_params *p,
                          const struct nmt_params *g, const real *dt, real *dstate, real *dx,
                          real *dcontext, size_t row, size_t N)
{
    const struct nmt_shape *s = r->shape;
    const size_t R = nmt_shape_readout(s), H = s->H_dec, E = s->E, D = nmt_shape_context(s);
    real *pre = r->pre + row * R;
    dt += row * s->L;
    if (s->readout == NMT_MAXOUT)
        nmt_maxout_backward(pre, dt, N, s->L);
    else
        nmt_kernels()->tanh_backward(pre, dt, pre, N * R);
    const real *dp = nmt_norm_linear_backward(nmt_norm_from(r->state, row), g->read_U_gain, pre,
                                              p->read_U_gain, N);
    nmt_linear_backward_input(dstate + row * H, dp, p->read_U, N, H, R, s->products);
    dp = nmt_norm_linear_backward(nmt_norm_from(r->word, row), g->read_V_gain, pre, p->read_V_gain,
                                  N);
    nmt_linear_backward_input(dx + row * E, dp, p->read_V, N, E, R, s->products);
    dp = nmt_norm_linear_backward(nmt_norm_from(r->context, row), g->read_C_gain, pre,
                                  p->read_C_gain, N);
    nmt_linear_backward_input(dcontext + row * D, dp, p->read_C, N, D, R,
                              s->products | (s->feed ? NMT_ADD : 0));
}

void nmt_readout_weights(const struct nmt_readout *r, const struct nmt_params *g, const real *state,
                         const real *x, const real *context, size_t N)
{
    const struct nmt_shape *s = r->shape;
    const size_t R = nmt_shape_readout(s);
    const real *dp[3] = { r->pre, r->pre, r->pre };
    if (s->layer_norm) {
        dp[0] = r->state.xn;
        dp[1] = r->word.xn;
        dp[2] = r->context.xn;
    }
    nmt_linear_backward_weights(g->read_U, NULL, dp[0], state, N, s->H_dec, R, s->products);
    nmt_linear_backward_weights(g->read_V, NULL, dp[1], x, N, s->E, R, s->products);
    nmt_linear_backward_weights(g->read_C, NULL, dp[2], context, N, nmt_shape_context(s), R,
                                s->products);
    nmt_kernels()->add_rows(g->read_b, r->pre, N, R, R);
}
