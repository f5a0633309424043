/*
 * The output layer with its loss, in blocks of rows: logits, softmax, loss and gradient of a
 * block while it is in cache, so that the [N][V] matrix never exists.
 *
 *     p = softmax(W_o t + b_o)
 *     loss = -(1 - smooth) log p(gold) - smooth / V * sum_k log p(k)
 *     dlogits = p - (1 - smooth) onehot(gold) - smooth / V
 */
#ifndef NMT_CROSS_ENTROPY_H
#define NMT_CROSS_ENTROPY_H

#include <nmt/id.h>
#include <nmt/real.h>

#include <stddef.h>

struct nmt_output_layer {
    size_t N, L, V;
    const real *W, *b; /* [V][L], [V] */
    real smooth;
    const real *weight; /* [N] of each row's loss; NULL: all are 1 */
    real *block;        /* scratch [rows][V] */
    size_t rows;        /* of a block */
    unsigned products;  /* NMT_ROUNDED or 0 */
};

struct nmt_loss {
    double loss;  /* what is minimised, summed over the rows: with label smoothing, with guide */
    double nll;   /* of the words alone */
    double guide; /* of guided alignment, before its weight */
};

/**
 * Adds the weighted losses of the N rows of t [N][L] to *sum; log_prob [N] (or NULL) gets log
 * p(gold). dt NULL: nothing else. Otherwise dt [N][L] is written, dW [V][L] and db [V] are added
 * to.
 */
void nmt_output_layer_run(const struct nmt_output_layer *o, struct nmt_loss *sum, real *log_prob,
                          real *dt, real *dW, real *db, const real *t, const nmt_id *gold);

#endif
