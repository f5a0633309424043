/*
 * The tree: a node is an n-gram and also the number of its slot in one open hash table, keyed by
 * (node of the n-gram without its last symbol, last symbol). So keys are exact 64-bit numbers
 * for any order and any alphabet, nothing hashes strings, and a hypothesis stops climbing where the
 * references do. Slots carry the number of the sentence they belong to: clearing costs nothing.
 */
#include "ngram_internal.h"

#include <stdlib.h>
#include <string.h>

#define ROOT        UINT32_MAX
#define FIRST_SLOTS ((size_t)1 << 13) /* 200 kB: more only for those who need it */

/* --- words ------------------------------------------------------------------------------- */

struct nmt_word_slot {
    const char *s; /* NULL: empty */
    uint32_t len, number;
};

static inline uint64_t load(const char *s, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, s, n);
    return v;
}

/* A word's hash: its first and last eight bytes, and for a long one those between. */
static inline uint64_t hash_bytes(const char *s, size_t len)
{
    const uint64_t a = 0x9E3779B97F4A7C15u, b = 0xD6E8FEB86659FD93u;
    uint64_t h = len * b, low, high;
    if (len >= 8) {
        for (size_t i = 8; i + 8 < len; i += 8)
            h = (h ^ load(s + i, 8)) * a, h ^= h >> 29;
        low = load(s, 8);
        high = load(s + len - 8, 8);
    } else if (len >= 4) {
        low = load(s, 4);
        high = load(s + len - 4, 4);
    } else if (len > 0) {
        low = (unsigned char)s[0] | (uint64_t)(unsigned char)s[len / 2] << 8;
        high = (unsigned char)s[len - 1];
    } else {
        low = high = 0;
    }
    h = (h ^ low) * a;
    h = (h ^ (h >> 32) ^ high) * b;
    return h ^ h >> 32;
}

int nmt_words_clear(struct nmt_words *w, size_t n, struct nmt_err *err)
{
    if (n > UINT32_MAX / 4)
        return nmt_fail(err, NMT_ELIMIT, 0, "a line has %zu tokens, more than can be counted", n);
    size_t cap = 32;
    while (cap < 2 * n)
        cap *= 2;
    if (cap > w->size) {
        struct nmt_word_slot *bigger = realloc(w->slots, cap * sizeof *bigger);
        if (!bigger)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu words", n);
        w->slots = bigger;
        w->size = cap;
    }
    w->cap = cap;
    w->n = 0;
    memset(w->slots, 0, cap * sizeof *w->slots);
    return 0;
}

void nmt_words_release(struct nmt_words *w)
{
    free(w->slots);
    *w = (struct nmt_words){ NULL, 0, 0, 0 };
}

/* Where the word is, or the empty slot where it would be. */
static struct nmt_word_slot *word_slot(const struct nmt_words *w, const char *s, size_t len)
{
    size_t i = (size_t)hash_bytes(s, len) & (w->cap - 1);
    while (w->slots[i].s && (w->slots[i].len != len || memcmp(w->slots[i].s, s, len) != 0))
        i = (i + 1) & (w->cap - 1);
    return &w->slots[i];
}

uint32_t nmt_words_add(struct nmt_words *w, const char *s, size_t len)
{
    struct nmt_word_slot *slot = word_slot(w, s, len);
    if (!slot->s)
        *slot = (struct nmt_word_slot){ s, (uint32_t)len, (uint32_t)w->n++ };
    return slot->number;
}

uint32_t nmt_words_find(const struct nmt_words *w, const char *s, size_t len)
{
    const struct nmt_word_slot *slot = word_slot(w, s, len);
    return slot->s ? slot->number : NMT_WORD_NONE;
}

/* --- n-grams ----------------------------------------------------------------------------- */

struct nmt_ngram_slot {
    uint64_t key;
    uint32_t stamp;           /* the reference that `count` is of; before g->first: empty */
    uint32_t node;            /* its number */
    uint32_t count, greatest; /* in that reference, and in any; matching uses `greatest` up */
};

