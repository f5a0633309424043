/*
 * Sentence pairs as ids, in few bytes and outside memory. There are two arrays, both mapped:
 *
 *     heads  of each pair: the line it comes from (4 bytes), S and T (as few bytes as the longest
 *            sentence that may be needs: 1 or 2 when training)
 *     ids    of each pair: the ids of its source, those of its target (each as few bytes as its
 *            vocabulary needs: 2 for 257 to 65,536 pieces); with guided alignment the word of each
 *            of them (2 bytes). Pairs stand one behind the other, without </s>.
 *
 * Where a pair's ids begin follows from the lengths before it: only every 64th start is kept in
 * memory (`base`, an eighth of a byte a pair), the rest is added up when a pair is read. That
 * touches one page of heads, which are small, and one of ids: 0.4 us for a pair of 30 tokens in
 * random order, a thousandth of what training on it takes. Ids of variable length would be a fifth
 * smaller (1.6 bytes a token with 8,000 or 32,000 pieces of bpe); fixed ones are as fast as a copy
 * and leave nothing to check beyond their value.
 *
 * The file of data.cache (bitext_cache.c) holds the same two arrays.
 */
#ifndef NMT_BITEXT_H
#define NMT_BITEXT_H

#include "train/text.h"

#include <nmt/error.h>
#include <nmt/id.h>
#include <nmt/spool.h>
#include <nmt/threads.h>
#include <nmt/vocab.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NMT_NO_WORD_16 UINT16_MAX

/** A word of struct nmt_segmented as struct nmt_bitext holds it; its sentences are short. */
static inline uint16_t nmt_word_16(uint32_t word)
{
    return word < NMT_NO_WORD_16 ? (uint16_t)word : NMT_NO_WORD_16;
}

/** What decides how lines become pairs. Everything is borrowed. */
struct nmt_bitext_plan {
    const struct nmt_text *text[2];
    const struct nmt_vocab *vocab[2];
    size_t max_length;  /* tokens of a side */
    bool words;         /* the word of each id is kept too */
    const char *folder; /* where the arrays are to be; NULL: /tmp */
};

/** Start with `= { 0 }`. Every sentence ends with </s>, which S, T and what is read count. */
struct nmt_bitext {
    const unsigned char *heads, *ids;
    unsigned length_width, id_width[2]; /* bytes */
    bool words;
    size_t n;
    uint64_t *base;            /* [n / 64 + 1] where in ids every 64th pair begins */
    float *weight;             /* [n] of each pair's loss; NULL: 1 */
    size_t lines;              /* of the text */
    size_t empty, long_;       /* pairs left out: a side without words, or over the limit */
    uint64_t S_total, T_total; /* tokens without </s> */
    uint64_t unknown[2];       /* tokens of source and target */
    uint8_t digest[16];        /* of all that is used, in order */
    struct nmt_spool head_spool, id_spool; /* where the arrays are, or ... */
    void *map;                             /* ... the cache file */
    size_t map_size;
};

struct nmt_bitext_head {
    uint32_t line; /* from 0, in the text */
    uint32_t S, T;
};

/**
 * Segments the lines, on the threads (NULL: on one). Pairs with an empty side or with more than
 * max_length tokens on a side are left out and counted; max_length 0: no limit, and pairs with an
 * empty side are kept (an empty sentence is </s> alone). NMT_ELIMIT: more than 2^32 - 1 lines.
 */
int nmt_bitext_build(struct nmt_bitext *b, const struct nmt_bitext_plan *plan,
                     struct nmt_threads *threads, struct nmt_err *err) NMT_MUST_USE;
void nmt_bitext_release(struct nmt_bitext *b);

/** i < n. */
struct nmt_bitext_head nmt_bitext_head(const struct nmt_bitext *b, size_t i);

/** The ids of pair i: source [S], target [T]. */
void nmt_bitext_ids(const struct nmt_bitext *b, size_t i, nmt_id *source, nmt_id *target);

/** The word of each id of a side (0: source), NMT_NO_WORD_16 of none: out [S] or [T]. */
void nmt_bitext_words(const struct nmt_bitext *b, size_t i, size_t side, uint16_t *out);

static inline float nmt_bitext_weight(const struct nmt_bitext *b, size_t i)
{
    return b->weight ? b->weight[i] : 1;
}

/** Bytes of memory that cannot be dropped. */
size_t nmt_bitext_memory(const struct nmt_bitext *b);

#endif
