/* Words and their ids. */
#include "word_cache_internal.h"

#include "strings_internal.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT ((size_t)1 << 21) /* bytes of a generation */

void nmt_word_cache_release(struct nmt_word_cache *c)
{
    free(c->young.slots);
    free(c->young.records);
    free(c->old.slots);
    free(c->old.records);
    *c = (struct nmt_word_cache){ .young = { .n = 0 } };
}

/* Of a word, in a record. */
static size_t words_of(size_t len)
{
    return (len + 3) / 4;
}

/* Of a record with so many ids. */
static size_t size_of(size_t len, size_t n)
{
    return 1 + words_of(len) + n;
}

static bool is_full(const struct nmt_word_generation *g, size_t need)
{
    return (g->used + need) * sizeof *g->records + g->n_slots * sizeof *g->slots > LIMIT;
}

/* The record of a word, NULL when there is none. */
static const uint32_t *find(const struct nmt_word_generation *g, const char *word, size_t len,
                            uint32_t hash)
{
    if (g->n == 0)
        return NULL;
    size_t mask = g->n_slots - 1;
    for (size_t i = hash & mask; g->slots[i]; i = (i + 1) & mask) {
        if (g->slots[i] >> 32 != hash)
            continue;
        const uint32_t *record = g->records + (uint32_t)g->slots[i] - 1;
        if ((*record & 0xFFFF) == len && nmt_same_bytes((const char *)(record + 1), word, len))
            return record;
    }
    return NULL;
}

static void enter(struct nmt_word_generation *g, uint64_t slot)
{
    size_t mask = g->n_slots - 1, i = (size_t)(slot >> 32) & mask;
    while (g->slots[i])
        i = (i + 1) & mask;
    g->slots[i] = slot;
}

static int grow_slots(struct nmt_word_generation *g, struct nmt_err *err)
{
    size_t n = g->n_slots;
    uint64_t *old = g->slots, *slots = calloc(n ? n * 2 : 1024, sizeof *slots);
    if (!slots)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    g->slots = slots;
    g->n_slots = n ? n * 2 : 1024;
    for (size_t i = 0; i < n; i++)
        if (old[i])
            enter(g, old[i]);
    free(old);
    return 0;
}

/* The young generation becomes the old one. */
static void age(struct nmt_word_cache *c)
{
    struct nmt_word_generation g = c->old;
    c->old = c->young;
    if (g.slots)
        memset(g.slots, 0, g.n_slots * sizeof *g.slots);
    g.n = g.used = 0;
    c->young = g;
}

int nmt_word_cache_add(struct nmt_word_cache *c, const char *word, size_t len, uint32_t hash,
                       size_t n, uint32_t **ids, struct nmt_err *err)
{
    struct nmt_word_generation *g = &c->young;
    size_t need = size_of(len, n);
    if (is_full(g, need))
        age(c);
    if (g->n * 2 >= g->n_slots)
        NMT_TRY(grow_slots(g, err));
    if (need > g->cap - g->used) {
        size_t cap = g->cap * 2 + need + 4096;
        uint32_t *records = realloc(g->records, cap * sizeof *records);
        if (!records)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        g->records = records;
        g->cap = cap;
    }
    uint32_t *record = g->records + g->used;
    record[0] = (uint32_t)len | (uint32_t)n << 16;
    memcpy(record + 1, word, len);
    *ids = record + 1 + words_of(len);
    enter(g, (uint64_t)hash << 32 | (g->used + 1));
    g->used += need;
    g->n++;
    return 0;
}

const uint32_t *nmt_word_cache_find(struct nmt_word_cache *c, const char *word, size_t len,
                                    uint32_t hash, size_t *n)
{
    const uint32_t *record = find(&c->young, word, len, hash);
    uint32_t *copy;
    if (!record) {
        record = find(&c->old, word, len, hash);
        if (!record)
            return NULL;
        /* Met again: it moves on, unless that would make the old generation go from under it. */
        *n = *record >> 16;
        if (!is_full(&c->young, size_of(len, *n)) &&
            nmt_word_cache_add(c, word, len, hash, *n, &copy, NULL) == 0)
            memcpy(copy, record + 1 + words_of(len), *n * sizeof *copy);
    }
    *n = *record >> 16;
    return record + 1 + words_of(len);
}
