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
 */
#ifndef NMT_DECODER_H
#define NMT_DECODER_H

#include "layer/attention.h"
#include "layer/cell.h"
#include "layer/cross_entropy.h"
#include "model/encoder.h"

/** What the decoder reads of a set of source sentences. */
struct nmt_source {
    const struct nmt_shape *shape;
    size_t B;
    const size_t *row; /* [B + 1] first annotation of each sentence */
    const real *h;     /* [rows][D] annotations */
    const real *keys;  /* [rows][A] u_j = U_a h_j, or h itself (dot); NULL without attention */
    bool alone;        /* NMT_ALONE: no sentence depends on the others (search) */
};

/** keys [rows][A] = U_a h_j; nothing to do for dot and none. how: NMT_ALONE or 0. */
void nmt_source_keys(real *keys, const struct nmt_shape *s, const struct nmt_params *p,
                     const real *h, size_t rows, unsigned how);

/** s_0 [B][H] (and cell_0: LSTM) = tanh(W_s x + b_s); x [B][H_enc] and both [B][*H] scratch. */
void nmt_decoder_start(real *s0, real *c0, real *x, real *both, const struct nmt_source *src,
                       const struct nmt_params *p);

/**
 * Attention of B rows with the states s [B][H]: row b looks at sentence of[b] (NULL: b). q [B][A]
 * is written for additive scores (otherwise the state itself asks; q may be NULL); c [B][D] is
 * written; alpha[b] points to where the weights of row b go.
 */
void nmt_decoder_attend(real *q, real *c, real *const *alpha, const struct nmt_source *src,
                        const struct nmt_params *p, const real *s, const uint32_t *of, size_t B);

/**
 * The deep output of N rows, before its non-linearity and after:
 * pre [N][R] = U_o s + V_o E y + C_o c + b_t;  t [N][L] = maxout or tanh of it.
 * x NULL: pre has V_o E y + b_t already. how: NMT_ALONE or 0.
 */
void nmt_decoder_readout(real *pre, real *t, const struct nmt_shape *s, const struct nmt_params *p,
                         const real *state, const real *x, const real *context, size_t N,
                         unsigned how);

/** One unit's arrays over all steps, rows packed by target length. */
struct nmt_unit_run {
    real *a;               /* [N][G*H] gates, then the gradients of their inputs */
    real *h, *c, *hm, *rh; /* [N][H] */
    real *mask;            /* [B][H] */
};

/** Teacher-forced decoding of a batch, with what backward needs. Rows packed by target length. */
struct nmt_decoder {
    const struct nmt_shape *shape;
    const struct nmt_batch *batch;
    struct nmt_encoder *encoder;
    struct nmt_source source;
    struct nmt_unit_run unit, second; /* second: of the conditional GRU */
    real *keys;                       /* [rows][A]; the annotations themselves for dot */
    real *start_x, *start;            /* [B][H_enc], [B][H or 2H] */
    real *s0, *c0;                    /* [B][H] */
    real *x;                          /* [N][E] vectors of the previous words */
    real *before;                     /* [N][H] s_{t-1} packed like the rest (text, appendix) */
    real *q;                          /* [N][A] */
    real *context;                    /* [N][D] c_t */
    real *context_in;                 /* [N][D] what enters the unit: c_{t-1} in code, else c_t */
    real *alpha;                      /* sentence b at batch->alpha[b], [T][rows] */
    real **alpha_at;                  /* [B] */
    real *query_state, *read_state;   /* [N][H] borrowed: the states that ask and that predict */
    real *pre, *t;                    /* [N][R], [N][L] */
    real *block;                      /* [block_rows][V] */
    size_t block_rows;
    real *log_prob; /* [N] */

    /* training only */
    real *mask_embedding, *words, *mask_readout; /* [B][E], [N], [N][L] */
    real *dt, *dread, *dcontext, *dx, *dq;       /* [N][L], [N][H], [N][D], [N][E], [N][A] */
    real *dkeys;                                 /* [rows][A] */
    real *carry, *next, *middle, *carry_c;       /* [B][H] */
    real *scratch;                               /* [B][H] */
    real *dstart, *dstart_x;                     /* [B][H or 2H], [B][H_enc] */
    real *de;                                    /* [longest source] */
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

/* Shared by the forward and the backward file. */
struct nmt_cell_step nmt_decoder_unit_step(const struct nmt_decoder *d, bool second, size_t t);
void nmt_decoder_drop_words(const struct nmt_decoder *d, real *x);
size_t nmt_decoder_first_row(const struct nmt_decoder *d); /* of the first step with a unit */

/** Backward through the decoder; leaves the annotations' gradient in encoder->dh. */
void nmt_decoder_backward(struct nmt_decoder *d, const struct nmt_params *p,
                          const struct nmt_params *g);

#endif
