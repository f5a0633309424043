/*
 * The distinct words of a text and how often each stands there, in little more memory than the
 * words themselves: one block of records, which learning merges later turns into its text in
 * place, and an index that is made anew when it is full. Their number is bounded: when there
 * are too many, the longest are given up, so that what is kept depends on the text alone and not on
 * its order.
 */
#ifndef NMT_WORD_COUNTS_INTERNAL_H
#define NMT_WORD_COUNTS_INTERNAL_H

#include "normalise_internal.h"

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nmt_word_counts {
    /* Records: count, length, bytes; see word_counts.c. */
    unsigned char *records;
    size_t used, cap;
    struct nmt_word_bucket *index;
    size_t n_buckets;
    size_t n;           /* words in the index */
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

struct nmt_word {
    const char *text; /* borrowed until the next word is added */
    size_t len;
    uint64_t count;
    size_t at; /* where its record has the length */
};

/** The next word from *at on (0 at first), which is moved behind it; false at the end. */
bool nmt_word_counts_next(const struct nmt_word_counts *w, size_t *at, struct nmt_word *word);

/**
 * The words that `usable` accepts and that were seen at least min_count times, the most frequent
 * first, equal counts in the order of their bytes, at most `most` of them. *order is the caller's
 * to free; its texts are borrowed.
 */
int nmt_word_counts_order(const struct nmt_word_counts *w, uint64_t min_count, size_t most,
                          bool (*usable)(const char *text, size_t len), struct nmt_word **order,
                          size_t *n, struct nmt_err *err) NMT_MUST_USE;

/** Gives up the index, when no more words are to be added. */
void nmt_word_counts_seal(struct nmt_word_counts *w);

#endif
