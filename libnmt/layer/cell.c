/* Recurrent units: GRU and LSTM, one step forward and back. The equations are in cell.h. */
#include "layer/cell.h"

#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

size_t nmt_cell_gates(enum nmt_cell cell)
{
    return cell == NMT_LSTM ? 4 : 3;
}

static void mask_state(const struct nmt_cell_step *s, size_t B, size_t H)
{
    if (s->mask)
        nmt_kernels()->product(s->hm, s->h, s->mask, B * H);
    else if (s->hm != s->h)
        memcpy(s->hm, s->h, B * H * sizeof *s->hm);
}

/* a += U x for the gates [from, to) of G, each product normalised if that is asked for. */
static void add_from_state(const struct nmt_cell_step *s, const real *x, const real *U, size_t B,
                           size_t H, size_t G, size_t from, size_t to)
{
    const unsigned add = s->gain ? 0 : NMT_ADD;
    real *p = s->gain ? s->norm.xn : s->a;
    nmt_matmul_nt(p + from * H, G * H, x, H, U + from * H * H, H, B, (to - from) * H, H,
                  s->how | add);
    if (s->gain)
        nmt_norm_forward(s->a, s->norm, s->gain, B, from, to, true);
}

/* dx (+)= U^T da for those gates. */
static void gradient_to_state(const struct nmt_cell_step *s, real *dx, const real *U, size_t B,
                              size_t H, size_t G, size_t from, size_t to, unsigned add)
{
    const real *dp = s->gain ? s->norm.xn : s->a;
    if (s->gain)
        nmt_norm_backward(s->norm, s->dgain, s->a, s->gain, B, from, to);
    nmt_matmul_nn(dx, H, dp + from * H, G * H, U + from * H * H, H, B, H, (to - from) * H,
                  s->how | add);
}

static void gru_forward(const struct nmt_cell_step *s, const real *U, size_t B, size_t H)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t b = 0; b < B; b++)
        k->gru_gates(s->a + b * 3 * H, s->rh + b * H, s->hm + b * H, H);
    add_from_state(s, s->rh, U, B, H, 3, 2, 3);
    for (size_t b = 0; b < B; b++)
        k->gru_output(s->h_new + b * H, s->a + b * 3 * H, s->h + b * H, H);
}

static void gru_backward(const struct nmt_cell_step *s, real *dh_prev, real *scratch,
                         const real *dh, const real *U, size_t B, size_t H)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t b = 0; b < B; b++)
        k->gru_output_backward(dh_prev + b * H, s->a + b * 3 * H, dh + b * H, s->h + b * H, H);
    gradient_to_state(s, scratch, U, B, H, 3, 2, 3, 0);
    for (size_t b = 0; b < B; b++)
        k->gru_gates_backward(s->a + b * 3 * H, scratch + b * H, s->hm + b * H, H);
    gradient_to_state(s, scratch, U, B, H, 3, 0, 2, NMT_ADD);
}

static void lstm_forward(const struct nmt_cell_step *s, size_t B, size_t H)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t b = 0; b < B; b++)
        k->lstm_forward(s->h_new + b * H, s->c_new + b * H, s->a + b * 4 * H, s->c + b * H, H);
}

static void lstm_backward(const struct nmt_cell_step *s, real *dc, real *scratch, const real *dh,
                          const real *U, size_t B, size_t H)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t b = 0; b < B; b++)
        k->lstm_backward(dc + b * H, s->a + b * 4 * H, dh + b * H, dc + b * H, s->c_new + b * H,
                         s->c + b * H, H);
    gradient_to_state(s, scratch, U, B, H, 4, 0, 4, 0);
}

void nmt_cell_enter(enum nmt_cell cell, const struct nmt_cell_step *s, const real *U, size_t B,
                    size_t H)
{
    const size_t G = nmt_cell_gates(cell);
    add_from_state(s, s->hm, U, B, H, G, 0, cell == NMT_LSTM ? G : G - 1);
}

void nmt_cell_forward(enum nmt_cell cell, const struct nmt_cell_step *s, const real *U, size_t B,
                      size_t H)
{
    mask_state(s, B, H);
    if (!s->entered)
        nmt_cell_enter(cell, s, U, B, H);
    if (cell == NMT_LSTM)
        lstm_forward(s, B, H);
    else
        gru_forward(s, U, B, H);
}

void nmt_cell_backward(enum nmt_cell cell, const struct nmt_cell_step *s, real *dh_prev, real *dc,
                       real *scratch, const real *dh, const real *U, size_t B, size_t H)
{
    const struct nmt_kernels *k = nmt_kernels();
    if (cell == NMT_LSTM)
        lstm_backward(s, dc, scratch, dh, U, B, H);
    else
        gru_backward(s, dh_prev, scratch, dh, U, B, H);
    if (s->mask)
        k->scale_by(scratch, s->mask, B * H); /* hm = mask * h */
    k->axpy(dh_prev, 1, scratch, B * H);
}

void nmt_cell_backward_weights(enum nmt_cell cell, real *dU, const real *da, const real *hm,
                               const real *rh, size_t N, size_t H, unsigned how)
{
    size_t G = nmt_cell_gates(cell), on_state = cell == NMT_LSTM ? 4 : 2;
    nmt_matmul_tn(dU, H, da, G * H, hm, H, on_state * H, H, N, how | NMT_ADD);
    if (cell == NMT_GRU)
        nmt_matmul_tn(dU + 2 * H * H, H, da + 2 * H, G * H, rh, H, H, H, N, how | NMT_ADD);
}
