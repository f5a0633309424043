/*
 * Pairs of neighbouring symbols that may be merged next: all that were seen at least `threshold`
 * times, with their counts and places. Pairs below it are forgotten, for there are very many, and
 * no count ever grows: a pair is all there when the newer of its symbols is made. When no candidate
 * is left, the text is surveyed again with a lower threshold.
 */
#ifndef NMT_PAIR_SURVEY_INTERNAL_H
#define NMT_PAIR_SURVEY_INTERNAL_H

#include "merge_text_internal.h"

#include <nmt/threads.h>

#define NMT_PAIR_NONE UINT32_MAX

/** Bytes for the places of one survey; more make surveys rarer and the memory larger. */
#define NMT_CANDIDATE_BYTES ((size_t)1 << 23)

struct nmt_pair {
    uint64_t count; /* up to date */
    uint32_t left, right;
    uint32_t first, n; /* its list in `places`; the text may have changed under it */
    uint32_t last;     /* the last place in the list */
};

struct nmt_survey {
    uint64_t threshold;
    size_t most_places; /* bytes; when there are more it is time for a survey */
    struct nmt_pair *items;
    size_t n, cap;
    uint32_t *slots; /* number + 1; 0: free */
    size_t n_slots;
    /* Of the left symbols, ascending: differences in digits to base 128, the high bit on all but
     * the last. Frequent pairs have the most places and take one byte for each. */
    unsigned char *places;
    size_t n_places, cap_places;
};

void nmt_survey_release(struct nmt_survey *c);

/**
 * Finds candidates anew: as many of the most frequent pairs as have about `budget` bytes of
 * places, and at least one step below `below`, a count that no pair reaches. The threshold is at
 * least 1.
 */
int nmt_survey_run(struct nmt_survey *c, const struct nmt_merge_text *t, uint64_t below,
                   size_t budget, struct nmt_threads *threads, struct nmt_err *err) NMT_MUST_USE;

/** A pair that is not there yet, with room for n bytes of places behind the others. */
int nmt_survey_add(struct nmt_survey *c, uint32_t left, uint32_t right, uint32_t n,
                   uint32_t *number, struct nmt_err *err) NMT_MUST_USE;

static inline uint32_t nmt_place_bytes(uint32_t difference)
{
    uint32_t n = 1;
    for (; difference >= 0x80; difference >>= 7)
        n++;
    return n;
}

/** Adds a place to the end of a list, of which *last was the last one. Returns the new end. */
static inline unsigned char *nmt_place_put(unsigned char *end, uint32_t place, uint32_t *last)
{
    uint32_t rest = place - *last;
    *last = place;
    for (; rest >= 0x80; rest >>= 7)
        *end++ = (unsigned char)(rest | 0x80);
    *end++ = (unsigned char)rest;
    return end;
}

/** Moves *place on to the next of a list. Returns what is behind it. */
static inline const unsigned char *nmt_place_get(const unsigned char *p, uint32_t *place)
{
    uint32_t difference = *p & 0x7F;
    for (unsigned shift = 7; *p++ & 0x80; shift += 7)
        difference |= (uint32_t)(*p & 0x7F) << shift;
    *place += difference;
    return p;
}

static inline uint64_t nmt_pair_hash(uint32_t left, uint32_t right)
{
    return ((uint64_t)left << 32 | right) * 0x9E3779B97F4A7C15u;
}

/** The number of a pair, NMT_PAIR_NONE when it is no candidate. */
static inline uint32_t nmt_survey_find(const struct nmt_survey *c, uint32_t left, uint32_t right)
{
    size_t mask = c->n_slots - 1;
    for (size_t i = (size_t)(nmt_pair_hash(left, right) >> 32) & mask; c->slots[i];
         i = (i + 1) & mask) {
        const struct nmt_pair *pair = &c->items[c->slots[i] - 1];
        if (pair->left == left && pair->right == right)
            return c->slots[i] - 1;
    }
    return NMT_PAIR_NONE;
}

#endif
