/*
 * The distinct words of a text, counted by many threads at once. Each has a table of its own that
 * stays in its processor's cache; what is in it is added to the common words when it is full. These
 * lie in shards by their hash, so that threads seldom meet. What comes of it does not depend on
 * which thread counted what, but for the order of the words.
 *
 * The number of words is bounded: when there are too many, the longest are given up, so that what
 * is kept depends on the text alone and not on its order.
 */
#ifndef NMT_WORD_CENSUS_INTERNAL_H
#define NMT_WORD_CENSUS_INTERNAL_H

#include "code_points_internal.h"
#include "normalise_internal.h"
#include "word_counts_internal.h"

#include <pthread.h>

#define NMT_CENSUS_BITS   4 /* of the hash, which choose the shard */
#define NMT_CENSUS_SHARDS ((size_t)1 << NMT_CENSUS_BITS)

struct nmt_census {
    struct nmt_word_counts shards[NMT_CENSUS_SHARDS];
    pthread_mutex_t locks[NMT_CENSUS_SHARDS];
    size_t n_locks;
    size_t most; /* distinct words */
    const struct nmt_vocab_spec *spec;
    struct nmt_threads *threads;
    size_t n_counters;
    struct nmt_counter *counters; /* one for each thread */
    /* Once it is settled: how many running words were given up, and up to which length none. */
    uint64_t given_up;
    size_t longest;
};

/**
 * spec (borrowed) says how words are normalised, and cut again where that makes spaces; NULL: they
 * stay as they are. threads may be NULL and is borrowed.
 */
int nmt_census_init(struct nmt_census *c, size_t most, const struct nmt_vocab_spec *spec,
                    struct nmt_threads *threads, struct nmt_err *err) NMT_MUST_USE;
void nmt_census_release(struct nmt_census *c);

/** Adds a word in the thread whose number is `worker`. */
int nmt_census_add(struct nmt_census *c, size_t worker, const char *word, size_t len,
                   uint64_t count, struct nmt_err *err) NMT_MUST_USE;

/** Adds the words of a line, which are its runs of bytes other than ASCII space. */
int nmt_census_add_line(struct nmt_census *c, size_t worker, const char *line, size_t len,
                        struct nmt_err *err) NMT_MUST_USE;

/** Brings all words together in the shards. From here on none is added. */
int nmt_census_settle(struct nmt_census *c, struct nmt_err *err) NMT_MUST_USE;

/** Once it is settled: spaces in lines, the one before each line that is not empty among them. */
uint64_t nmt_census_spaces(const struct nmt_census *c);

/** Once it is settled: adds to counts how often each character stands in words, to *total all. */
int nmt_census_characters(const struct nmt_census *c, struct nmt_code_points *counts,
                          uint64_t *total, struct nmt_err *err) NMT_MUST_USE;

/** Once it is settled: the next word; shard and at are 0 at first. False at the end. */
bool nmt_census_next(const struct nmt_census *c, size_t *shard, size_t *at, struct nmt_word *word);

/**
 * The words that `usable` accepts and that were seen at least min_count times, the most frequent
 * first, equal counts in the order of their bytes, at most `most` of them. *order is the caller's
 * to free; its texts are borrowed.
 */
int nmt_census_order(const struct nmt_census *c, uint64_t min_count, size_t most,
                     bool (*usable)(const char *text, size_t len), struct nmt_word **order,
                     size_t *n, struct nmt_err *err) NMT_MUST_USE;

#endif
