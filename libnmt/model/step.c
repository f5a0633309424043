/* The decoder one step at a time. */
#include "model/step.h"

#include "layer/embedding.h"
#include "layer/linear.h"
#include "math/blas.h"

#include <string.h>

static real *numbers(struct nmt_arena *arena, size_t rows, size_t cols)
{
    return nmt_arena_take(arena, rows * cols, sizeof(real));
}

void nmt_step_plan(struct nmt_step *d, struct nmt_arena *arena, const struct nmt_shape *s,
                   size_t rows)
{
    const size_t H = s->H_dec, D = nmt_shape_context(s);
    const bool lstm = s->cell == NMT_LSTM;
    memset(d, 0, sizeof *d);
    d->shape = s;
    d->rows = rows;
    d->s = numbers(arena, rows, H);
    d->s_in = numbers(arena, rows, H);
    d->c = lstm ? numbers(arena, rows, H) : NULL;
    d->c_in = lstm ? numbers(arena, rows, H) : NULL;
    d->context = numbers(arena, rows, D);
    d->context_in = s->order == NMT_ORDER_CODE ? numbers(arena, rows, D) : NULL;
    d->middle = s->order == NMT_ORDER_CGRU ? numbers(arena, rows, H) : NULL;
    d->x = numbers(arena, rows, s->E);
    d->a = numbers(arena, rows, nmt_cell_gates(s->cell) * H);
    d->hm = numbers(arena, rows, H);
    d->rh = lstm ? NULL : numbers(arena, rows, H);
    d->q = s->attention == NMT_ADDITIVE ? numbers(arena, rows, s->A) : NULL;
    d->pre = numbers(arena, rows, nmt_shape_readout(s));
    d->t = numbers(arena, rows, s->L);
    d->start_x = numbers(arena, rows, s->H_enc);
}

void nmt_step_start(struct nmt_step *d, const struct nmt_source *src, const struct nmt_params *p)
{
    nmt_decoder_start(d->s, d->c, d->start_x, d->a, src, p);
}

static void gather(real *to, const real *from, const uint32_t *parent, size_t B, size_t n)
{
    for (size_t b = 0; to && b < B; b++)
        memcpy(to + b * n, from + parent[b] * n, n * sizeof *to);
}

/* f(h, y, context): the new state goes to d->s (and d->c), or to h_new in the first of two units.
 */
static void unit(struct nmt_step *d, const struct nmt_unit *w, real *h_new, const real *h,
                 const real *context, size_t B)
{
    const struct nmt_shape *s = d->shape;
    const size_t out = nmt_cell_gates(s->cell) * s->H_dec;
    const struct nmt_cell_step step = { .h_new = h_new,
                                        .c_new = d->c,
                                        .a = d->a,
                                        .hm = d->hm,
                                        .rh = d->rh,
                                        .h = h,
                                        .c = d->c_in,
                                        .alone = true };
    if (w->W)
        nmt_linear_forward(d->a, d->x, w->W, w->b, B, s->E, out, NMT_ALONE);
    if (w->C)
        nmt_linear_forward(d->a, context, w->C, w->W ? NULL : w->b, B, nmt_shape_context(s), out,
                           w->W ? NMT_ALONE | NMT_ADD : NMT_ALONE);
    nmt_cell_forward(s->cell, &step, w->U, B, s->H_dec);
}

void nmt_step_forward(struct nmt_step *d, real *const *alpha, const struct nmt_source *src,
                      const struct nmt_params *p, const uint32_t *parent, const nmt_id *y,
                      const uint32_t *of, size_t B)
{
    const struct nmt_shape *s = d->shape;
    const size_t H = s->H_dec;
    gather(d->s_in, d->s, parent, B, H);
    gather(d->c_in, d->c, parent, B, H);
    gather(d->context_in, d->context, parent, B, nmt_shape_context(s));
    if (y)
        nmt_embedding_forward(d->x, p->target_embedding, y, B, s->E);
    else
        memset(d->x, 0, B * s->E * sizeof *d->x);
    const real *read = d->s;
    switch (s->order) {
    case NMT_ORDER_CODE:
        if (y) {
            unit(d, &p->decoder, d->s, d->s_in, d->context_in, B);
        } else {
            memcpy(d->s, d->s_in, B * H * sizeof *d->s);
            if (d->c)
                memcpy(d->c, d->c_in, B * H * sizeof *d->c);
        }
        nmt_decoder_attend(d->q, d->context, alpha, src, p, d->s, of, B);
        break;
    case NMT_ORDER_TEXT:
    case NMT_ORDER_APPENDIX:
        nmt_decoder_attend(d->q, d->context, alpha, src, p, d->s_in, of, B);
        unit(d, &p->decoder, d->s, d->s_in, d->context, B);
        if (s->order == NMT_ORDER_APPENDIX)
            read = d->s_in;
        break;
    case NMT_ORDER_CGRU:
        unit(d, &p->decoder, d->middle, d->s_in, NULL, B);
        nmt_decoder_attend(d->q, d->context, alpha, src, p, d->middle, of, B);
        unit(d, &p->second, d->s, d->middle, d->context, B);
        break;
    }
    nmt_decoder_readout(d->pre, d->t, s, p, read, d->x, d->context, B, NMT_ALONE);
}

void nmt_step_logits(const struct nmt_step *d, real *logits, const struct nmt_params *p, size_t row,
                     size_t rows, size_t word, size_t words)
{
    const size_t L = d->shape->L;
    nmt_linear_forward(logits, d->t + row * L, p->out_W + word * L, p->out_b + word, rows, L, words,
                       NMT_ALONE);
}
