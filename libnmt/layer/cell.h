/*
 * Recurrent units. What enters from outside the recurrence (W x + C c + b) is made for all steps
 * at once by the caller; a unit adds the part that needs the state and combines.
 *
 * GRU (paper, appendix A.1.1; the reset gate multiplies the state BEFORE the matrix, z weights
 * the NEW value):
 *     z = sigma(a_z + U_z h)   r = sigma(a_r + U_r h)   h~ = tanh(a_h + U (r * h))
 *     h' = (1 - z) h + z h~
 * LSTM:
 *     i, f, o = sigma(a + U h)   g = tanh(a_g + U_g h)   c' = f c + i g   h' = o tanh(c')
 *
 * U is stacked in the order z r h, or i f o g: [G*H][H]. With layer normalisation each gate's
 * product with U is normalised (layer/norm.h) before it is added to what came from outside.
 */
#ifndef NMT_CELL_H
#define NMT_CELL_H

#include "layer/norm.h"

#include <nmt/kinds.h>
#include <nmt/real.h>

#include <stdbool.h>
#include <stddef.h>

/** Gates of a unit, G: 3 for a GRU, 4 for an LSTM. */
size_t nmt_cell_gates(enum nmt_cell cell);

/** The rows of one step. What is marked "kept" is what backward needs. */
struct nmt_cell_step {
    real *h_new;          /* [B][H] written */
    real *c_new;          /* [B][H] written, kept (LSTM) */
    real *a;              /* [B][G*H] read: outside inputs; becomes the gates, kept */
    real *hm;             /* [B][H] written unless it is h: the state as it enters U, kept */
    real *rh;             /* [B][H] written: r * hm, kept (GRU) */
    const real *h;        /* [B][H] the state before, kept */
    const real *c;        /* [B][H] its memory, kept (LSTM) */
    const real *mask;     /* [B][H] dropout of the state as it enters U; NULL: none */
    unsigned how;         /* of products: NMT_ALONE (forward only), NMT_ROUNDED */
    bool entered;         /* a has what nmt_cell_enter adds (forward only) */
    struct nmt_norm norm; /* [B][G*H] of the products with U, kept */
    const real *gain;     /* [G*H]; NULL: no normalisation */
    real *dgain;          /* [G*H] backward: added to */
};

/**
 * The first part of a step by itself: a += U h, of the gates that see h and not, as a GRU's
 * candidate, r * h. Needs a, hm, norm and gain only; hm is read. For rows that share their h.
 */
void nmt_cell_enter(enum nmt_cell cell, const struct nmt_cell_step *s, const real *U, size_t B,
                    size_t H);

/** One step forward for B rows. Cannot fail. */
void nmt_cell_forward(enum nmt_cell cell, const struct nmt_cell_step *s, const real *U, size_t B,
                      size_t H);

/**
 * One step backward: a becomes the gradient of the inputs of the gates.
 *   dh_prev  [B][H]  added to
 *   dc       [B][H]  read: gradient of c_new; overwritten by that of c (LSTM; else NULL)
 *   scratch  [B][H]
 *   dh       [B][H]  gradient of h_new
 * The gradient of U is left to nmt_cell_backward_weights, after the time loop.
 */
void nmt_cell_backward(enum nmt_cell cell, const struct nmt_cell_step *s, real *dh_prev, real *dc,
                       real *scratch, const real *dh, const real *U, size_t B, size_t H);

/**
 * dU [G*H][H] += the products over all N rows; da [N][G*H] (with normalisation norm.xn), hm and rh
 * as the steps left them. how: NMT_ROUNDED.
 */
void nmt_cell_backward_weights(enum nmt_cell cell, real *dU, const real *da, const real *hm,
                               const real *rh, size_t N, size_t H, unsigned how);

#endif
