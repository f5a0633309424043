/*
 * The distinct words of a text and how often each stands there, in little more memory than the
 * words themselves: one block of records, which learning merges later turns into its text, and an
 * index that is filled anew when it is full. One thread at a time may use it; see word_census.c for
 * many.
 *
 * Words have classes, the longest words in the highest, so that some of them can be given up.
 */
#ifndef NMT_WORD_COUNTS_INTERNAL_H
#define NMT_WORD_COUNTS_INTERNAL_H

#include "word_line_internal.h"

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nmt_word_counts {
    /* Records: count, length, bytes; see word_counts.c. */
    unsigned char *records;
    size_t used, cap;
    struct nmt_word_line *index; /* a bucket's number grows with the hash */
    void *index_block;
    size_t n_buckets;
    unsigned shift;     /* upper bits of the hash that all words here have in common */
    size_t n;           /* words in the index */
    size_t live;        /* of them, how many are within `limit` */
    uint32_t *of_class; /* live words of each class; NULL: classes are of no matter */
    uint32_t limit;     /* the last class that is kept */
    uint64_t given_up;  /* running words that were given up and are no longer in memory */
};

int nmt_word_counts_init(struct nmt_word_counts *w, unsigned shift,
                         struct nmt_err *err) NMT_MUST_USE;
void nmt_word_counts_release(struct nmt_word_counts *w);

/** Forgets the words and keeps the memory. */
void nmt_word_counts_empty(struct nmt_word_counts *w);

/** Gives the index so many buckets; room for more words, if that is what they are. */
int nmt_word_counts_make_index(struct nmt_word_counts *w, size_t n_buckets,
                               struct nmt_err *err) NMT_MUST_USE;

/** hash: nmt_strings_hash. */
int nmt_word_counts_add(struct nmt_word_counts *w, const char *word, size_t len, uint64_t count,
                        uint32_t hash, struct nmt_err *err) NMT_MUST_USE;

/** Fetch from memory what nmt_word_counts_add will need: first the bucket, then the word. */
void nmt_word_counts_fetch(const struct nmt_word_counts *w, uint32_t hash);
void nmt_word_counts_fetch_word(const struct nmt_word_counts *w, uint32_t hash);

/** Gives up the highest class; its words stay in memory until it is compacted. */
void nmt_word_counts_lower(struct nmt_word_counts *w);

/** Drops the words that were given up from memory, moving the others together. */
int nmt_word_counts_compact(struct nmt_word_counts *w, struct nmt_err *err) NMT_MUST_USE;

/** Up to that length in bytes no words were given up; SIZE_MAX: none at all. */
size_t nmt_word_counts_longest(const struct nmt_word_counts *w);

struct nmt_word {
    const char *text; /* borrowed until the next word is added */
    size_t len;
    uint64_t count;
    size_t at; /* where its record has the length */
};

/** The word whose length stands at a place, as the index has it. */
struct nmt_word nmt_word_counts_at(const struct nmt_word_counts *w, size_t at);

/** The next word from *at on (0 at first), which is moved behind it; false at the end. */
bool nmt_word_counts_next(const struct nmt_word_counts *w, size_t *at, struct nmt_word *word);

/** Gives up the index, when no more words are to be added. */
void nmt_word_counts_seal(struct nmt_word_counts *w);

#endif
