/*
 * What words became, by their bytes: a table of places and one block of records, each with the
 * word and its ids side by side, so that a known word is found in two steps in memory. There are
 * two such generations. When the young one is full it becomes the old one, whose words are
 * forgotten unless they are met again: so it never grows out of the processor's cache, and frequent
 * words stay.
 */
#ifndef NMT_WORD_CACHE_INTERNAL_H
#define NMT_WORD_CACHE_INTERNAL_H

#include <nmt/error.h>

#include <stddef.h>
#include <stdint.h>

/** Bytes of the longest word that is remembered. */
#define NMT_CACHED_WORD 256

struct nmt_word_cache {
    struct nmt_word_generation {
        uint64_t *slots; /* 0: free; else hash in the upper half, place of the record + 1 below */
        size_t n_slots, n;
        uint32_t *records; /* length and number of ids in 16 bits each, the word, the ids */
        size_t used, cap;
    } young, old;
};

void nmt_word_cache_release(struct nmt_word_cache *c);

/**
 * The ids of a word, *n of them, borrowed until the next call; NULL: not known. hash:
 * nmt_strings_hash.
 */
const uint32_t *nmt_word_cache_find(struct nmt_word_cache *c, const char *word, size_t len,
                                    uint32_t hash, size_t *n);

/**
 * Adds a word that is not there; its ids, n < 2^16, are for the caller to write, to *ids, before
 * anything else.
 */
int nmt_word_cache_add(struct nmt_word_cache *c, const char *word, size_t len, uint32_t hash,
                       size_t n, uint32_t **ids, struct nmt_err *err) NMT_MUST_USE;

#endif
