/* A recurrent unit over packed rows; see unit.h. */
#include "model/unit.h"

#include "layer/linear.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

static real *numbers(struct nmt_arena *arena, size_t rows, size_t cols)
{
    return nmt_arena_take(arena, rows * cols, sizeof(real));
}

static size_t width(const struct nmt_unit_run *u)
{
    return nmt_cell_gates(u->cell) * u->H;
}

void nmt_unit_plan(struct nmt_unit_run *u, struct nmt_arena *arena, const struct nmt_shape *s,
                   size_t H, unsigned inputs, size_t N, size_t B, bool train)
{
    const size_t out = nmt_cell_gates(s->cell) * H;
    const bool norm = s->layer_norm;
    u->cell = s->cell;
    u->products = s->products;
    u->H = H;
    u->a = numbers(arena, N, out);
    u->h = numbers(arena, N, H);
    u->hm = numbers(arena, N, H);
    u->rh = s->cell == NMT_GRU ? numbers(arena, N, H) : NULL;
    u->c = s->cell == NMT_LSTM ? numbers(arena, N, H) : NULL;
    u->mask = train ? numbers(arena, B, H) : NULL;
    u->W = nmt_norm_plan(arena, norm && (inputs & NMT_FROM_BELOW), N, out, H);
    u->U = nmt_norm_plan(arena, norm, N, out, H);
    u->C = nmt_norm_plan(arena, norm && (inputs & NMT_FROM_CONTEXT), N, out, H);
    u->F = nmt_norm_plan(arena, norm && (inputs & NMT_FROM_FEED), N, out, H);
}

/* One of a unit's inputs: its matrix, its gain, and what was kept of it. */
struct entry {
    real *M, *gain;
    struct nmt_norm norm;
};

static struct entry entry_of(const struct nmt_unit_run *u, const struct nmt_unit *w,
                             enum nmt_unit_input what, size_t row)
{
    switch (what) {
    case NMT_FROM_BELOW:
        return (struct entry){ w->W, w->W_gain, nmt_norm_from(u->W, row) };
    case NMT_FROM_CONTEXT:
        return (struct entry){ w->C, w->C_gain, nmt_norm_from(u->C, row) };
    case NMT_FROM_FEED:
        break;
    }
    return (struct entry){ w->F, w->F_gain, nmt_norm_from(u->F, row) };
}

void nmt_unit_read(const struct nmt_unit_run *u, const struct nmt_unit *w, enum nmt_unit_input what,
                   const real *x, size_t in, size_t row, size_t N, unsigned how)
{
    how |= u->products;
    const struct entry e = entry_of(u, w, what, row);
    const bool first = what == NMT_FROM_BELOW || (what == NMT_FROM_CONTEXT && !w->W);
    nmt_norm_linear_forward(u->a + row * width(u), e.norm, x, e.M, e.gain, first ? w->b : NULL, N,
                            in, first ? how : how | NMT_ADD);
}

void nmt_unit_take(const struct nmt_unit_run *u, const struct nmt_unit *w, enum nmt_unit_input what,
                   const real *p, size_t ldp, size_t row, size_t N)
{
    const struct entry e = entry_of(u, w, what, row);
    const bool first = what == NMT_FROM_BELOW || (what == NMT_FROM_CONTEXT && !w->W);
    if (first)
        nmt_unit_read_nothing(u, w, row, N);
    nmt_norm_take(u->a + row * width(u), e.norm, p, ldp, e.gain, N, true);
}

void nmt_unit_read_nothing(const struct nmt_unit_run *u, const struct nmt_unit *w, size_t row,
                           size_t N)
{
    for (size_t i = row; i < row + N; i++)
        memcpy(u->a + i * width(u), w->b, width(u) * sizeof *u->a);
}

void nmt_unit_read_backward(const struct nmt_unit_run *u, const struct nmt_unit *w,
                            const struct nmt_unit *g, enum nmt_unit_input what, real *dx, size_t in,
                            size_t row, size_t N, bool add)
{
    const struct entry e = entry_of(u, w, what, row), de = entry_of(u, g, what, row);
    const real *dp = nmt_norm_linear_backward(e.norm, de.gain, u->a + row * width(u), e.gain, N);
    if (dx)
        nmt_linear_backward_input(dx, dp, e.M, N, in, width(u), u->products | (add ? NMT_ADD : 0));
}

void nmt_unit_read_weights(const struct nmt_unit_run *u, const struct nmt_unit *g,
                           enum nmt_unit_input what, const real *x, size_t in, size_t row, size_t N)
{
    const struct entry e = entry_of(u, g, what, row);
    const real *dp = e.norm.xn ? e.norm.xn : u->a + row * width(u);
    nmt_linear_backward_weights(e.M, NULL, dp, x, N, in, width(u), u->products);
}

static struct nmt_cell_step step_of(const struct nmt_unit_run *u, const struct nmt_unit *w,
                                    const struct nmt_unit_rows *r)
{
    const size_t at = r->row * u->H;
    return (struct nmt_cell_step){
        .h_new = u->h + at,
        .c_new = u->c ? u->c + at : NULL,
        .a = u->a + r->row * width(u),
        .hm = r->alone ? (real *)(uintptr_t)r->h : u->hm + at, /* nothing is kept or masked */
        .rh = u->rh ? u->rh + at : NULL,
        .h = r->h,
        .c = r->c,
        .mask = r->dropout ? u->mask : NULL,
        .how = u->products | (r->alone ? NMT_ALONE : 0),
        .entered = r->entered,
        .norm = nmt_norm_from(u->U, r->row),
        .gain = w->U_gain,
    };
}

void nmt_unit_enter(const struct nmt_unit_run *u, const struct nmt_unit *w, const real *h, size_t B,
                    unsigned how)
{
    const struct nmt_cell_step step = { .a = u->a,
                                        .hm = (real *)(uintptr_t)h, /* is read */
                                        .how = how & NMT_ALONE,
                                        .norm = u->U,
                                        .gain = w->U_gain };
    nmt_cell_enter(u->cell, &step, w->U, B, u->H);
}

void nmt_unit_forward(const struct nmt_unit_run *u, const struct nmt_unit *w,
                      const struct nmt_unit_rows *r)
{
    const struct nmt_cell_step step = step_of(u, w, r);
    nmt_cell_forward(u->cell, &step, w->U, r->B, u->H);
}

void nmt_unit_backward(const struct nmt_unit_run *u, const struct nmt_unit *w,
                       const struct nmt_unit *g, const struct nmt_unit_rows *r, real *carry,
                       real *dc, const struct nmt_unit_scratch *space)
{
    const size_t n = r->B * u->H;
    struct nmt_cell_step step = step_of(u, w, r);
    step.dgain = g->U_gain;
    memset(space->next, 0, n * sizeof *space->next);
    nmt_cell_backward(u->cell, &step, space->next, dc, space->scratch, carry, w->U, r->B, u->H);
    memcpy(carry, space->next, n * sizeof *carry);
}

void nmt_unit_weights(const struct nmt_unit_run *u, const struct nmt_unit *g, size_t row, size_t N)
{
    const size_t at = row * u->H, out = width(u);
    const real *da = u->a + row * out;
    nmt_cell_backward_weights(u->cell, g->U, u->U.xn ? u->U.xn + row * out : da, u->hm + at,
                              u->rh ? u->rh + at : NULL, N, u->H, u->products);
    nmt_kernels()->add_rows(g->b, da, N, out, out);
}
