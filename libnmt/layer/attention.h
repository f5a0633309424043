/*
 * The alignment model (paper, section 3.1 and appendix A.1.2), one decoder step for one sentence:
 *
 *     e_j     = v_a . tanh(q + u_j)       q = W_a s, u_j = U_a h_j      additive
 *             = q . u_j                   q = s, u_j = W_a h_j or h_j   general, dot
 *     alpha_j = exp(e_j) / sum_k exp(e_k)
 *     c       = sum_j alpha_j h_j
 *
 * The keys u_j do not depend on the decoder: they are made once for a sentence.
 */
#ifndef NMT_ATTENTION_H
#define NMT_ATTENTION_H

#include <nmt/real.h>

#include <stddef.h>

/** What a sentence offers to the decoder. */
struct nmt_attended {
    size_t S, A, D;
    const real *keys; /* [S][A] u_j */
    const real *h;    /* [S][D] annotations */
};

/** alpha [S] and c [D] are written. q [A]; v [A] for additive scores, NULL for products. */
void nmt_attention_forward(real *alpha, real *c, const struct nmt_attended *s, const real *q,
                           const real *v);

/**
 * Backward of the same step.
 *   dq     [A]     written
 *   dkeys  [S][A]  added to
 *   dv     [A]     added to (additive)
 *   dh     [S][D]  added to: through the context only
 *   de     [S]     scratch
 *   dalpha [S]     what else there is of the gradient of alpha; NULL: nothing
 */
void nmt_attention_backward(real *dq, real *dkeys, real *dv, real *dh, real *de,
                            const struct nmt_attended *s, const real *alpha, const real *dalpha,
                            const real *dc, const real *q, const real *v);

#endif
