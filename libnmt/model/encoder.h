/*
 * The bidirectional encoder (paper, section 3.2): each word gets an annotation
 * h_j = [->h_j; <-h_j]. Without attention (RNNencdec) there is one forward encoder, and the one
 * annotation of a sentence is its last state.
 */
#ifndef NMT_ENCODER_H
#define NMT_ENCODER_H

#include "layer/dropout.h"
#include "model/batch.h"
#include "model/params.h"
#include "model/word_table.h"

/** Probabilities of dropout, see nmt-config(5), and the random numbers of this update. */
struct nmt_dropout {
    real word, embedding, annotation, recurrent, readout;
    struct nmt_dropout_key key;
};

/** One direction's arrays, rows in its packed order. */
struct nmt_direction {
    real *x;     /* [N][E] word vectors as they enter */
    real *a;     /* [N][G*H] gates, then their gradients */
    real *h, *c; /* [N][H] states (c: LSTM) */
    real *hm;    /* [N][H] */
    real *rh;    /* [N][H] (GRU) */
    real *mask;  /* [B][H] dropout of the recurrence */
    real *words; /* [N] word dropout: factor of each row */
};

struct nmt_encoder {
    const struct nmt_shape *shape;
    const struct nmt_batch *batch;
    struct nmt_direction dir[2];
    real *zeros;           /* [B][H] the state before the first word */
    real *mask_embedding;  /* [B][E] in the order by_S */
    real *mask_annotation; /* [B][D] in the order of the batch */
    real *h;               /* [rows][D] annotations, sentence by sentence */
    real *dh;              /* [rows][D] their gradient; whoever fills it starts from zeros */
    real *carry[2];        /* [B][H] scratch of the backward pass */
    real *carry_c;         /* [B][H] */
    real *scratch;         /* [B][H] */
    real *dx;              /* [N][E] */
    struct nmt_word_table *words[2]; /* of each direction; given by the caller; NULL: none */
    bool dropout;
    bool alone; /* no sentence depends on the others; not in training, where BLAS is faster */
};

/** Lays out (or measures) the arrays for a batch. train: also what backward needs. */
void nmt_encoder_plan(struct nmt_encoder *e, struct nmt_arena *arena, const struct nmt_shape *s,
                      const struct nmt_batch *batch, bool train);

/** The table a direction may read its words from. NMT_ENOMEM. */
int nmt_encoder_word_table(struct nmt_word_table *w, const struct nmt_shape *s,
                           const struct nmt_params *p, bool backward,
                           struct nmt_err *err) NMT_MUST_USE;

/** Writes e->h. dropout NULL: none. */
void nmt_encoder_forward(struct nmt_encoder *e, const struct nmt_params *p,
                         const struct nmt_dropout *dropout);

/** Adds to the gradients g what e->dh owes them. e->dh is used up. */
void nmt_encoder_backward(struct nmt_encoder *e, const struct nmt_params *p,
                          const struct nmt_params *g);

#endif
