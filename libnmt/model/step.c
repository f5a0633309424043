/* The decoder one step at a time. */
#include "model/step.h"

#include "layer/linear.h"
#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

static real *numbers(struct nmt_arena *arena, size_t rows, size_t cols)
{
    return nmt_arena_take(arena, rows * cols, sizeof(real));
}

void nmt_step_plan(struct nmt_step *d, struct nmt_arena *arena, const struct nmt_shape *s,
                   const struct nmt_params *p, size_t rows)
{
    const size_t H = s->H_dec;
    const bool lstm = s->cell == NMT_LSTM, more = s->decoder_more > 0;
    memset(d, 0, sizeof *d);
    d->shape = s;
    d->rows = rows;
    for (size_t layer = 0; layer <= s->decoder_above; layer++) {
        d->s[layer] = numbers(arena, rows, H);
        d->s_in[layer] = numbers(arena, rows, H);
        d->c[layer] = lstm ? numbers(arena, rows, H) : NULL;
        d->c_in[layer] = lstm ? numbers(arena, rows, H) : NULL;
    }
    d->values = nmt_values_plan(s, p);
    d->context = numbers(arena, rows, d->values.width);
    d->nth = nmt_arena_take(arena, rows, sizeof *d->nth);
    d->seen = nmt_arena_take(arena, rows, sizeof *d->seen);
    d->parent_s = numbers(arena, rows, H);
    nmt_unit_plan(&d->parent, arena, s, H, NMT_FROM_CONTEXT, rows, 0, false);
    d->fed = s->feed ? numbers(arena, rows, s->L) : NULL;
    d->middle = s->order == NMT_ORDER_CGRU ? numbers(arena, rows, H) : NULL;
    d->spare = more ? numbers(arena, rows, H) : NULL;
    d->spare_c = more && lstm ? numbers(arena, rows, H) : NULL;
    d->out = s->decoder_above ? numbers(arena, rows, H) : NULL;
    nmt_unit_plan(&d->unit, arena, s, H, NMT_FROM_BELOW, rows, 0, false);
    d->unit.F = d->unit.C = d->unit.U = d->unit.W; /* none is kept */
    d->q = s->attention == NMT_ADDITIVE ? numbers(arena, rows, s->A) : NULL;
    d->q_norm =
        nmt_norm_plan(arena, s->layer_norm && s->attention == NMT_ADDITIVE, rows, s->A, s->A);
    nmt_readout_plan(&d->readout, arena, s, rows);
    d->start = nmt_start_plan(arena, s, rows, false);
}

int nmt_step_word_table(struct nmt_word_table *w, const struct nmt_shape *s,
                        const struct nmt_params *p, struct nmt_err *err)
{
    const struct nmt_unit *u = &p->decoder[0].first;
    const size_t out = nmt_cell_gates(s->cell) * s->H_dec, R = nmt_shape_readout(s);
    const struct nmt_word_part part[NMT_WORD_PARTS] = {
        { u->W, u->W_gain, u->b, out, s->H_dec }, { p->read_V, p->read_V_gain, p->read_b, R, R }
    };
    return nmt_word_table_init(w, p->target_embedding, s->V_target, s->E, part, NMT_WORD_PARTS,
                               err);
}

void nmt_step_start(struct nmt_step *d, const struct nmt_source *src, const struct nmt_params *p)
{
    nmt_start_forward(&d->start, d->s, d->c, src, p);
}

static void gather(real *to, const real *from, const uint32_t *parent, size_t B, size_t n)
{
    for (size_t b = 0; to && b < B; b++)
        memcpy(to + b * n, from + parent[b] * n, n * sizeof *to);
}

/* A state of B rows, with its memory (LSTM). */
struct state {
    real *h, *c;
};

/* What enters a unit; what has no matrix is not looked at. */
struct entering {
    const real *below; /* [B][in]; NULL: words, whose part is in the gates already */
    size_t in;
    const real *context; /* [B][values.width] from the layer's part on; NULL: the parents' */
};

