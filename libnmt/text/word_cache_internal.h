/*
 * What words became, by their bytes: an index and one block of records, each with the
 * word and its ids side by side, so that a known word is found in two steps in memory. There are
 * two such generations. When the young one is full it becomes the old one, whose words are
 * forgotten unless they are met again: so it never grows out of the processor's cache, and frequent
 * words stay.
 */
#ifndef NMT_WORD_CACHE_INTERNAL_H
#define NMT_WORD_CACHE_INTERNAL_H

#include "word_line_internal.h"

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes of the longest word that is remembered. */
#define NMT_CACHED_WORD 256

/** A word to look for. */
struct nmt_word {
    const char *text;
    uint32_t len, hash; /* hash: 0 for a word longer than NMT_CACHED_WORD */
    uint64_t head[2];   /* its first 16 bytes, with 0 behind its end: compared without a branch */
    const uint32_t *likely; /* what nmt_word_cache_fetch_word found, while `moves` is the cache's */
    uint32_t moves;
    bool not_old; /* and whether the old generation is known not to have the word */
};

struct nmt_word_cache {
    struct nmt_word_generation {
        struct nmt_word_line *index;
        size_t n;
        uint32_t *records; /* length and number of ids in 16 bits each, the word, the ids */
        size_t used, cap;
    } young, old;
    uint32_t moves; /* how often the records of the young generation have changed their place */
};

void nmt_word_cache_release(struct nmt_word_cache *c);

/** The word that starts at p and ends before the next space or end. */
void nmt_word_at(struct nmt_word *w, const char *p, const char *end);

/** The ids of a word, *n of them, borrowed until the next call; NULL: not known. */
const uint32_t *nmt_word_cache_find(struct nmt_word_cache *c, const struct nmt_word *word,
                                    size_t *n);

/** Fetch from memory what nmt_word_cache_find will need: first the index, then the word. */
void nmt_word_cache_fetch(const struct nmt_word_cache *c, uint32_t hash);
void nmt_word_cache_fetch_word(const struct nmt_word_cache *c, struct nmt_word *word);

/**
 * Adds a word that is not there; its ids, n < 2^16, are for the caller to write, to *ids, before
 * anything else.
 */
int nmt_word_cache_add(struct nmt_word_cache *c, const struct nmt_word *word, size_t n,
                       uint32_t **ids, struct nmt_err *err) NMT_MUST_USE;

#endif
