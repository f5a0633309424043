/*
 * The decoder one step at a time, for search: the rows are hypotheses of many sentences, each with
 * its own words so far. The readings of the paper are those of decoder.h; here a row's state is
 * what the next step needs: (s, cell, c), with the context only in the order `code`. Hypotheses
 * that go on from the same one share what does not depend on their words, and it is made once.
 *
 *     code      s = f(s, y, c) unless it is the first step; c = attend(s);  predict from s
 *     text      c = attend(s);  s = f(s, y, c);                             predict from s
 *     appendix  c = attend(s);  s' = f(s, y, c);                            predict from s
 *     cgru      s' = f1(s, y);  c = attend(s');  s = f2(s', c);             predict from s
 */
#ifndef NMT_STEP_H
#define NMT_STEP_H

#include "model/decoder.h"
#include "model/word_table.h"

#include <nmt/id.h>

/** The arrays of a step for at most `rows` rows. Nothing is allocated by a step. */
struct nmt_step {
    const struct nmt_shape *shape;
    size_t rows;
    real *s, *c, *context;          /* [rows][H], [rows][H] (LSTM), [rows][D]: after the step */
    real *s_in, *c_in, *context_in; /* the same of each row's parent: before it */
    real *middle;                   /* [rows][H] s' of cgru */
    struct nmt_word_table *words;   /* of the word before; given by the caller, borrowed */
    real *from_parent;              /* [rows][G*H] what parents contribute, each once */
    uint32_t *nth;                  /* [rows] a row's parent among them */
    uint32_t *seen;                 /* [rows] a parent's number, once it has one */
    real *a, *rh;                   /* [rows][G*H], [rows][H] (GRU) */
    real *q;                        /* [rows][A] */
    real *pre, *t;                  /* [rows][R], [rows][L] */
    real *start_x;                  /* [rows][H_enc] */
};

/** Lays out (or measures) the arrays. */
void nmt_step_plan(struct nmt_step *d, struct nmt_arena *arena, const struct nmt_shape *s,
                   size_t rows);

/** The table a step reads its words from, see word_table.h. NMT_ENOMEM. */
int nmt_step_word_table(struct nmt_word_table *w, const struct nmt_shape *s,
                        const struct nmt_params *p, struct nmt_err *err) NMT_MUST_USE;

/** Row b becomes the start of sentence b, for all src->B <= rows sentences. */
void nmt_step_start(struct nmt_step *d, const struct nmt_source *src, const struct nmt_params *p);

/**
 * One step of B rows. Row b goes on from row parent[b] as the last step (or the start) left it,
 * with the word y[b]; it looks at sentence of[b]. alpha[b] points to where its weights go.
 * y NULL: the first step. What predicts is left in d->t [B][L].
 */
void nmt_step_forward(struct nmt_step *d, real *const *alpha, const struct nmt_source *src,
                      const struct nmt_params *p, const uint32_t *parent, const nmt_id *y,
                      const uint32_t *of, size_t B);

/** logits [rows][words] of the rows and the words from `row` and `word` on. */
void nmt_step_logits(const struct nmt_step *d, real *logits, const struct nmt_params *p, size_t row,
                     size_t rows, size_t word, size_t words);

#endif
