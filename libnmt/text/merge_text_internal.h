/*
 * The text that merges are learnt on: the distinct words with their counts, cut into symbols. It
 * lies in the words' own bytes, for that is what there is most of:
 *
 *   A symbol owns the bytes of its characters. In the first (up to four) of them stands its code,
 *   little-endian: for one byte the character itself, for two, three and more bytes a number
 *   among the symbols of that width, so that it always fits. Code 0 is a character that takes no
 *   part and joins with nothing.
 *
 *   In front of each word stands its count in digits to base 128, a byte each, with the high bit
 *   set. These have no neighbours either.
 *
 *   Pieces have the space before a word as a byte of its own; codes have a byte behind a word,
 *   which belongs to its last character.
 *
 *   A bit for each byte says whether a symbol (or a digit) starts there.
 */
#ifndef NMT_MERGE_TEXT_INTERNAL_H
#define NMT_MERGE_TEXT_INTERNAL_H

#include "code_points_internal.h"
#include "strings_internal.h"
#include "word_counts_internal.h"

#include <nmt/error.h>

enum nmt_merge_rule {
    /* Of equal counts the pair with the fewest characters, then the smallest text by bytes. */
    NMT_MERGE_PIECES,
    /* Of equal counts the greatest (left, right) by bytes. */
    NMT_MERGE_CODES
};

/**
 * In codes the end of a word is this byte behind its last character, for in the text itself the
 * characters of "</w>" may stand; it is compared and written as "</w>".
 */
#define NMT_CODES_END    '\xFF'
#define NMT_CODES_SYMBOL 8 /* bytes that a character and the end of a word need */

#define NMT_MERGE_WIDTHS 4 /* of codes: 1, 2, 3, 4 and more bytes */

struct nmt_merge_text {
    enum nmt_merge_rule rule;
    unsigned char *bytes;  /* readable up to 8 bytes behind the end */
    unsigned char *starts; /* readable from 8 bytes before the start to 8 bytes behind the end */
    size_t n;
    /* Words that are too long to look for their start symbol by symbol. */
    struct nmt_long_word {
        size_t start, end;
    } * words;
    size_t n_words, cap_words;
    struct nmt_strings symbols; /* number 0 is the empty one: no neighbour */
    struct nmt_merge_symbol {
        uint32_t characters, width; /* bytes in the text */
        uint32_t code;
    } * shapes; /* [symbols.n] */
    size_t cap_shapes;
    struct nmt_merge_codes {
        uint32_t *symbols; /* by code */
        size_t n, cap;
    } codes[NMT_MERGE_WIDTHS];
    /* The symbols of characters inside a word and, in codes, at its end. */
    struct nmt_code_points inside, last;
};

int nmt_merge_text_init(struct nmt_merge_text *t, enum nmt_merge_rule rule,
                        struct nmt_err *err) NMT_MUST_USE;
void nmt_merge_text_release(struct nmt_merge_text *t);

/** Pieces: a character that takes part, with its spelling. */
int nmt_merge_text_character(struct nmt_merge_text *t, uint32_t cp, const char *spelling,
                             size_t len, struct nmt_err *err) NMT_MUST_USE;

/** Makes the words of n tables the text. They are consumed: each table is released. */
int nmt_merge_text_take(struct nmt_merge_text *t, struct nmt_word_counts *words, size_t n,
                        struct nmt_err *err) NMT_MUST_USE;

/** A new symbol, of two neighbours. */
int nmt_merge_text_join(struct nmt_merge_text *t, uint32_t left, uint32_t right, uint32_t *joined,
                        struct nmt_err *err) NMT_MUST_USE;

static inline bool nmt_merge_starts(const struct nmt_merge_text *t, size_t place)
{
    return t->starts[place / 8] >> place % 8 & 1;
}

/** The symbol of so many bytes at a place; 0 for what takes no part. */
static inline uint32_t nmt_merge_symbol_of(const struct nmt_merge_text *t, size_t place,
                                           size_t width)
{
    static const uint32_t mask[NMT_MERGE_WIDTHS] = { 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF };
    size_t i = (width < NMT_MERGE_WIDTHS ? width : NMT_MERGE_WIDTHS) - 1;
    return t->codes[i].symbols[nmt_load_le32(t->bytes + place) & mask[i]];
}

/** The symbol that starts at a place. */
static inline uint32_t nmt_merge_symbol(const struct nmt_merge_text *t, size_t place)
{
    uint32_t next = nmt_load_le32(t->starts + (place + 1) / 8) >> (place + 1) % 8;
    return nmt_merge_symbol_of(t, place, (size_t)__builtin_ctz(next | 8) + 1);
}

/** Where the next symbol or digit starts; there is one. */
static inline size_t nmt_merge_next(const struct nmt_merge_text *t, size_t place)
{
    for (place++;; place += 57) {
        uint64_t bits = nmt_load_le64(t->starts + place / 8) >> place % 8;
        if (bits)
            return place + (size_t)__builtin_ctzll(bits);
    }
}

/** Where the symbol or digit before a place starts; there is one. */
static inline size_t nmt_merge_previous(const struct nmt_merge_text *t, size_t place)
{
    for (place--;; place -= 57) {
        uint64_t bits = nmt_load_le64(t->starts + place / 8 - 7) << (7 - place % 8);
        if (bits)
            return place - (size_t)__builtin_clzll(bits);
    }
}

static inline bool nmt_merge_is_digit(const struct nmt_merge_text *t, size_t place)
{
    return t->bytes[place] >= 0x80 && nmt_merge_starts(t, place + 1);
}

/** The count of the word at a place. */
uint64_t nmt_merge_count(const struct nmt_merge_text *t, size_t place);

/** Writes a joined symbol over the two it is made of. */
static inline void nmt_merge_write(struct nmt_merge_text *t, size_t place, size_t middle,
                                   const struct nmt_merge_symbol *joined)
{
    uint32_t code = joined->code;
    t->starts[middle / 8] &= (unsigned char)~(1u << middle % 8);
    for (uint32_t i = 0; i < joined->width && i < NMT_MERGE_WIDTHS; i++, code >>= 8)
        t->bytes[place + i] = (unsigned char)code;
}

#endif
