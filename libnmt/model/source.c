/* The keys of the alignment model, u_j = U_a h_j, forward and backward; see source.h. */
#include "model/source.h"

#include "layer/linear.h"
#include "math/blas.h"
#include "math/kernels.h"

static bool has_keys(const struct nmt_shape *s)
{
    return s->attention == NMT_ADDITIVE || s->attention == NMT_GENERAL;
}

void nmt_keys_forward(real *keys, struct nmt_norm norm, const struct nmt_shape *s,
                      const struct nmt_params *p, const real *h, size_t rows, unsigned how)
{
    const size_t A = nmt_shape_key(s);
    if (!has_keys(s))
        return;
    nmt_norm_linear_forward(keys, norm, h, p->att_U, p->att_U_gain, NULL, rows,
                            nmt_shape_context(s), how | s->products);
    for (size_t i = 0; p->att_b && i < rows; i++)
        nmt_kernels()->axpy(keys + i * A, 1, p->att_b, A);
}

void nmt_source_keys(real *keys, const struct nmt_shape *s, const struct nmt_params *p,
                     const real *h, size_t rows, unsigned how)
{
    const size_t A = nmt_shape_key(s);
    nmt_keys_forward(keys, (struct nmt_norm){ A, A, keys, NULL }, s, p, h, rows, how);
}

void nmt_keys_backward(real *dkeys, struct nmt_norm norm, const struct nmt_source *src,
                       const struct nmt_params *p, const struct nmt_params *g, real *dh)
{
    const struct nmt_shape *s = src->shape;
    const size_t rows = src->row[src->B], D = nmt_shape_context(s), A = nmt_shape_key(s);
    if (!has_keys(s)) /* for dot the keys' gradient is the annotations' */
        return;
    if (g->att_b)
        nmt_kernels()->add_rows(g->att_b, dkeys, rows, A, A);
    const real *dp = nmt_norm_linear_backward(norm, g->att_U_gain, dkeys, p->att_U_gain, rows);
    nmt_linear_backward_weights(g->att_U, NULL, dp, src->h, rows, D, A, s->products);
    nmt_linear_backward_input(dh, dp, p->att_U, rows, D, A, s->products | NMT_ADD);
}
