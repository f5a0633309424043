/*
 * What a search reads of source sentences instead of their annotations. A matrix M that reads the
 * context gets
 *
 *     M c  =  M sum_j alpha_j h_j  =  sum_j alpha_j M h_j
 *
 * and M h_j does not depend on the hypothesis: the values M h_j are made once for a sentence, in
 * one product for all matrices that read the context, and attention sums these. For K hypotheses of
 * T words over S source words that is S products with M instead of K T.
 */
#ifndef NMT_VALUES_H
#define NMT_VALUES_H

#include "model/params.h"

/** Where the parts of a value stand: of each decoder layer's unit, and of the readout. */
struct nmt_values {
    size_t width, of_layer[NMT_LAYERS_MAX], of_readout;
};

struct nmt_values nmt_values_plan(const struct nmt_shape *s, const struct nmt_params *p);

/** values [rows][width] of the annotations h [rows][D]. A row does not depend on the others. */
void nmt_values_forward(real *values, const struct nmt_values *v, const struct nmt_shape *s,
                        const struct nmt_params *p, const real *h, size_t rows);

#endif
