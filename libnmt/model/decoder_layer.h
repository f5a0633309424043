/*
 * A layer of the decoder on top of the first (model-spec, 2.5).
 *
 * The first layer is the one with the alignment model, in any of its orders. What it offers for the
 * prediction in step t, out^1_t (the state that the readout would take), goes through the others:
 *
 *     s^k_t = RNN^k([out^{k-1}_t; c_t], s^k_{t-1})       s^k_0 = tanh(W^k_s x + b^k_s)
 *     out^k_t = s^k_t + out^{k-1}_t                      with residuals, else s^k_t
 *
 * c_t is the context of the same step, so that layers are the same whatever the order of the first:
 * they stand between its state and the readout, which takes out of the last. A layer does not ask
 * the annotations and nothing of it returns into the first (but through input feeding), so that a
 * layer is run over all steps before the next: its input is one product.
 */
#ifndef NMT_DECODER_LAYER_H
#define NMT_DECODER_LAYER_H

#include "model/unit.h"

#include <nmt/dims.h>

struct nmt_decoder_layer {
    const struct nmt_shape *shape;
    const struct nmt_steps *steps;
    struct nmt_column_run column;
    const real *s0, *c0;   /* [B][H] borrowed: the state before step 0 */
    real *x;               /* [N][H] what it reads of the layer below */
    real *mask;            /* [B][H] dropout of that; training */
    real *out;             /* [N][H] */
    real *dx;              /* [N][H] training */
    real *carry, *carry_c; /* [B][H] training: after backward, the gradients of s0 and c0 */
    bool dropout;
};

/** Lays out (or measures) the arrays for B sentences. */
void nmt_decoder_layer_plan(struct nmt_decoder_layer *l, struct nmt_arena *arena,
                            const struct nmt_shape *s, const struct nmt_steps *steps, size_t B,
                            bool train);

/** Draws the masks of sentence b; this is layer `number`, from 0. */
void nmt_decoder_layer_masks(struct nmt_decoder_layer *l, size_t number, size_t b, real recurrent,
                             real below, const struct nmt_dropout_key *key, uint32_t sentence);

/** Steps [from, to): l->out from `below` [N][H] and context [N][D]. */
void nmt_decoder_layer_forward(struct nmt_decoder_layer *l, const struct nmt_column *w,
                               const real *below, const real *context, size_t from, size_t to);

/** Before the first backward of a batch: nothing comes from behind the last step. */
void nmt_decoder_layer_clear(struct nmt_decoder_layer *l, size_t B);

/**
 * Steps [from, to), the last ones first: dout [N][H], the gradient of l->out, becomes that of what
 * was below; dcontext [N][D] is added to.
 */
void nmt_decoder_layer_backward(struct nmt_decoder_layer *l, const struct nmt_column *w,
                                const struct nmt_column *g, real *dout, real *dcontext, size_t from,
                                size_t to, const struct nmt_unit_scratch *space);

/** Gradients of the matrices, after backward of all steps. */
void nmt_decoder_layer_weights(const struct nmt_decoder_layer *l, const struct nmt_column *g,
                               const real *context);

#endif
