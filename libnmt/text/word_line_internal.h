/*
 * A line of an index of words, which is a line of the processor's cache: a byte of the hash of each
 * word, and its place. Words that are not there are known to be new without looking at others.
 */
#ifndef NMT_WORD_LINE_INTERNAL_H
#define NMT_WORD_LINE_INTERNAL_H

#include "strings_internal.h"

#include <stdint.h>

#define NMT_IN_LINE 12

struct nmt_word_line {
    uint32_t n;
    uint8_t tags[NMT_IN_LINE];
    uint32_t at[NMT_IN_LINE];
};

/* A bit for each of eight bytes that is the tag. */
static inline uint32_t nmt_equal_bytes(uint64_t eight, uint8_t tag)
{
    const uint64_t low = 0x7F7F7F7F7F7F7F7Fu;
    uint64_t other = eight ^ 0x0101010101010101u * tag;
    uint64_t equal = ~(((other & low) + low) | other | low);
    return (uint32_t)((equal >> 7) * 0x0102040810204080u >> 56);
}

/** A bit for each word that has the tag. */
static inline uint32_t nmt_word_line_find(const struct nmt_word_line *line, uint8_t tag)
{
    uint32_t all = nmt_equal_bytes(nmt_load_le64(line->tags), tag) |
                   nmt_equal_bytes(nmt_load_le32(line->tags + 8), tag) << 8;
    return all & ((1u << line->n) - 1);
}

/** Adds a word to a line that is not full. */
static inline void nmt_word_line_add(struct nmt_word_line *line, uint8_t tag, size_t at)
{
    line->tags[line->n] = tag;
    line->at[line->n++] = (uint32_t)at;
}

#endif
