/* Recurrent units: GRU and LSTM, one step forward and back. The equations are in cell.h. */
#include "layer/cell.h"

#include "math/blas.h"
#include "math/kernels.h"

#include <string.h>

size_t nmt_cell_gates(enum nmt_cell cell)
{
    return cell == NMT_LSTM ? 4 : 3;
}

size_t nmt_cell_gates_on_state(enum nmt_cell cell)
{
    return cell == NMT_LSTM ? 4 : 2;
}

static void mask_state(const struct nmt_cell_step *s, size_t B, size_t H)
{
    if (s->mask)
        nmt_kernels()->product(s->hm, s->h, s->mask, B * H);
    else if (s->hm != s->h)
        memcpy(s->hm, s->h, B * H * sizeof *s->hm);
}

static void gru_forward(const struct nmt_cell_step *s, const real *U, size_t B, size_t H)
{
    const unsigned how = s->alone ? NMT_ADD | NMT_ALONE : NMT_ADD;
    const struct nmt_kernels *k = nmt_kernels();
    if (!s->entered)
        nmt_matmul_nt(s->a, 3 * H, s->hm, H, U, H, B, 2 * H, H, how);
    for (size_t b = 0; b < B; b++)
        k->gru_gates(s->a + b * 3 * H, s->rh + b * H, s->hm + b * H, H);
    nmt_matmul_nt(s->a + 2 * H, 3 * H, s->rh, H, U + 2 * H * H, H, B, H, H, how);
    for (size_t b = 0; b < B; b++)
        k->gru_output(s->h_new + b * H, s->a + b * 3 * H, s->h + b * H, H);
}

static void gru_backward(const struct nmt_cell_step *s, real *dh_prev, real *scratch,
                         const real *dh, const real *U, size_t B, size_t H)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t b = 0; b < B; b++)
        k->gru_output_backward(dh_prev + b * H, s->a + b * 3 * H, dh + b * H, s->h + b * H, H);
    nmt_matmul_nn(scratch, H, s->a + 2 * H, 3 * H, U + 2 * H * H, H, B, H, H, false);
    for (size_t b = 0; b < B; b++)
        k->gru_gates_backward(s->a + b * 3 * H, scratch + b * H, s->hm + b * H, H);
    nmt_matmul_nn(scratch, H, s->a, 3 * H, U, H, B, H, 2 * H, true);
}

static void lstm_forward(const struct nmt_cell_step *s, const real *U, size_t B, size_t H)
{
    const unsigned how = s->alone ? NMT_ADD | NMT_ALONE : NMT_ADD;
    const struct nmt_kernels *k = nmt_kernels();
    if (!s->entered)
        nmt_matmul_nt(s->a, 4 * H, s->hm, H, U, H, B, 4 * H, H, how);
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
    nmt_matmul_nn(scratch, H, s->a, 4 * H, U, H, B, H, 4 * H, false);
}

void nmt_cell_forward(enum nmt_cell cell, const struct nmt_cell_step *s, const real *U, size_t B,
                      size_t H)
{
    mask_state(s, B, H);
    if (cell == NMT_LSTM)
        lstm_forward(s, U, B, H);
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
                               const real *rh, size_t N, size_t H)
{
    size_t G = nmt_cell_gates(cell), on_state = nmt_cell_gates_on_state(cell);
    nmt_matmul_tn(dU, H, da, G * H, hm, H, on_state * H, H, N, true);
    if (cell == NMT_GRU)
        nmt_matmul_tn(dU + 2 * H * H, H, da + 2 * H, G * H, rh, H, H, H, N, true);
}
