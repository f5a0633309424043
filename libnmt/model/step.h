/*
 * The decoder one step at a time, for search: the rows are hypotheses of many sentences, each with
 * its own words so far. The readings of the paper are those of decoder.h; here a row's state is
 * what the next step needs: (s, cell, c), with the context only in the order `code`. What a word
 * contributes is kept from its first use on; what a hypothesis leaves to those that go on from it
 * (U s, in the order `code` C c) is made once for all of them.
 *
 *     code      s = f(s, y, c) unless it is the first step; c = attend(s);  predict from s
 *     text      c = attend(s);  s = f(s, y, c);                             predict from s
 *     appendix  c = attend(s);  s' = f(s, y, c);                            predict from s
 *     cgru      s' = f1(s, y);  c = attend(s');  s = f2(s', c);             predict from s
 *
 * Further units of a step, layers and input feeding are where decoder.h has them.
 */
#ifndef NMT_STEP_H
#define NMT_STEP_H

#include "model/decoder.h"
#include "model/values.h"
#include "model/word_table.h"

#include <nmt/id.h>

/**
 * The arrays of a step for at most `rows` rows. Nothing is allocated by a step. s and c hold the
 * states of each layer; nothing else of a layer is kept, and all units share what they work with.
 */
struct nmt_step {
    const struct nmt_shape *shape;
    size_t rows;
    real *s[NMT_LAYERS_MAX], *c[NMT_LAYERS_MAX];       /* [rows][H] (c: LSTM) after the step */
    real *s_in[NMT_LAYERS_MAX], *c_in[NMT_LAYERS_MAX]; /* those of each row's parent: before it */
    struct nmt_values values;                          /* what the context is made of */
    real *context;                                     /* [rows][values.width] after the step */
    uint32_t *nth;                /* [rows] which of the parents a row goes on from */
    uint32_t *seen;               /* [rows] a parent's number, once it has one */
    real *parent_s;               /* [rows][H] the parents' states in the first layer */
    struct nmt_unit_run parent;   /* [rows] what they contribute to the first unit */
    real *fed;                    /* [rows][L] the parent's readout (input feeding) */
    real *middle;                 /* [rows][H] s' of cgru */
    real *spare, *spare_c;        /* [rows][H] states between the units of a step */
    real *out;                    /* [rows][H] what goes from layer to layer */
    struct nmt_word_table *words; /* what the words before contribute; given by the caller */
    struct nmt_unit_run unit;     /* gates and what a unit needs; its state goes elsewhere */
    real *q;                      /* [rows][A] */
    struct nmt_norm q_norm;
    struct nmt_readout readout; /* its t is what the output layer reads */
    struct nmt_start start;
};

/** Lays out (or measures) the arrays. */
void nmt_step_plan(struct nmt_step *d, struct nmt_arena *arena, const struct nmt_shape *s,
                   const struct nmt_params *p, size_t rows);

/** The table of d->words; the weights must not change while it lives. NMT_ENOMEM. */
int nmt_step_word_table(struct nmt_word_table *w, const struct nmt_shape *s,
                        const struct nmt_params *p, struct nmt_err *err) NMT_MUST_USE;

/** Row b becomes the start of sentence b, for all src->B <= rows sentences. */
void nmt_step_start(struct nmt_step *d, const struct nmt_source *src, const struct nmt_params *p);

/**
 * One step of B rows. Row b goes on from row parent[b] as the last step (or the start) left it,
 * with the word y[b]; it looks at sentence of[b] of src, whose value is that of values.h. alpha[b]
 * points to where its weights go. y NULL: the first step. What predicts is left in d->readout.t
 * [B][L].
 */
void nmt_step_forward(struct nmt_step *d, real *const *alpha, const struct nmt_source *src,
                      const struct nmt_params *p, const uint32_t *parent, const nmt_id *y,
                      const uint32_t *of, size_t B);

/** logits [rows][words] of the rows and the words from `row` and `word` on. */
void nmt_step_logits(const struct nmt_step *d, real *logits, const struct nmt_params *p, size_t row,
                     size_t rows, size_t word, size_t words);

#endif
