/*
 * What the decoder reads of source sentences: their annotations, and the keys that the alignment
 * model compares with its query (attention.h), made once for a sentence.
 */
#ifndef NMT_SOURCE_H
#define NMT_SOURCE_H

#include "layer/norm.h"
#include "model/params.h"

/** What the decoder reads of a set of source sentences. */
struct nmt_source {
    const struct nmt_shape *shape;
    size_t B;
    const size_t *row; /* [B + 1] first annotation of each sentence */
    const real *h;     /* [rows][D] annotations */
    const real *value; /* [rows][width] what the context is a mean of: h, or values of it */
    size_t width;
    const real *keys; /* [rows][A] u_j = U_a h_j, or h itself (dot); NULL without attention */
    bool alone;       /* NMT_ALONE: no sentence depends on the others (search) */
};

/**
 * keys [rows][A] = U_a h_j (with layer normalisation LN(U_a h_j) + b); nothing to do for dot and
 * none. how: NMT_ALONE or 0.
 */
void nmt_source_keys(real *keys, const struct nmt_shape *s, const struct nmt_params *p,
                     const real *h, size_t rows, unsigned how);

/** The same in training: norm [rows][A] keeps what backward needs. */
void nmt_keys_forward(real *keys, struct nmt_norm norm, const struct nmt_shape *s,
                      const struct nmt_params *p, const real *h, size_t rows, unsigned how);

/** Backward of that: dkeys [rows][A] is used up, dh [rows][D] added to. Nothing for dot and none.
 */
void nmt_keys_backward(real *dkeys, struct nmt_norm norm, const struct nmt_source *src,
                       const struct nmt_params *p, const struct nmt_params *g, real *dh);

#endif
