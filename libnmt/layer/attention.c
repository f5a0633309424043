/* The alignment model: scores, softmax, context; the equations are in attention.h. */
#include "layer/attention.h"

#include "math/kernels.h"

#include <string.h>

void nmt_attention_forward(real *alpha, real *c, const struct nmt_attended *s, const real *q,
                           const real *v)
{
    const struct nmt_kernels *k = nmt_kernels();
    if (v)
        k->additive_scores(alpha, q, s->keys, v, s->S, s->A); /* e_j = v . tanh(q + u_j) */
    else
        for (size_t j = 0; j < s->S; j++)
            alpha[j] = k->dot(q, s->keys + j * s->A, s->A); /* e_j = q . u_j */
    k->softmax(alpha, s->S);
    k->context(c, alpha, s->h, s->S, s->D); /* c = sum_j alpha_j h_j */
}

void nmt_attention_backward(real *dq, real *dkeys, real *dv, real *dh, real *de,
                            const struct nmt_attended *s, const real *alpha, const real *dalpha,
                            const real *dc, const real *q, const real *v)
{
    const struct nmt_kernels *k = nmt_kernels();

    /* c = sum_j alpha_j h_j:  dalpha_j = dc . h_j,  dh_j += alpha_j dc */
    k->context_backward(de, dh, alpha, dc, s->h, s->S, s->D);
    if (dalpha)
        k->axpy(de, 1, dalpha, s->S);

    /* alpha = softmax(e):  de_j = alpha_j (dalpha_j - sum_k alpha_k dalpha_k) */
    real mean = k->dot(alpha, de, s->S);
    for (size_t j = 0; j < s->S; j++)
        de[j] = alpha[j] * (de[j] - mean);

    if (v) {
        /* e_j = v . tanh(q + u_j) */
        k->additive_backward(dkeys, dq, dv, de, q, s->keys, v, s->S, s->A);
        return;
    }
    /* e_j = q . u_j:  dq += de_j u_j,  du_j += de_j q */
    memset(dq, 0, s->A * sizeof *dq);
    for (size_t j = 0; j < s->S; j++) {
        k->axpy(dq, de[j], s->keys + j * s->A, s->A);
        k->axpy(dkeys + j * s->A, de[j], q, s->A);
    }
}
