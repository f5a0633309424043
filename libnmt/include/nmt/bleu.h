/*
 * BLEU (Papineni et al., ACL 2002) as sacreBLEU computes it: lines go in one by one, their n-gram
 * statistics are summed, and a score comes out whenever it is asked for.
 *
 *     struct nmt_bleu_options opt = nmt_bleu_defaults();
 *     struct nmt_bleu *bleu = NULL;
 *     NMT_TRY(nmt_bleu_new(&bleu, &opt, err));
 *     nmt_bleu_add(bleu, hyp, hyp_len, &ref, &ref_len, 1, err)    for every line
 *     struct nmt_bleu_score score = nmt_bleu_score(bleu);
 *     nmt_bleu_free(bleu);
 *
 * One struct nmt_bleu belongs to one thread at a time.
 */
#ifndef NMT_BLEU_H
#define NMT_BLEU_H

#include <nmt/error.h>
#include <nmt/tokenize.h>

#include <stdbool.h>
#include <stddef.h>

/** The longest n-gram that can be counted. */
#define NMT_BLEU_MAX_ORDER 16

/** What to do with an order without a match: see sacreBLEU's paper and nmt-bleu(1). */
enum nmt_smoothing { NMT_SMOOTH_EXP, NMT_SMOOTH_FLOOR, NMT_SMOOTH_ADD_K, NMT_SMOOTH_NONE };

struct nmt_bleu_options {
    enum nmt_tokenization tokenization; /* any but NMT_TOK_TERCOM */
    enum nmt_smoothing smoothing;
    double smooth_value;  /* floor: the count given; add-k: k. Negative: 0.1 and 1 */
    bool lowercase;       /* before tokenising, full Unicode mapping */
    bool effective_order; /* leave out orders for which the hypothesis is too short */
    unsigned max_order;   /* 1 to NMT_BLEU_MAX_ORDER */
};

/** 13a, exp, mixed case, all four orders. */
struct nmt_bleu_options nmt_bleu_defaults(void);

/**
 * A score with what it is made of. match and total hold what smoothing made of them (add-k adds to
 * both). Percentages are 0 to 100.
 */
struct nmt_bleu_score {
    double score;
    double brevity_penalty;
    double hyp_len, ref_len; /* tokens; ref_len by the nearest reference of each line */
    unsigned max_order;
    double precision[NMT_BLEU_MAX_ORDER];
    double match[NMT_BLEU_MAX_ORDER], total[NMT_BLEU_MAX_ORDER];
};

struct nmt_bleu;

/** NMT_ELIMIT when an option is out of range. */
int nmt_bleu_new(struct nmt_bleu **b, const struct nmt_bleu_options *opt,
                 struct nmt_err *err) NMT_MUST_USE;
void nmt_bleu_free(struct nmt_bleu *b);

/**
 * Adds a line and its n_refs references (at least one; a blank one is a reference of length 0).
 * Nothing is kept of them but numbers. Lines are raw text for the tokeniser asked for; with
 * NMT_TOK_NONE they are tokens between white space.
 */
int nmt_bleu_add(struct nmt_bleu *b, const char *hyp, size_t hyp_len, const char *const *refs,
                 const size_t *ref_lens, size_t n_refs, struct nmt_err *err) NMT_MUST_USE;

/** The score of all lines added since nmt_bleu_new or nmt_bleu_clear. 0 when there is none. */
struct nmt_bleu_score nmt_bleu_score(const struct nmt_bleu *b);

/** Forgets all lines. */
void nmt_bleu_clear(struct nmt_bleu *b);

/**
 * The same in smaller steps, for those who keep statistics per line. A row of statistics holds
 * nmt_bleu_width(opt) numbers: hyp_len, ref_len, match[max_order], total[max_order]; rows add up.
 */
size_t nmt_bleu_width(const struct nmt_bleu_options *opt);
int nmt_bleu_line(struct nmt_bleu *b, const char *hyp, size_t hyp_len, const char *const *refs,
                  const size_t *ref_lens, size_t n_refs, double *row,
                  struct nmt_err *err) NMT_MUST_USE;
/** The value that smoothing works with: the one given, or the method's default. */
double nmt_bleu_smooth_value(const struct nmt_bleu_options *opt);

/**
 * single: what smoothing adds is rounded to single precision, as it is in a bootstrap sample of the
 * reference.
 */
struct nmt_bleu_score nmt_bleu_score_row(const struct nmt_bleu_options *opt, const double *row,
                                         bool single);

#endif
