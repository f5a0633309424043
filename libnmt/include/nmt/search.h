/*
 * Search: from annotations to the best translations (model-spec, 1.11, 2.11 and 2.12), forced
 * decoding of given ones, and what a reader wants of the result: text, word alignment.
 */
#ifndef NMT_SEARCH_H
#define NMT_SEARCH_H

#include <nmt/error.h>
#include <nmt/id.h>
#include <nmt/real.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sampling: a word is drawn from the distribution over the words that are allowed, with the
 * temperature and from the top_k of it; log_prob and score are the model's own log-probability, of
 * neither. Which random number draws a word depends on the seed, the number of the sentence
 * (nmt_search_set.number), that of its translation and that of the word, and on nothing else.
 */

/** What the sum of log-probabilities is divided by before translations are compared. */
enum nmt_length_norm {
    NMT_LENGTH_MEAN, /* |y|^alpha; alpha 1: the mean for each token, 0: no division */
    NMT_LENGTH_GNMT  /* ((5 + |y|) / 6)^alpha */
};

#define NMT_WORDS_LENGTH_NORM "mean gnmt"

/** Most hypotheses of a sentence. */
#define NMT_BEAM_MAX ((size_t)1000)

/** Most models of an ensemble. */
#define NMT_ENSEMBLE_MAX ((size_t)64)

/**
 * Lengths are in tokens and count </s> on both sides: with S source tokens, </s> is forbidden in
 * the first floor(min_ratio S) steps, and there are at most floor(max_ratio S) steps and at most
 * max_length (0: no such bound; one of the two must be there). There is always at least one step.
 */
struct nmt_search_options {
    size_t beam;   /* hypotheses; 1 is greedy search */
    size_t n_best; /* translations wanted, at most beam */
    enum nmt_length_norm norm;
    double alpha;                /* at least 0 */
    double coverage;             /* beta of the coverage penalty: 0 (none) or more */
    double min_ratio, max_ratio; /* the first not above the second, unless that is 0 */
    size_t max_length;
    bool geometric;        /* ensembles: mean of the log-probabilities, not of the probabilities */
    const double *weights; /* of each model in that mean, of any sum; NULL: alike; copied */
    bool alignments;       /* keep the weights of the alignment model */
    bool forbid_unk;
    bool unscored; /* log_prob and score are not wanted: they may be 0 when beam is 1 */

    bool sample;        /* draw n_best = beam translations instead of searching for the best */
    double temperature; /* of the distributions drawn from: p^(1/T); more than 0 */
    size_t top_k;       /* draw from the most probable words only; 0: from all; at most TOP_K_MAX */
    uint64_t seed;      /* names the random numbers */

    bool to_the_end;      /* go on when the answer is known: for tests of the early stop */
    nmt_id eos, bos, unk; /* bos is never written; an id no vocabulary has: there is none */
};

/** Most words that top_k can ask for. */
#define NMT_TOP_K_MAX ((size_t)1000)

/** Beam 5, one translation, mean with alpha 0.6, ratios 0 and 3, at most 1000 tokens. */
struct nmt_search_options nmt_search_defaults(void);

/** NMT_ELIMIT when an option is out of range. */
int nmt_search_options_check(const struct nmt_search_options *o, struct nmt_err *err) NMT_MUST_USE;

/**
 * A translation: log_prob is the sum over its n tokens, coverage what the coverage penalty adds (0
 * or less), score the sum divided for its length, plus coverage.
 */
struct nmt_translation {
    size_t n; /* tokens, with </s> when it is finished */
    bool finished;
    double log_prob, coverage, score;
    nmt_id *ids;          /* [n] */
    real *token_log_prob; /* [n] */
    real **alpha;         /* of each model [n][rows of the sentence]; NULL when not kept */
};

/**
 * The translations of a sentence, those drawn in the order of their numbers, others the best first:
 * finished ones by falling score (equal ones in the order they were found), then those that reached
 * the greatest length without </s>. None: the model gave no number that can be compared (NaN). One
 * block of memory.
 */
struct nmt_translations {
    size_t n;
    struct nmt_translation *at; /* [n] */
    void *memory;
};

void nmt_translations_release(struct nmt_translations *t);

#endif
