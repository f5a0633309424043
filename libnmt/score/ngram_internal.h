/*
 * Counting n-grams that a hypothesis and its references have in common, exactly: a tree of the
 * references' n-grams whose edges are kept in a hash table, and nothing else.
 */
#ifndef NMT_NGRAM_INTERNAL_H
#define NMT_NGRAM_INTERNAL_H

#include <nmt/error.h>
#include <nmt/tokenize.h>

#include <stddef.h>
#include <stdint.h>

/** Numbers for words: equal words of one sentence pair get equal numbers. */
struct nmt_words {
    struct nmt_word_slot *slots;
    size_t size, cap, n; /* slots there, slots in use for this sentence, words */
    uint32_t before;     /* words of the sentences before this one */
};

/** What nmt_words_find answers for a word that was never added. */
#define NMT_WORD_NONE UINT32_MAX

/** Forgets everything and makes room for n different words. */
int nmt_words_clear(struct nmt_words *w, size_t n, struct nmt_err *err) NMT_MUST_USE;
void nmt_words_release(struct nmt_words *w);

/** The number of a word, which is added when it is new. s must stay until the next clear. */
uint32_t nmt_words_add(struct nmt_words *w, const char *s, size_t len);
uint32_t nmt_words_find(const struct nmt_words *w, const char *s, size_t len);

/** The n-grams of one or more references, with their greatest count in any of them. */
struct nmt_ngrams {
    struct nmt_ngram_slot *slots;
    struct nmt_ngram_slot *firsts; /* of the commonest symbols on their own */
    size_t size, cap, used;        /* slots there, slots in use for this sentence, n-grams */
    uint32_t first, stamp;         /* references of this sentence are first .. stamp */
};

/** Forgets everything and makes itself comfortable for about n n-grams (there may be more). */
int nmt_ngrams_clear(struct nmt_ngrams *g, size_t n, struct nmt_err *err) NMT_MUST_USE;
void nmt_ngrams_release(struct nmt_ngrams *g);

/** Adds a reference of n symbols: all its n-grams up to `order`. */
int nmt_ngrams_add(struct nmt_ngrams *g, const uint32_t *symbols, size_t n, unsigned order,
                   struct nmt_err *err) NMT_MUST_USE;

/**
 * Adds to match[0..order) how many n-grams of the hypothesis occur in the references, each counted
 * at most as often as in one of them. The counts are used up: clear before the next hypothesis. The
 * symbol NMT_WORD_NONE matches nothing.
 */
void nmt_ngrams_match(struct nmt_ngrams *g, const uint32_t *symbols, size_t n, unsigned order,
                      uint64_t *match);

#endif
