/*
 * Learning merges: a text of distinct words with their counts, in which the most frequent pair
 * of neighbouring symbols is joined again and again. Pieces for nmt-vocab and codes for
 * subword-nmt are learnt by this one machine, with another order among equal counts.
 */
#ifndef NMT_MERGE_TEXT_INTERNAL_H
#define NMT_MERGE_TEXT_INTERNAL_H

#include "pairs_internal.h"
#include "strings_internal.h"

#include <nmt/error.h>

enum nmt_merge_rule {
    /* Of equal counts the pair with the fewest characters, then the smallest text by bytes, then
     * the shortest left part. Whatever spells a piece is joined, as the segmenter does. */
    NMT_MERGE_PIECES,
    /* Of equal counts the greatest (left, right) by bytes; only the pair itself is joined. */
    NMT_MERGE_CODES
};

/**
 * In codes the end of a word is this byte behind its last character, for in the text itself the
 * characters of "</w>" may stand; it is compared and written as "</w>".
 */
#define NMT_CODES_END    '\xFF'
#define NMT_CODES_SYMBOL 8 /* bytes that a character and the end of a word need */

struct nmt_merge_text {
    enum nmt_merge_rule rule;
    bool bar_bytes;             /* pieces spelt as byte pieces are not to be made */
    struct nmt_strings symbols; /* number 0 is the empty one: no neighbour */
    uint32_t *width;            /* [symbols.n] slots a symbol takes: its characters */
    size_t cap_width;
    /* The text. A symbol stands in its first and (flagged) in its last slot; 0 separates. */
    uint32_t *slots;
    size_t n_slots, cap_slots;
    /* Words come in descending order of count, so that equal counts are neighbours. */
    struct nmt_count_class {
        uint64_t count;
        size_t end; /* slots before this one */
    } * classes;
    size_t n_classes, cap_classes;
    struct nmt_pairs pairs;
    struct nmt_merge_wait {
        uint64_t priority;
        uint32_t pair;
    } * heap;
    size_t n_heap, cap_heap;
    uint32_t *grown; /* pairs whose count has grown in this step */
    size_t n_grown, cap_grown;
};

int nmt_merge_text_init(struct nmt_merge_text *t, enum nmt_merge_rule rule,
                        struct nmt_err *err) NMT_MUST_USE;
void nmt_merge_text_release(struct nmt_merge_text *t);

/** The number of a one-character symbol. */
int nmt_merge_text_symbol(struct nmt_merge_text *t, const char *text, size_t len, uint32_t *symbol,
                          struct nmt_err *err) NMT_MUST_USE;

/** Starts a word. Counts must not increase from one word to the next. */
int nmt_merge_text_word(struct nmt_merge_text *t, uint64_t count, struct nmt_err *err) NMT_MUST_USE;

/** The next character of the word; 0: one that takes no part and joins with nothing. */
int nmt_merge_text_add(struct nmt_merge_text *t, uint32_t symbol, struct nmt_err *err) NMT_MUST_USE;

/** Ends the text and counts its pairs. */
int nmt_merge_text_start(struct nmt_merge_text *t, struct nmt_err *err) NMT_MUST_USE;

/**
 * Makes one merge. Returns 1 and sets *left, *right, *joined, or 0 when no pair has min_count. By
 * the rule for pieces every *joined is new.
 */
int nmt_merge_text_step(struct nmt_merge_text *t, uint64_t min_count, uint32_t *left,
                        uint32_t *right, uint32_t *joined, struct nmt_err *err) NMT_MUST_USE;

#endif
