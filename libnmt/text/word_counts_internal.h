/*
 * The distinct words of a text and how often each stands there. Their number is bounded: when
 * there are too many, the longest are given up, so that what is kept depends on the text alone
 * and not on its order.
 */
#ifndef NMT_WORD_COUNTS_INTERNAL_H
#define NMT_WORD_COUNTS_INTERNAL_H

#include "normalise_internal.h"
#include "strings_internal.h"

struct nmt_word_counts {
    struct nmt_strings words;
    uint64_t *counts; /* [words.n] 0: not to be used */
    size_t cap_counts;
    size_t most, live;  /* bound, and how many words are within `limit` */
    uint32_t *of_class; /* live words of each length class */
    uint32_t limit;     /* the last class that is kept */
    uint64_t given_up;  /* running words that were given up and are no longer in memory */
};

int nmt_word_counts_init(struct nmt_word_counts *w, size_t most, struct nmt_err *err) NMT_MUST_USE;
void nmt_word_counts_release(struct nmt_word_counts *w);

int nmt_word_counts_add(struct nmt_word_counts *w, const char *word, size_t len, uint64_t count,
                        struct nmt_err *err) NMT_MUST_USE;

/** Adds the words of a line, which are its runs of bytes other than ASCII space. */
int nmt_word_counts_add_line(struct nmt_word_counts *w, const char *line, size_t len,
                             struct nmt_err *err) NMT_MUST_USE;

/** How many running words were given up. *longest: up to that length in bytes none were. */
uint64_t nmt_word_counts_given_up(const struct nmt_word_counts *w, size_t *longest);

/** Replaces every word by what normalising makes of it, cut again where that has spaces. */
int nmt_word_counts_normalise(struct nmt_word_counts *w, struct nmt_normaliser *n,
                              struct nmt_err *err) NMT_MUST_USE;

/**
 * The words with at least min_count, the most frequent first, equal counts in the order of their
 * bytes. *order is the caller's to free.
 */
int nmt_word_counts_order(const struct nmt_word_counts *w, uint64_t min_count, uint32_t **order,
                          size_t *n, struct nmt_err *err) NMT_MUST_USE;

#endif
