/* Words and their ids. */
#include "word_cache_internal.h"

#include "strings_internal.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT ((size_t)1 << 26) /* bytes */

void nmt_word_cache_release(struct nmt_word_cache *c)
{
    free(c->slots);
    free(c->records);
    *c = (struct nmt_word_cache){ .n = 0 };
}

/* Of a word, in a record. */
static size_t words_of(size_t len)
{
    return (len + 3) / 4;
}

const uint32_t *nmt_word_cache_find(const struct nmt_word_cache *c, const char *word, size_t len,
                                    uint32_t hash, size_t *n)
{
    if (c->n == 0)
        return NULL;
    size_t mask = c->n_slots - 1;
    for (size_t i = hash & mask; c->slots[i]; i = (i + 1) & mask) {
        if (c->slots[i] >> 32 != hash)
            continue;
        const uint32_t *record = c->records + (uint32_t)c->slots[i] - 1;
        if ((*record & 0xFFFF) == len && nmt_same_bytes((const char *)(record + 1), word, len)) {
            *n = *record >> 16;
            return record + 1 + words_of(len);
        }
    }
    return NULL;
}

static void enter(struct nmt_word_cache *c, uint64_t slot)
{
    size_t mask = c->n_slots - 1, i = (size_t)(slot >> 32) & mask;
    while (c->slots[i])
        i = (i + 1) & mask;
    c->slots[i] = slot;
}

static int grow_slots(struct nmt_word_cache *c, struct nmt_err *err)
{
    size_t n = c->n_slots;
    uint64_t *old = c->slots, *slots = calloc(n ? n * 2 : 1024, sizeof *slots);
    if (!slots)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    c->slots = slots;
    c->n_slots = n ? n * 2 : 1024;
    for (size_t i = 0; i < n; i++)
        if (old[i])
            enter(c, old[i]);
    free(old);
    return 0;
}

int nmt_word_cache_add(struct nmt_word_cache *c, const char *word, size_t len, uint32_t hash,
                       size_t n, uint32_t **ids, struct nmt_err *err)
{
    size_t need = 1 + words_of(len) + n;
    if ((c->used + need) * sizeof *c->records + c->n_slots * sizeof *c->slots > LIMIT) {
        memset(c->slots, 0, c->n_slots * sizeof *c->slots);
        c->n = c->used = 0;
    }
    if (c->n * 2 >= c->n_slots)
        NMT_TRY(grow_slots(c, err));
    if (need > c->cap - c->used) {
        size_t cap = c->cap * 2 + need + 4096;
        uint32_t *records = realloc(c->records, cap * sizeof *records);
        if (!records)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        c->records = records;
        c->cap = cap;
    }
    uint32_t *record = c->records + c->used;
    record[0] = (uint32_t)len | (uint32_t)n << 16;
    memcpy(record + 1, word, len);
    *ids = record + 1 + words_of(len);
    enter(c, (uint64_t)hash << 32 | (c->used + 1));
    c->used += need;
    c->n++;
    return 0;
}
