/*
 * The decoder with its alignment model and deep output (paper, sections 3.1 and A.2).
 *
 * One form covers the readings of the paper (model-spec, 1.5). In step t, with y the word before:
 *
 *     code      s_t = f(s_{t-1}, y, c_{t-1}) for t > 0; c_t = attend(s_t);     predict from s_t
 *     text      c_t = attend(s_{t-1});  s_t = f(s_{t-1}, y, c_t);              predict from s_t
 *     appendix  c_t = attend(s_{t-1});  s_t = f(s_{t-1}, y, c_t);              predict from s_{t-1}
 *     cgru      s'  = f1(s_{t-1}, y);   c_t = attend(s'); s_t = f2(s', c_t);   predict from s_t
 *
 * `code` is the paper's own program with its recurrence moved to the start of the next step,
 * where the word it reads is known: the same numbers.
 *
 * f may be a column of units (unit.h); in cgru the units behind the second. What predicts may go
 * through further layers first (decoder_layer.h). With input feeding (Luong, Pham and Manning 2015)
 * the unit that reads y also reads the readout t of the step before, as the output layer saw it, 0
 * at first; then every step needs all of the one before, and what is otherwise done for all steps
 * at once (layers, readout) is done step by step, forward and backward.
 */
#ifndef NMT_DECODER_H
#define NMT_DECODER_H

#include "layer/attention.h"
#include "layer/cell.h"
#include "layer/cross_entropy.h"
#include "model/decoder_layer.h"
#include "model/encoder.h"
#include "model/readout.h"
#include "model/start.h"

/**
 * Attention of B rows with the states s [B][H]: row b looks at sentence of[b] (NULL: b). q [B][A]
 * is written for additive scores (otherwise the state itself asks; q may be NULL), and norm with
 * layer normalisation; c [B][src->width] is written; alpha[b] points to where the weights of row b
 * go.
 */
void nmt_decoder_attend(real *q, struct nmt_norm norm, real *c, real *const *alpha,
                        const struct nmt_source *src, const struct nmt_params *p, const real *s,
                        const uint32_t *of, size_t B);

/** Teacher-forced decoding of a batch, with what backward needs. Rows packed by target length. */
struct nmt_decoder {
    const struct nmt_shape *shape;
    const struct nmt_batch *batch;
    struct nmt_encoder *encoder;
    struct nmt_source source;
    struct nmt_column_run column; /* the first layer; see nmt_decoder_last */
    struct nmt_unit_run second;   /* of the conditional GRU */
    struct nmt_decoder_layer above[NMT_LAYERS_MAX - 1];
    real *keys;                /* [rows][A]; the annotations themselves for dot */
    struct nmt_norm keys_norm; /* [rows][A] */
    struct nmt_start start;
    real *s0[NMT_LAYERS_MAX], *c0[NMT_LAYERS_MAX]; /* [B][H] of each layer */
    real *x;                                       /* [N][E] vectors of the previous words */
    real *fed;                                     /* [N][L] the readouts before (input feeding) */
    real *before;                   /* [N][H] s_{t-1} packed like the rest (text, appendix) */
    real *q;                        /* [N][A] */
    struct nmt_norm q_norm;         /* [N][A] */
    real *context;                  /* [N][D] c_t */
    real *context_in;               /* [N][D] what enters the unit: c_{t-1} in code, else c_t */
    real *alpha;                    /* sentence b at batch->alpha[b], [T][rows] */
    real **alpha_at;                /* [B] */
    real *query_state, *read_state; /* [N][H] borrowed: the states that ask and that predict */
    const real *top;                /* [N][H] borrowed: what the last layer makes of the latter */
    struct nmt_readout readout;
    real *block; /* [block_rows][V] */
    size_t block_rows;
    real *log_prob; /* [N] */

    /* training only */
    real *mask_embedding, *words, *mask_readout; /* [B][E], [N], [N][L] */
    real *dalpha; /* as alpha: what guided alignment adds to its gradient; NULL: nothing */
    real *dt, *dread, *dcontext, *dx, *dq; /* [N][L], [N][H], [N][D], [N][E], [N][A] */
    real *dkeys;                           /* [rows][A] */
    real *carry, *carry_c;                 /* [B][H] */
    struct nmt_unit_scratch scratch;
    real *de; /* [longest source] */
    bool dropout;
};

/** Lays out (or measures) the arrays. The encoder's annotations are read (and dh written). */
void nmt_decoder_plan(struct nmt_decoder *d, struct nmt_arena *arena, struct nmt_encoder *e,
                      bool train);

/** Forward over the whole batch; adds to *loss. Without training also d->log_prob, d->alpha. */
void nmt_decoder_forward(struct nmt_decoder *d, const struct nmt_params *p,
                         const struct nmt_dropout *dropout);

/**
 * The output layer with its loss; with g also its gradient (forward and backward are one pass over
 * blocks of rows). Call after nmt_decoder_forward.
 */
void nmt_decoder_loss(struct nmt_decoder *d, const struct nmt_params *p, const struct nmt_params *g,
                      real label_smoothing, struct nmt_loss *loss);

/**
 * Guided alignment (Chen et al., 2016; model-spec 2.13): adds -sum share log(alpha_tj + 1e-6) over
 * the guides of the batch to loss->guide, `weight` times that to loss->loss, and with dalpha
 * writes its gradient there. After nmt_decoder_forward, before nmt_decoder_backward.
 */
void nmt_decoder_guide(struct nmt_decoder *d, real weight, struct nmt_loss *loss);

/* Shared by the forward and the backward file. */
const struct nmt_unit_run *nmt_decoder_last(const struct nmt_decoder *d);     /* its h is s_t */
struct nmt_unit_rows nmt_decoder_rows(const struct nmt_decoder *d, size_t t); /* from s_{t-1} */
struct nmt_unit_rows nmt_decoder_rows_behind(const struct nmt_decoder *d, size_t t,
                                             const struct nmt_unit_run *u); /* from u of step t */
void nmt_decoder_drop_words(const struct nmt_decoder *d, real *x);
size_t nmt_decoder_first_row(const struct nmt_decoder *d); /* of the first step with a unit */

/** Backward through the decoder; leaves the annotations' gradient in encoder->dh. */
void nmt_decoder_backward(struct nmt_decoder *d, const struct nmt_params *p,
                          const struct nmt_params *g);

#endif