/*
 * Numbers the parents and puts together their states and (code) what their contexts contribute to
 * the first unit, whose gates begin with that. Returns how many they are.
 */
static size_t gather_parents(struct nmt_step *d, const struct nmt_unit *w, const uint32_t *parent,
                             size_t B)
{
    const size_t H = d->shape->H_dec, out = nmt_cell_gates(d->shape->cell) * H;
    const real *context = d->context + d->values.of_layer[0];
    const bool code = d->shape->order == NMT_ORDER_CODE;
    size_t n = 0;
    for (size_t b = 0; b < B; b++)
        d->seen[parent[b]] = UINT32_MAX;
    for (size_t b = 0; b < B; b++) {
        uint32_t *seen = &d->seen[parent[b]];
        if (*seen == UINT32_MAX) {
            memcpy(d->parent_s + n * H, d->s[0] + parent[b] * H, H * sizeof(real));
            memset(d->parent.a + n * out, 0, out * sizeof(real));
            if (code)
                nmt_unit_take(&d->parent, w, NMT_FROM_CONTEXT,
                              context + parent[b] * d->values.width, 0, n, 1);
            *seen = (uint32_t)n++;
        }
        d->nth[b] = *seen;
    }
    return n;
}

/* What the parents contribute to the first unit: d->parent.a. */
static void run_parents(struct nmt_step *d, const struct nmt_unit *w, const uint32_t *parent,
                        size_t B)
{
    const size_t n = gather_parents(d, w, parent, B);
    nmt_unit_enter(&d->parent, w, d->parent_s, n, NMT_ALONE);
}

static void add_parents(struct nmt_step *d, size_t B)
{
    const size_t out = nmt_cell_gates(d->shape->cell) * d->shape->H_dec;
    for (size_t b = 0; b < B; b++)
        nmt_kernels()->axpy(d->unit.a + b * out, 1, d->parent.a + d->nth[b] * out, out);
}

static void unit(struct nmt_step *d, const struct nmt_unit *w, struct state from, struct state to,
                 const struct entering *x, size_t B)
{
    const bool words = w->W && !x->below;
    const struct nmt_unit_rows rows = {
        .B = B, .h = from.h, .c = from.c, .alone = true, .entered = words
    };
    struct nmt_unit_run run = d->unit;
    run.h = to.h;
    run.c = to.c;
    if (words)
        add_parents(d, B);
    else if (w->W)
        nmt_unit_read(&run, w, NMT_FROM_BELOW, x->below, x->in, 0, B, NMT_ALONE);
    if (w->C && x->context)
        nmt_unit_take(&run, w, NMT_FROM_CONTEXT, x->context, d->values.width, 0, B);
    if (w->F)
        nmt_unit_read(&run, w, NMT_FROM_FEED, d->fed, d->shape->L, 0, B, NMT_ALONE);
    if (!w->W && !w->C)
        nmt_unit_read_nothing(&run, w, 0, B);
    nmt_unit_forward(&run, w, &rows);
}

/* The first of a layer's units (or the second of cgru), then the rest; the last writes its state.
 */
static void column(struct nmt_step *d, size_t layer, const struct nmt_unit *first,
                   const struct nmt_column *rest, struct state from, const struct entering *x,
                   size_t B)
{
    const struct state last = { d->s[layer], d->c[layer] }, spare = { d->spare, d->spare_c };
    for (size_t left = d->shape->decoder_more + 1; left-- > 0;) {
        const struct state to = left % 2 ? spare : last;
        unit(d, first, from, to, x, B);
        from = to;
        first = &rest->more[d->shape->decoder_more - left];
    }
}

/* The first step of `code` takes the states as they are. */
static void gather_start(struct nmt_step *d, size_t B)
{
    memcpy(d->s[0], d->s_in[0], B * d->shape->H_dec * sizeof(real));
    if (d->c[0])
        memcpy(d->c[0], d->c_in[0], B * d->shape->H_dec * sizeof(real));
}

