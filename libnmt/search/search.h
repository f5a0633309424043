/*
 * The search itself, on annotations. All sentences of a set go forward in lockstep: in each step
 * the hypotheses of all of them are the rows of the same products. A finished sentence leaves at
 * once. What a sentence's hypotheses are compared with is its own hypotheses only, and equal scores
 * are decided by their order, so that companions do not change a result.
 */
#ifndef NMT_SEARCH_INTERNAL_H
#define NMT_SEARCH_INTERNAL_H

#include "math/fixed.h"
#include "model/step.h"

#include "search/terms.h"

#include <nmt/search.h>

/** A model of the ensemble; borrowed for the life of the searcher, in which it must not change. */
struct nmt_search_model {
    const struct nmt_shape *shape;
    const struct nmt_params *params;
    const struct nmt_fixed *output; /* the output layer in fixed point; NULL: there is none */
};

/** What one model says of the sentences of a set. */
struct nmt_search_input {
    const real *h;     /* [row[B]][D] annotations */
    const size_t *row; /* [B + 1] first annotation of each sentence */
};

struct nmt_search_set {
    size_t B;
    const uint64_t *number; /* [B] names the random numbers of each; NULL: its place in the set */
    const struct nmt_terms *const *terms; /* [B] of each, NULL: none has, or this has none */
    const struct nmt_search_input *input; /* of each model */
    const uint32_t *S;           /* [B] source tokens with </s>, for the bounds on length */
    const nmt_id *const *prefix; /* [B] each translation begins with these; NULL: free */
    const uint32_t *n_prefix;    /* [B] one that ends with </s> is scored as it is; behind another
                                    there is a step at least, whatever the bounds are */
};

/** A sum of log-probabilities over n tokens, divided for the length. */
double nmt_length_score(const struct nmt_search_options *o, double log_prob, size_t n);

struct nmt_searcher;

/** One thread's searcher. options and models are copied; the target vocabularies must be one. */
int nmt_searcher_new(struct nmt_searcher **s, const struct nmt_search_model *models, size_t n,
                     const struct nmt_search_options *o, struct nmt_err *err) NMT_MUST_USE;
void nmt_searcher_free(struct nmt_searcher *s);

/**
 * From now on the searcher takes at most that many bytes: a set that needs more ends with
 * NMT_ELIMIT, and can be searched in parts. 0: no bound.
 */
void nmt_searcher_limit(struct nmt_searcher *s, size_t bytes);

/** Gives back the memory that earlier sets left. */
void nmt_searcher_clear(struct nmt_searcher *s);

/** Translates a set of B >= 1 sentences. out [B] is filled; each is the caller's to release. */
int nmt_searcher_run(struct nmt_searcher *s, const struct nmt_search_set *set,
                     struct nmt_translations *out, struct nmt_err *err) NMT_MUST_USE;

/**
 * The same from token ids, which mean the same to all models: encodes, in batches of similar
 * length, and searches. source[i] has length[i] ids and ends with </s>. out [n] in the order of the
 * sources.
 */
int nmt_searcher_run_ids(struct nmt_searcher *s, const nmt_id *const *source,
                         const uint32_t *length, size_t n, struct nmt_translations *out,
                         struct nmt_err *err) NMT_MUST_USE;

/** Sentences that nmt_searcher_run_ids puts into one set. */
#define NMT_SEARCH_BATCH ((size_t)64)

#endif
