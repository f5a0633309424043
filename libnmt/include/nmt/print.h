/*
 * How translations are written as lines of text: alone, with their score, or as a list of the best
 * in the form of Moses. Fields are separated by " ||| ".
 */
#ifndef NMT_PRINT_H
#define NMT_PRINT_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/translate.h>

#include <stdbool.h>
#include <stdint.h>

/** Links as a field of text: none, `0-0 1-1`, or the weights of each word, as Marian writes them.
 */
enum nmt_print_links { NMT_PRINT_NO_LINKS, NMT_PRINT_HARD_LINKS, NMT_PRINT_SOFT_LINKS };

struct nmt_print_options {
    bool ids;         /* token ids without </s> instead of text */
    bool score;       /* the score and a tab before the line; n-best lists have it anyway */
    bool n_best;      /* all translations of a record; else the first */
    bool forced;      /* the score instead of the translation */
    bool word_scores; /* a field (n-best: a feature) WordScores=, a number for each token */
    enum nmt_print_links links; /* a field behind all others (n-best) or behind the translation */
};

/**
 * Adds the lines of one record, each ended by LF. `number` is the record's, from 1. A record that
 * failed (r->fault) has one, with the fields of any other: an empty text and a score of -inf.
 * Links want translate options `links` or, when they are soft, `alignments`; with `ids`, `tokens`.
 * NMT_ELIMIT: the weights are too many to be written.
 */
int nmt_translated_print(struct nmt_buffer *b, const struct nmt_translated *r, uint64_t number,
                         const struct nmt_print_options *o, struct nmt_err *err) NMT_MUST_USE;

/** What the scores of many records add up to. Start with `= { 0 }`. */
struct nmt_score_totals {
    uint64_t lines, tokens;
    double log_prob;
};

/** Adds the first translation of a record; nothing if it failed. */
void nmt_score_totals_add(struct nmt_score_totals *t, const struct nmt_translated *r);

/**
 * Adds one line with LF, features in the form of an n-best list:
 * `perplexity= 11.9312 logprob= -4012.3456 tokens= 1619 lines= 100`. The perplexity is that of a
 * token, exp(-logprob / tokens); nan without tokens.
 */
int nmt_score_totals_print(struct nmt_buffer *b, const struct nmt_score_totals *t,
                           struct nmt_err *err) NMT_MUST_USE;

#endif
