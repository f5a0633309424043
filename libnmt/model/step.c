/* The decoder one step at a time. */
#include "model/step.h"

#include "layer/linear.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <assert.h>
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
    d->from_parent = numbers(arena, rows, nmt_cell_gates(s->cell) * H);
    d->nth = nmt_arena_take(arena, rows, sizeof *d->nth);
    d->seen = nmt_arena_take(arena, rows, sizeof *d->seen);
    d->a = numbers(arena, rows, nmt_cell_gates(s->cell) * H);
    d->rh = lstm ? NULL : numbers(arena, rows, H);
    d->q = s->attention == NMT_ADDITIVE ? numbers(arena, rows, s->A) : NULL;
    d->pre = numbers(arena, rows, nmt_shape_readout(s));
    d->t = numbers(arena, rows, s->L);
    d->start_x = numbers(arena, rows, s->H_enc);
}

int nmt_step_word_table(struct nmt_word_table *w, const struct nmt_shape *s,
                        const struct nmt_params *p, struct nmt_err *err)
{
    const struct nmt_word_part part[NMT_WORD_PARTS] = {
        { p->decoder.W, p->decoder.b, nmt_cell_gates(s->cell) * s->H_dec },
        { p->read_V, p->read_b, nmt_shape_readout(s) },
    };
    return nmt_word_table_init(w, p->target_embedding, s->V_target, s->E, part, NMT_WORD_PARTS,
                               err);
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

/* Numbers the parents, puts their states (and contexts) into the first rows of *_in. */
static size_t gather_parents(struct nmt_step *d, const uint32_t *parent, size_t B)
{
    const size_t H = d->shape->H_dec, D = nmt_shape_context(d->shape);
    size_t n = 0;
    for (size_t b = 0; b < B; b++)
        d->seen[parent[b]] = UINT32_MAX;
    for (size_t b = 0; b < B; b++) {
        uint32_t *seen = &d->seen[parent[b]];
        if (*seen == UINT32_MAX) {
            memcpy(d->s_in + n * H, d->s + parent[b] * H, H * sizeof *d->s);
            if (d->context_in)
                memcpy(d->context_in + n * D, d->context + parent[b] * D, D * sizeof *d->context);
            *seen = (uint32_t)n++;
        }
        d->nth[b] = *seen;
    }
    return n;
}

/* a += C c + U s of the row's parent; c only if the unit reads the parent's. */
static void add_from_parents(struct nmt_step *d, const struct nmt_unit *w, const uint32_t *parent,
                             size_t B)
{
    const struct nmt_shape *s = d->shape;
    const size_t H = s->H_dec, out = nmt_cell_gates(s->cell) * H;
    const size_t n = gather_parents(d, parent, B);
    if (d->context_in)
        nmt_linear_forward(d->from_parent, d->context_in, w->C, NULL, n, nmt_shape_context(s), out,
                           NMT_ALONE);
    else
        memset(d->from_parent, 0, n * out * sizeof *d->from_parent);
    nmt_matmul_nt(d->from_parent, out, d->s_in, H, w->U, H, n, nmt_cell_gates_on_state(s->cell) * H,
                  H, NMT_ALONE | NMT_ADD);
    for (size_t b = 0; b < B; b++)
        nmt_kernels()->axpy(d->a + b * out, 1, d->from_parent + d->nth[b] * out, out);
}

/* The unit proper: h_new (and d->c) from h, of which U h has entered or not. */
static void unit(struct nmt_step *d, const struct nmt_unit *w, real *h_new, real *h, bool entered,
                 size_t B)
{
    const struct nmt_cell_step step = { .h_new = h_new,
                                        .c_new = d->c,
                                        .a = d->a,
                                        .hm = h,
                                        .rh = d->rh,
                                        .h = h,
                                        .c = d->c_in,
                                        .alone = true,
                                        .entered = entered };
    nmt_cell_forward(d->shape->cell, &step, w->U, B, d->shape->H_dec);
}

/* The unit that reads the word before; context: what it reads besides, NULL if a parent's. */
static void first_unit(struct nmt_step *d, const struct nmt_unit *w, real *h_new,
                       const real *context, const uint32_t *parent, size_t B)
{
    const struct nmt_shape *s = d->shape;
    const size_t H = s->H_dec;
    add_from_parents(d, w, parent, B);
    if (context)
        nmt_linear_forward(d->a, context, w->C, NULL, B, nmt_shape_context(s),
                           nmt_cell_gates(s->cell) * H, NMT_ALONE | NMT_ADD);
    gather(d->s_in, d->s, parent, B, H);
    unit(d, w, h_new, d->s_in, true, B);
}

/* The conditional GRU's other unit: reads the first one's state and the context. */
static void second_unit(struct nmt_step *d, const struct nmt_unit *w, size_t B)
{
    const struct nmt_shape *s = d->shape;
    nmt_linear_forward(d->a, d->context, w->C, w->b, B, nmt_shape_context(s),
                       nmt_cell_gates(s->cell) * s->H_dec, NMT_ALONE);
    unit(d, w, d->s, d->middle, false, B);
}

void nmt_step_forward(struct nmt_step *d, real *const *alpha, const struct nmt_source *src,
                      const struct nmt_params *p, const uint32_t *parent, const nmt_id *y,
                      const uint32_t *of, size_t B)
{
    const struct nmt_shape *s = d->shape;
    const size_t H = s->H_dec;
    const real *read = d->s;
    real *const of_words[NMT_WORD_PARTS] = { d->a, d->pre };
    nmt_word_table_read(d->words, of_words, y, B);
    gather(d->c_in, d->c, parent, B, H);
    switch (s->order) {
    case NMT_ORDER_CODE:
        if (y) {
            first_unit(d, &p->decoder, d->s, NULL, parent, B);
        } else { /* the start: row b is that of sentence b */
            assert(parent[B - 1] == B - 1);
        }
        nmt_decoder_attend(d->q, d->context, alpha, src, p, d->s, of, B);
        break;
    case NMT_ORDER_TEXT:
    case NMT_ORDER_APPENDIX:
        gather(d->s_in, d->s, parent, B, H);
        nmt_decoder_attend(d->q, d->context, alpha, src, p, d->s_in, of, B);
        first_unit(d, &p->decoder, d->s, d->context, parent, B);
        if (s->order == NMT_ORDER_APPENDIX)
            read = d->s_in;
        break;
    case NMT_ORDER_CGRU:
        first_unit(d, &p->decoder, d->middle, NULL, parent, B);
        nmt_decoder_attend(d->q, d->context, alpha, src, p, d->middle, of, B);
        second_unit(d, &p->second, B);
        break;
    }
    nmt_decoder_readout(d->pre, d->t, s, p, read, NULL, d->context, B, NMT_ALONE);
}

void nmt_step_logits(const struct nmt_step *d, real *logits, const struct nmt_params *p, size_t row,
                     size_t rows, size_t word, size_t words)
{
    const size_t L = d->shape->L;
    nmt_linear_forward(logits, d->t + row * L, p->out_W + word * L, p->out_b + word, rows, L, words,
                       NMT_ALONE);
}
