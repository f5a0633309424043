/*
 * The search as it is described, done the slow and obvious way: one sentence, one hypothesis at a
 * time, every word of the vocabulary, every distribution from the start of the sentence by teacher
 * forcing, full sorts, to the greatest length. Shares nothing with libnmt/search but its options.
 */
#ifndef SLOW_SEARCH_H
#define SLOW_SEARCH_H

#include "toy.h"

#include <nmt/random.h>

enum { SLOW_LONGEST = 24, SLOW_TERMS = 4, SLOW_TEXT = 200 };

/** A term in words, and the pieces that the vocabulary would make of it. */
struct slow_term {
    bool forbidden;
    char text[SLOW_TEXT];
    nmt_id ids[4];
    size_t n;
};

struct slow_task {
    const struct toy *models;
    size_t n_models;
    const struct nmt_search_options *options; /* max_length is used, the ratios are not */
    const nmt_id *source;
    uint32_t S;
    const nmt_id *prefix;
    size_t n_prefix;
    const struct nmt_pieces *pieces; /* of the terms */
    const struct slow_term *term;
    size_t n_terms;
};

struct slow_hypothesis {
    nmt_id ids[SLOW_LONGEST];
    size_t n;
    bool finished;
    double log_prob, score;
    double token[SLOW_LONGEST];
};

/** log p of every word behind ids[0..n), with the options' mean of the models. */
void slow_distribution(const struct slow_task *task, const nmt_id *ids, size_t n,
                       double log_prob[TOY_V]);

/** All that ended, the best first; the caller's to free. */
struct slow_hypothesis *slow_search(const struct slow_task *task, size_t *n);

#endif
