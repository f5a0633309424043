/*
 * From the output layer to the few words worth a look: for each row the K best words and their
 * log-probabilities, without sorting the vocabulary and without keeping the [rows][V] matrix.
 */
#ifndef NMT_CANDIDATES_H
#define NMT_CANDIDATES_H

#include "search/search.h"

struct nmt_candidate {
    nmt_id id;
    real log_prob;
};

/** What a row may be continued with. */
struct nmt_wanted {
    uint32_t n;                    /* candidates wanted */
    nmt_id only;                   /* this word alone; NMT_NO_ID: any */
    bool may_end;                  /* </s> is allowed */
    const struct nmt_terms *terms; /* NULL: none */
    const nmt_term_state *state;   /* what the row has of them */
    double draw; /* when samples are drawn: the random number in [0, 1) that says which word */
};

/** A first look at a block of rows (rough.h); width: the beam and a few. */
struct nmt_rough {
    size_t width;
    uint32_t known; /* words that are known exactly; 0: nobody asks for the sums */
    int16_t *q;     /* [rows][2 pairs] */
    real *scale;    /* [rows] */
    real *rest;     /* [rows][L] what rounding takes from a row */
    size_t blocks;
    real *lost;                 /* [rows][blocks] and so from the words of a block, in the mean */
    struct nmt_rough_row *row;  /* [rows] */
    struct nmt_candidate *near; /* [rows][width] the best so far, and their values */
    real *value;
    bool *done; /* [rows] */
};

/** Scratch space for blocks of rows. */
struct nmt_candidates {
    const struct nmt_search_options *options;
    const struct nmt_search_model *models;
    const real *share;           /* of each model */
    size_t n_models, V, rows;    /* rows of a block */
    bool in_blocks;              /* of words, too */
    size_t most;                 /* candidates of a row */
    real **block;                /* of each model [rows][V or the words of a block] */
    real *best;                  /* [rows][most] values of the words found so far */
    struct nmt_partial *partial; /* [rows] what has been seen of a row in blocks */
    struct nmt_candidate *top;   /* [most] words to draw from; most is the beam or top_k */
    real *chance;                /* [V] probabilities to draw with */
    struct nmt_rough rough;      /* when the model's output layer is there in fixed point */
};

/** The most candidates that a row may have when a sentence has at most so many terms. */
size_t nmt_candidates_most(const struct nmt_search_options *o, size_t terms);

void nmt_candidates_plan(struct nmt_candidates *c, struct nmt_arena *arena,
                         const struct nmt_search_options *o, const struct nmt_search_model *models,
                         const real *share, size_t n_models, size_t most);

/**
 * Finds the candidates of B rows out of the steps [models] just made: row b's at found[b * most],
 * count[b] of them, best first; behind them what helps a row's terms (terms.h). Equal words stand
 * in the order of their ids. A row without numbers (NaN) has none.
 */
void nmt_candidates_find(struct nmt_candidates *c, struct nmt_candidate *found, uint32_t *count,
                         const struct nmt_step *steps, const struct nmt_wanted *wanted, size_t B);

#endif
