/*
 * chrF and chrF++ (Popovic, WMT 2015 and 2017) as sacreBLEU computes them: the F score of
 * character n-grams, and of word n-grams if asked for, averaged over the orders.
 */
#ifndef NMT_CHRF_H
#define NMT_CHRF_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>

#define NMT_CHRF_MAX_CHAR_ORDER 16
#define NMT_CHRF_MAX_WORD_ORDER 5

struct nmt_chrf_options {
    unsigned char_order; /* 1 to NMT_CHRF_MAX_CHAR_ORDER */
    unsigned word_order; /* 0 to NMT_CHRF_MAX_WORD_ORDER; 2 is chrF++ */
    unsigned beta;       /* recall counts beta times as much as precision */
    bool whitespace;     /* characters include white space */
    bool lowercase;
    bool eps_smoothing; /* average F over all orders instead of P and R over those that occur */
};

/** Characters to 6, no words, beta 2: chrF2. */
struct nmt_chrf_options nmt_chrf_defaults(void);

struct nmt_chrf;

/** NMT_ELIMIT when an option is out of range. */
int nmt_chrf_new(struct nmt_chrf **c, const struct nmt_chrf_options *opt,
                 struct nmt_err *err) NMT_MUST_USE;
void nmt_chrf_free(struct nmt_chrf *c);

/** A row: for every order, characters first, n-grams of the hypothesis, of the reference, common.
 */
size_t nmt_chrf_width(const struct nmt_chrf_options *opt);

/** The row of a line; of several references, the one that gives the line the best score. */
int nmt_chrf_line(struct nmt_chrf *c, const char *hyp, size_t hyp_len, const char *const *refs,
                  const size_t *ref_lens, size_t n_refs, double *row,
                  struct nmt_err *err) NMT_MUST_USE;

/**
 * 0 to 100. single: precision and recall are rounded to single precision, as those of a bootstrap
 * sample are in the reference.
 */
double nmt_chrf_score_row(const struct nmt_chrf_options *opt, const double *row, bool single);

#endif