/* The first layer: what predicts is returned. */
static const real *first_layer(struct nmt_step *d, real *const *alpha, const struct nmt_source *src,
                               const struct nmt_params *p, bool first_step, const uint32_t *of,
                               size_t B)
{
    const struct nmt_shape *s = d->shape;
    const struct nmt_column *w = &p->decoder[0];
    const struct state before = { d->s_in[0], d->c_in[0] }, middle = { d->middle, NULL };
    struct entering x = { NULL, 0, d->context };
    switch (s->order) {
    case NMT_ORDER_CODE:
        x.context = NULL;
        if (!first_step)
            column(d, 0, &w->first, w, before, &x, B);
        else
            gather_start(d, B);
        nmt_decoder_attend(d->q, d->q_norm, d->context, alpha, src, p, d->s[0], of, B);
        return d->s[0];
    case NMT_ORDER_TEXT:
    case NMT_ORDER_APPENDIX:
        nmt_decoder_attend(d->q, d->q_norm, d->context, alpha, src, p, before.h, of, B);
        column(d, 0, &w->first, w, before, &x, B);
        return s->order == NMT_ORDER_APPENDIX ? before.h : d->s[0];
    case NMT_ORDER_CGRU:
        unit(d, &w->first, before, middle, &x, B);
        nmt_decoder_attend(d->q, d->q_norm, d->context, alpha, src, p, d->middle, of, B);
        column(d, 0, &p->second, w, middle, &x, B);
        break;
    }
    return d->s[0];
}

/* The layers above, on what the first one offers. */
static const real *layers_above(struct nmt_step *d, const struct nmt_params *p, const real *below,
                                size_t B)
{
    const size_t H = d->shape->H_dec;
    for (size_t layer = 1; layer <= d->shape->decoder_above; layer++) {
        const struct nmt_column *w = &p->decoder[layer];
        const struct entering x = { below, H, d->context + d->values.of_layer[layer] };
        column(d, layer, &w->first, w, (struct state){ d->s_in[layer], d->c_in[layer] }, &x, B);
        for (size_t i = 0; d->shape->residual && i < B * H; i++)
            d->out[i] = d->s[layer][i] + below[i];
        below = d->shape->residual ? d->out : d->s[layer];
    }
    return below;
}

void nmt_step_forward(struct nmt_step *d, real *const *alpha, const struct nmt_source *src,
                      const struct nmt_params *p, const uint32_t *parent, const nmt_id *y,
                      const uint32_t *of, size_t B)
{
    const struct nmt_shape *s = d->shape;
    for (size_t layer = 0; layer <= s->decoder_above; layer++) {
        gather(d->s_in[layer], d->s[layer], parent, B, s->H_dec);
        gather(d->c_in[layer], d->c[layer], parent, B, s->H_dec);
    }
    if (y || s->order != NMT_ORDER_CODE) /* whose first step is no step of the unit */
        run_parents(d, &p->decoder[0].first, parent, B);
    if (y)
        gather(d->fed, d->readout.t, parent, B, s->L);
    else if (d->fed)
        memset(d->fed, 0, B * s->L * sizeof *d->fed);
    nmt_word_table_read(d->words, (real *[]){ d->unit.a, d->readout.pre }, y, B);
    const real *read = first_layer(d, alpha, src, p, !y, of, B);
    read = layers_above(d, p, read, B);
    nmt_readout_search(&d->readout, p, read, d->context + d->values.of_readout, d->values.width, B);
}

void nmt_step_logits(const struct nmt_step *d, real *logits, const struct nmt_params *p, size_t row,
                     size_t rows, size_t word, size_t words)
{
    const size_t L = d->shape->L;
    nmt_linear_forward(logits, d->readout.t + row * L, p->out_W + word * L, p->out_b + word, rows,
                       L, words, NMT_ALONE);
}
