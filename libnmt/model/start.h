/*
 * The states that the decoder starts from, one for each of its layers:
 *
 *     s_0 = tanh(W_s x + b_s)        and the same for cell_0 (LSTM)
 *
 * where x is a part of the first word's annotation, the state of the encoder that has read the
 * whole sentence (the paper's <-h_1), or the mean of all annotations (dl4mt, Nematus). With layer
 * normalisation each layer's product is normalised. All layers are one product.
 */
#ifndef NMT_START_H
#define NMT_START_H

#include "model/source.h"

struct nmt_start {
    real *x;              /* [B][nmt_shape_start_in] */
    real *all;            /* [B][nmt_shape_start] s_0 and cell_0 of each layer beside each other */
    struct nmt_norm norm; /* the same of the product, with layer normalisation */
    real *dall, *dx;      /* their gradients; training */
};

/** Lays out (or measures) the arrays for B sentences. */
struct nmt_start nmt_start_plan(struct nmt_arena *arena, const struct nmt_shape *s, size_t B,
                                bool train);

/** s0 [B][H] (and c0: LSTM) of each layer. */
void nmt_start_forward(const struct nmt_start *start, real *const *s0, real *const *c0,
                       const struct nmt_source *src, const struct nmt_params *p);

/** Given the gradients of s0 and c0 of each layer; those of the annotations, dh, are added to. */
void nmt_start_backward(const struct nmt_start *start, const struct nmt_source *src,
                        const struct nmt_params *p, const struct nmt_params *g,
                        const real *const *ds0, const real *const *dc0, real *dh);

#endif