void nmt_ngrams_release(struct nmt_ngrams *g)
{
    free(g->slots);
    *g = (struct nmt_ngrams){ NULL, 0, 0, 0, 0, 0 };
}

int nmt_ngrams_clear(struct nmt_ngrams *g, size_t n, struct nmt_err *err)
{
    size_t cap = 128;
    while (cap < 2 * n && cap < FIRST_SLOTS)
        cap *= 2;
    if (cap > g->size) {
        free(g->slots);
        g->slots = calloc(cap, sizeof *g->slots);
        g->size = g->slots ? cap : 0;
        g->stamp = 0;
        if (!g->slots)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu n-grams", cap);
    }
    if (g->stamp > UINT32_MAX / 2) {
        memset(g->slots, 0, g->size * sizeof *g->slots);
        g->stamp = 0;
    }
    g->cap = cap;
    g->used = 0;
    g->first = g->stamp + 1;
    return 0;
}

static inline uint64_t edge(uint32_t node, uint32_t symbol)
{
    return (uint64_t)node << 32 | symbol;
}

/* Where the n-gram is, or the empty slot where it would be. */
static inline struct nmt_ngram_slot *ngram_slot(const struct nmt_ngrams *g, uint64_t key)
{
    uint64_t h = key * 0x9E3779B97F4A7C15u;
    size_t i = (size_t)(h >> 32) & (g->cap - 1);
    while (g->slots[i].stamp >= g->first && g->slots[i].key != key)
        i = (i + 1) & (g->cap - 1);
    return &g->slots[i];
}

/* Doubles the part of the table in use; nodes keep their numbers, so keys stay true. */
static int grow(struct nmt_ngrams *g, struct nmt_err *err)
{
    struct nmt_ngrams next = *g;
    next.size = next.cap = g->cap * 2;
    if (next.cap > (size_t)1 << 32 || !(next.slots = calloc(next.size, sizeof *next.slots)))
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu n-grams", next.cap);
    for (size_t i = 0; i < g->cap; i++)
        if (g->slots[i].stamp >= g->first)
            *ngram_slot(&next, g->slots[i].key) = g->slots[i];
    free(g->slots);
    *g = next;
    return 0;
}

int nmt_ngrams_add(struct nmt_ngrams *g, const uint32_t *symbols, size_t n, unsigned order,
                   struct nmt_err *err)
{
    uint32_t stamp = ++g->stamp;
    for (size_t i = 0; i < n; i++) {
        size_t longest = n - i < order ? n - i : order;
        uint32_t node = ROOT;
        while (2 * (g->used + longest) > g->cap)
            NMT_TRY(grow(g, err));
        for (size_t k = 0; k < longest; k++) {
            uint64_t key = edge(node, symbols[i + k]);
            struct nmt_ngram_slot *slot = ngram_slot(g, key);
            if (slot->stamp < g->first)
                *slot = (struct nmt_ngram_slot){ key, stamp, (uint32_t)g->used++, 0, 0 };
            if (slot->stamp != stamp) {
                slot->stamp = stamp;
                slot->count = 0;
            }
            if (++slot->count > slot->greatest)
                slot->greatest = slot->count;
            node = slot->node;
        }
    }
    return 0;
}

void nmt_ngrams_match(struct nmt_ngrams *g, const uint32_t *symbols, size_t n, unsigned order,
                      uint64_t *match)
{
    for (size_t i = 0; i < n; i++) {
        size_t longest = n - i < order ? n - i : order;
        uint32_t node = ROOT;
        for (size_t k = 0; k < longest && symbols[i + k] != NMT_WORD_NONE; k++) {
            struct nmt_ngram_slot *slot = ngram_slot(g, edge(node, symbols[i + k]));
            if (slot->stamp < g->first)
                break;
            if (slot->greatest > 0) {
                slot->greatest--;
                match[k]++;
            }
            node = slot->node;
        }
    }
}
