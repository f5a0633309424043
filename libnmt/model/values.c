/* Annotations as the decoder's matrices see them; see values.h. */
#include "model/values.h"

#include "layer/cell.h"
#include "math/blas.h"
#include "model/readout.h"

/* The matrix that reads the context in a layer; NULL: none does. */
static const real *reader(const struct nmt_shape *s, const struct nmt_params *p, size_t layer)
{
    if (layer == 0 && s->order == NMT_ORDER_CGRU)
        return p->second.C;
    return p->decoder[layer].first.C;
}

struct nmt_values nmt_values_plan(const struct nmt_shape *s, const struct nmt_params *p)
{
    struct nmt_values v = { .width = 0 };
    for (size_t layer = 0; layer <= s->decoder_above; layer++) {
        v.of_layer[layer] = v.width;
        v.width += reader(s, p, layer) ? nmt_cell_gates(s->cell) * s->H_dec : 0;
    }
    v.of_readout = v.width;
    v.width += nmt_shape_readout(s);
    return v;
}

void nmt_values_forward(real *values, const struct nmt_values *v, const struct nmt_shape *s,
                        const struct nmt_params *p, const real *h, size_t rows)
{
    const size_t D = nmt_shape_context(s), out = nmt_cell_gates(s->cell) * s->H_dec;
    for (size_t layer = 0; layer <= s->decoder_above; layer++)
        if (reader(s, p, layer))
            nmt_matmul_nt(values + v->of_layer[layer], v->width, h, D, reader(s, p, layer), D, rows,
                          out, D, NMT_ALONE);
    nmt_matmul_nt(values + v->of_readout, v->width, h, D, p->read_C, D, rows, nmt_shape_readout(s),
                  D, NMT_ALONE);
}
