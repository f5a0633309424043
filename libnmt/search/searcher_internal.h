/* What a searcher holds. */
#ifndef NMT_SEARCHER_INTERNAL_H
#define NMT_SEARCHER_INTERNAL_H

#include "search/beam.h"

struct nmt_searcher {
    struct nmt_search_options options;
    size_t n_models;
    struct nmt_search_model model[NMT_ENSEMBLE_MAX];
    real share[NMT_ENSEMBLE_MAX]; /* of each model in the ensemble; they sum to 1 */

    size_t limit;           /* bytes of everything here; 0: none */
    struct nmt_arena arena; /* of all below but alpha */
    struct nmt_source source[NMT_ENSEMBLE_MAX];
    struct nmt_step step[NMT_ENSEMBLE_MAX];
    struct nmt_word_table words[NMT_ENSEMBLE_MAX];
    real *keys[NMT_ENSEMBLE_MAX], *values[NMT_ENSEMBLE_MAX];
    struct nmt_candidates candidates;
    struct nmt_beams beams;
    real **alpha_at; /* [rows] */

    real *alpha; /* weights of all steps when keeps_alpha, else of one step; grows */
    bool keeps_alpha;
    size_t n_alpha, cap_alpha;

    struct nmt_arena encoding; /* of nmt_searcher_run_ids */
};

/** What b->coverage is; arg is the searcher. The weights of all steps are there (keeps_alpha). */
double nmt_searcher_coverage(const void *arg, uint32_t sentence, uint32_t node);

/** Turns the endings of B sentences into translations; on failure releases what was made. */
int nmt_searcher_collect(struct nmt_searcher *s, size_t B, struct nmt_translations *out,
                         struct nmt_err *err) NMT_MUST_USE;

#endif
