/*
 * The deep output (paper, appendix A.2.2), from the decoder's state s, the word before y and the
 * context c to what the output layer reads:
 *
 *     pre = U_o s + V_o E y + C_o c + b_t     t = maxout or tanh of pre
 *
 * With layer normalisation each of the three products is normalised.
 */
#ifndef NMT_READOUT_H
#define NMT_READOUT_H

#include "layer/norm.h"
#include "model/params.h"

struct nmt_readout {
    const struct nmt_shape *shape;
    real *pre;                            /* [N][R], after backward its gradient */
    real *t;                              /* [N][L] */
    struct nmt_norm state, word, context; /* [N][R] of the products */
};

/** Lays out (or measures) the arrays for N rows. */
void nmt_readout_plan(struct nmt_readout *r, struct nmt_arena *arena, const struct nmt_shape *s,
                      size_t N);

/** N rows from `row` on; the arrays state, x and context begin at row 0. */
void nmt_readout_forward(const struct nmt_readout *r, const struct nmt_params *p, const real *state,
                         const real *x, const real *context, size_t row, size_t N);

/**
 * The same for a search: V_o E y + b_t is in pre already, context [N][ld] is C_o c, and no row
 * depends on the others.
 */
void nmt_readout_search(const struct nmt_readout *r, const struct nmt_params *p, const real *state,
                        const real *context, size_t ld, size_t N);

/**
 * Backward of those rows, given dt, which begins at row 0 like dstate, dx and dcontext, of which
 * the rows are written. With input feeding later steps have been at dcontext: it is added to.
 */
void nmt_readout_backward(const struct nmt_readout *r, const struct nmt_params *p,
                          const struct nmt_params *g, const real *dt, real *dstate, real *dx,
                          real *dcontext, size_t row, size_t N);

/** Gradients of the matrices over N rows, after nmt_readout_backward of all of them. */
void nmt_readout_weights(const struct nmt_readout *r, const struct nmt_params *g, const real *state,
                         const real *x, const real *context, size_t N);

#endif
