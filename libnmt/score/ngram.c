/*
 * The tree: a node is an n-gram and also the number of its slot in one open hash table, keyed by
 * (node of the n-gram without its last symbol, last symbol). So keys are exact 64-bit numbers
 * for any order and any alphabet, nothing hashes strings, and a hypothesis stops climbing where the
 * references do. Slots carry the number of the sentence they belong to: clearing costs nothing.
 * A symbol alone, of which half of all that is looked up are, needs no table if it is a small
 * number, and numbers of words and letters mostly are.
 */
#include "ngram_internal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROOT        UINT32_MAX
#define FIRST_SLOTS ((size_t)1 << 13) /* 200 kB: more only for those who need it */
#define N_FIRSTS    ((size_t)1 << 8)  /* symbols that have a slot of their own */

/* --- words ------------------------------------------------------------------------------- */

/* Up to so many slots a table is at most a quarter full, beyond half. */
#define ROOMY ((size_t)1 << 12)

/* A word of up to 16 bytes is its length and two numbers; a longer one has text between them too.
 */
struct nmt_word_slot {
    uint64_t low, high;
    const char *s;
    uint32_t len;
    uint32_t count; /* of all words up to this one; not beyond those before the sentence: empty */
};

static inline uint64_t load8(const char *s)
{
    uint64_t v;
    memcpy(&v, s, 8);
    return v;
}

static inline uint32_t load4(const char *s)
{
    uint32_t v;
    memcpy(&v, s, 4);
    return v;
}

static inline struct nmt_word_slot word_key(const char *s, size_t len)
{
    struct nmt_word_slot key = { 0, 0, s, (uint32_t)len, 0 };
    if (len >= 8) {
        key.low = load8(s);
        key.high = load8(s + len - 8);
    } else if (len >= 4) {
        key.low = load4(s);
        key.high = load4(s + len - 4);
    } else if (len > 0) {
        key.low = (unsigned char)s[0] | (uint64_t)(unsigned char)s[len / 2] << 8;
        key.high = (unsigned char)s[len - 1];
    }
    return key;
}

static inline uint64_t hash_word(const struct nmt_word_slot *key)
{
    const uint64_t a = 0x9E3779B97F4A7C15u, b = 0xD6E8FEB86659FD93u;
    uint64_t h = key->len * b;
    if (key->len > 16)
        for (size_t i = 8; i + 8 < key->len; i += 8)
            h = (h ^ load8(key->s + i)) * a, h ^= h >> 29;
    h = (h ^ key->low) * a;
    h = (h ^ h >> 32 ^ key->high) * b;
    return h ^ h >> 32;
}

static inline bool same_word(const struct nmt_word_slot *a, const struct nmt_word_slot *b)
{
    return a->low == b->low && a->high == b->high && a->len == b->len &&
           (a->len <= 16 || memcmp(a->s, b->s, a->len) == 0);
}

int nmt_words_clear(struct nmt_words *w, size_t n, struct nmt_err *err)
{
    if (n > UINT32_MAX / 4)
        return nmt_fail(err, NMT_ELIMIT, 0, "a line has %zu tokens, more than can be counted", n);
    size_t cap = 32;
    while (cap < 2 * n || (cap < 4 * n && cap < ROOMY))
        cap *= 2;
    w->before += (uint32_t)w->n;
    w->n = 0;
    if (cap > w->size) {
        free(w->slots);
        w->slots = calloc(cap, sizeof *w->slots);
        w->size = w->slots ? cap : 0;
        w->before = 0;
        if (!w->slots)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu words", n);
    }
    if (w->before > UINT32_MAX / 2) {
        memset(w->slots, 0, w->size * sizeof *w->slots);
        w->before = 0;
    }
    w->cap = cap;
    return 0;
}

void nmt_words_release(struct nmt_words *w)
{
    free(w->slots);
    *w = (struct nmt_words){ .slots = NULL };
}

/* Where the word is, or the empty slot where it would be. */
static inline struct nmt_word_slot *word_slot(const struct nmt_words *w,
                                              const struct nmt_word_slot *key)
{
    size_t i = (size_t)hash_word(key) & (w->cap - 1);
    while (w->slots[i].count > w->before && !same_word(&w->slots[i], key))
        i = (i + 1) & (w->cap - 1);
    return &w->slots[i];
}

uint32_t nmt_words_add(struct nmt_words *w, const char *s, size_t len)
{
    struct nmt_word_slot key = word_key(s, len), *slot = word_slot(w, &key);
    if (slot->count <= w->before) {
        key.count = w->before + (uint32_t)++w->n;
        *slot = key;
    }
    return slot->count - w->before - 1;
}

uint32_t nmt_words_find(const struct nmt_words *w, const char *s, size_t len)
{
    struct nmt_word_slot key = word_key(s, len), *slot = word_slot(w, &key);
    return slot->count > w->before ? slot->count - w->before - 1 : NMT_WORD_NONE;
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
    free(g->firsts);
    *g = (struct nmt_ngrams){ .slots = NULL };
}

int nmt_ngrams_clear(struct nmt_ngrams *g, size_t n, struct nmt_err *err)
{
    size_t cap = 128;
    while (cap < 2 * n && cap < FIRST_SLOTS)
        cap *= 2;
    if (cap > g->size) {
        free(g->slots);
        free(g->firsts);
        g->slots = calloc(cap, sizeof *g->slots);
        g->firsts = calloc(N_FIRSTS, sizeof *g->firsts);
        g->size = g->slots && g->firsts ? cap : 0;
        g->stamp = 0;
        if (g->size == 0)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu n-grams", cap);
    }
    if (g->stamp > UINT32_MAX / 2) {
        memset(g->slots, 0, g->size * sizeof *g->slots);
        memset(g->firsts, 0, N_FIRSTS * sizeof *g->firsts);
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

/* The same for what stands behind a node, or alone. */
static inline struct nmt_ngram_slot *slot_behind(const struct nmt_ngrams *g, uint32_t node,
                                                 uint32_t symbol)
{
    return node == ROOT && symbol < N_FIRSTS ? &g->firsts[symbol]
                                             : ngram_slot(g, edge(node, symbol));
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
            struct nmt_ngram_slot *slot = slot_behind(g, node, symbols[i + k]);
            if (slot->stamp < g->first)
                *slot = (struct nmt_ngram_slot){ edge(node, symbols[i + k]), stamp,
                                                 (uint32_t)g->used++, 0, 0 };
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
            struct nmt_ngram_slot *slot = slot_behind(g, node, symbols[i + k]);
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
