/*
 * Validation on held-out pairs: perplexity by forced decoding, BLEU of greedy translation. In fixed
 * pieces, spread over the threads and added in order: the numbers do not depend on the threads.
 */
#ifndef NMT_VALIDATE_H
#define NMT_VALIDATE_H

#include "model/pass.h"
#include "train/pair_ids.h"

#include <nmt/threads.h>
#include <nmt/train.h>

/** Pairs that are worked on together. */
#define NMT_VALID_PIECE ((size_t)64)

struct nmt_validation {
    double perplexity; /* per target token with </s> */
    double score;      /* of greedy translations; 0 without a scorer */
};

struct nmt_validator {
    const struct nmt_shape *shape;
    const struct nmt_train_options *opt; /* its score() */
    const struct nmt_bitext *data;
    const struct nmt_text *reference;
    const struct nmt_vocab *target;
    struct nmt_pair *pairs; /* [n] by falling length: pieces are cut from it */
    struct nmt_pair_ids ids;
    struct nmt_pass *pass; /* [workers] */
    size_t workers, pieces;
    struct nmt_piece *piece;      /* [pieces] what each gave */
    double *sums;                 /* [2 pieces] losses and tokens of all ranks' pieces */
    struct nmt_buffer text;       /* all translations (rank 0) */
    struct nmt_train_line *lines; /* [n] translations, then [n] references */
};

/** Everything is borrowed. workers: threads that may be used. */
int nmt_validator_init(struct nmt_validator *v, const struct nmt_shape *shape,
                       const struct nmt_bitext *data, const struct nmt_text *reference,
                       const struct nmt_vocab *target, const struct nmt_train_options *opt,
                       size_t workers, struct nmt_err *err) NMT_MUST_USE;
void nmt_validator_release(struct nmt_validator *v);

/** Called by all ranks; the result is the same on each, the translations are on rank 0. */
int nmt_validator_run(struct nmt_validator *v, const struct nmt_params *p,
                      struct nmt_threads *threads, struct nmt_validation *result,
                      struct nmt_err *err) NMT_MUST_USE;

/** The last translation of pair i; empty when there was none. Borrowed until the next run. */
struct nmt_train_line nmt_validator_output(const struct nmt_validator *v, size_t i);

#endif
