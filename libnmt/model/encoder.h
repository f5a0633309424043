/*
 * The bidirectional encoder (paper, section 3.2): each word gets an annotation
 * h_j = [->h_j; <-h_j]. Without attention (RNNencdec) there is one forward encoder, and the one
 * annotation of a sentence is its last state.
 *
 * Stacks (model-spec, 2.5). Every layer has two parts, which run in opposite directions and write
 * the two halves of its annotations. From the second layer on,
 *
 *     bidirectional  both parts read whole annotations of the layer below; part 0 runs forward
 *     alternating    part i reads half i and runs the other way than part i of the layer below
 *
 * and with residuals a half is what the part computes plus the same half of the layer below. The
 * annotations of the last layer are the encoder's.
 *
 * Each part has its packed rows in its own direction; between layers rows lie sentence by sentence,
 * where position j of one layer meets position j of the next whichever way either runs.
 */
#ifndef NMT_ENCODER_H
#define NMT_ENCODER_H

#include "layer/dropout.h"
#include "model/batch.h"
#include "model/params.h"
#include "model/unit.h"
#include "model/word_table.h"

/** Probabilities of dropout, see nmt-config(5), and the random numbers of this update. */
struct nmt_dropout {
    real word, embedding, layer, annotation, recurrent, readout;
    struct nmt_dropout_key key;
};

/** A part of a layer, rows in its packed order. */
struct nmt_encoder_part {
    bool backward;
    size_t in;  /* E, or nmt_shape_below */
    real *x;    /* [N][in] what it reads */
    real *mask; /* [B][in] dropout of that, from the second layer on */
    struct nmt_column_run column;
};

struct nmt_encoder {
    const struct nmt_shape *shape;
    const struct nmt_batch *batch;
    size_t layers, parts;
    struct nmt_encoder_part part[NMT_LAYERS_MAX][2];
    real *zeros;           /* [B][H] the state before the first word */
    real *words[2];        /* [N] word dropout: factor of each row of the first layer's parts */
    real *mask_embedding;  /* [B][E] in the order by_S */
    real *mask_annotation; /* [B][D] in the order of the batch */
    real *between[NMT_LAYERS_MAX]; /* [N][D] annotations of the layers below the last */
    real *h;                       /* [rows][D] annotations, sentence by sentence */
    real *dh;              /* [rows][D] their gradient; whoever fills it starts from zeros */
    real *dbetween[2];     /* [N][D] gradient of a layer's annotations, and of the one below's */
    real *carry, *carry_c; /* [B][H] scratch of the backward pass */
    struct nmt_unit_scratch scratch;
    real *dx;                        /* [N][the widest in] */
    struct nmt_word_table *table[2]; /* of the first layer's parts; given by the caller or NULL */
    bool dropout;
    bool alone; /* no sentence depends on the others; not in training, where BLAS is faster */
};

/** Lays out (or measures) the arrays for a batch. train: also what backward needs. */
void nmt_encoder_plan(struct nmt_encoder *e, struct nmt_arena *arena, const struct nmt_shape *s,
                      const struct nmt_batch *batch, bool train);

/** The table that a part of the first layer may read its words from. NMT_ENOMEM. */
int nmt_encoder_word_table(struct nmt_word_table *w, const struct nmt_shape *s,
                           const struct nmt_params *p, size_t part,
                           struct nmt_err *err) NMT_MUST_USE;

/** Writes e->h. dropout NULL: none. */
void nmt_encoder_forward(struct nmt_encoder *e, const struct nmt_params *p,
                         const struct nmt_dropout *dropout);

/** Adds to the gradients g what e->dh owes them. e->dh is used up. */
void nmt_encoder_backward(struct nmt_encoder *e, const struct nmt_params *p,
                          const struct nmt_params *g);

/* A part of a layer (encoder_layer.c), for encoder.c. */

/** Fills x of a part of a layer from the second on. */
void nmt_encoder_part_gather(struct nmt_encoder *e, size_t layer, size_t part);

/** Runs a part over what it reads; writes its half of the layer's annotations. */
void nmt_encoder_part_forward(struct nmt_encoder *e, const struct nmt_params *p, size_t layer,
                              size_t part);

/**
 * Backward: dout, the gradient of the layer's annotations, gives the gradients of the weights,
 * e->dx, and with residuals a share of dbelow [N][D].
 */
void nmt_encoder_part_backward(struct nmt_encoder *e, const struct nmt_params *p,
                               const struct nmt_params *g, size_t layer, size_t part, real *dout,
                               real *dbelow);

/** Adds e->dx of a part of a layer from the second on to dbelow. */
void nmt_encoder_part_scatter(const struct nmt_encoder *e, size_t layer, size_t part, real *dbelow);

#endif
