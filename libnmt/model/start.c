/* The states that the decoder starts from, forward and backward; see start.h. */
#include "model/start.h"

#include "layer/linear.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

static real *numbers(struct nmt_arena *arena, size_t rows, size_t cols)
{
    return nmt_arena_take(arena, rows * cols, sizeof(real));
}

struct nmt_start nmt_start_plan(struct nmt_arena *arena, const struct nmt_shape *s, size_t B,
                                bool train)
{
    const size_t width = nmt_shape_start(s), in = nmt_shape_start_in(s);
    struct nmt_start start = { .x = numbers(arena, B, in), .all = numbers(arena, B, width) };
    start.norm = nmt_norm_plan(arena, s->layer_norm, B, width, s->H_dec);
    start.dall = train ? numbers(arena, B, width) : NULL;
    start.dx = train ? numbers(arena, B, in) : NULL;
    return start;
}

/* x of sentence b. */
static void gather(real *x, const struct nmt_source *src, size_t b)
{
    const struct nmt_shape *s = src->shape;
    const size_t D = nmt_shape_context(s), in = nmt_shape_start_in(s), rows = src->row[b + 1];
    const real *first = src->h + src->row[b] * D;
    if (s->start == NMT_START_FIRST) {
        memcpy(x, first + nmt_shape_start_from(s), in * sizeof *x);
        return;
    }
    memset(x, 0, in * sizeof *x);
    for (size_t row = src->row[b]; row < rows; row++)
        nmt_kernels()->axpy(x, 1 / (real)(rows - src->row[b]), src->h + row * D, D);
}

static void scatter(real *dh, const real *dx, const struct nmt_source *src, size_t b)
{
    const struct nmt_shape *s = src->shape;
    const size_t D = nmt_shape_context(s), in = nmt_shape_start_in(s), rows = src->row[b + 1];
    if (s->start == NMT_START_FIRST) {
        nmt_kernels()->axpy(dh + src->row[b] * D + nmt_shape_start_from(s), 1, dx, in);
        return;
    }
    for (size_t row = src->row[b]; row < rows; row++)
        nmt_kernels()->axpy(dh + row * D, 1 / (real)(rows - src->row[b]), dx, D);
}

void nmt_start_forward(const struct nmt_start *start, real *const *s0, real *const *c0,
                       const struct nmt_source *src, const struct nmt_params *p)
{
    const struct nmt_shape *s = src->shape;
    const size_t H = s->H_dec, width = nmt_shape_start(s), each = width / (s->decoder_above + 1);
    const size_t in = nmt_shape_start_in(s);
    for (size_t b = 0; b < src->B; b++)
        gather(start->x + b * in, src, b);
    nmt_norm_linear_forward(start->all, start->norm, start->x, p->init_W, p->init_gain, p->init_b,
                            src->B, in, s->products | (src->alone ? NMT_ALONE : 0));
    nmt_kernels()->tanh(start->all, start->all, src->B * width);
    for (size_t layer = 0; layer <= s->decoder_above; layer++)
        for (size_t b = 0; b < src->B; b++) {
            const real *from = start->all + b * width + layer * each;
            memcpy(s0[layer] + b * H, from, H * sizeof *from);
            if (s->cell == NMT_LSTM)
                memcpy(c0[layer] + b * H, from + H, H * sizeof *from);
        }
}

void nmt_start_backward(const struct nmt_start *start, const struct nmt_source *src,
                        const struct nmt_params *p, const struct nmt_params *g,
                        const real *const *ds0, const real *const *dc0, real *dh)
{
    const struct nmt_shape *s = src->shape;
    const size_t H = s->H_dec, width = nmt_shape_start(s), each = width / (s->decoder_above + 1);
    const size_t B = src->B, in = nmt_shape_start_in(s);
    for (size_t layer = 0; layer <= s->decoder_above; layer++)
        for (size_t b = 0; b < B; b++) {
            real *to = start->dall + b * width + layer * each;
            memcpy(to, ds0[layer] + b * H, H * sizeof *to);
            if (s->cell == NMT_LSTM)
                memcpy(to + H, dc0[layer] + b * H, H * sizeof *to);
        }
    nmt_kernels()->tanh_backward(start->dall, start->dall, start->all, B * width);
    nmt_kernels()->add_rows(g->init_b, start->dall, B, width, width);
    const real *dp =
        nmt_norm_linear_backward(start->norm, g->init_gain, start->dall, p->init_gain, B);
    nmt_linear_backward_weights(g->init_W, NULL, dp, start->x, B, in, width, s->products);
    nmt_linear_backward_input(start->dx, dp, p->init_W, B, in, width, s->products);
    for (size_t b = 0; b < B; b++)
        scatter(dh, start->dx + b * in, src, b);
}
