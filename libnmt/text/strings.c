/* Distinct byte strings: open addressing with the hash beside the number, so that a probe that
 * misses seldom leaves the table. */
#include "strings_internal.h"

#include <stdlib.h>
#include <string.h>

#define MOST_STRINGS ((size_t)1 << 31)

void nmt_strings_release(struct nmt_strings *s)
{
    free(s->bytes);
    free(s->items);
    free(s->slots);
    *s = (struct nmt_strings)NMT_STRINGS_INIT;
}

void nmt_strings_empty(struct nmt_strings *s)
{
    s->used = s->n = 0;
    if (s->slots)
        memset(s->slots, 0, s->n_slots * sizeof *s->slots);
}

/* Eight bytes a step; what is left is read with an overlap, so that there is no loop over bytes. */
uint32_t nmt_strings_hash(const char *p, size_t n)
{
    const uint64_t k = 0x9E3779B97F4A7C15u;
    uint64_t h = n * k;
    const char *end = p + n;
    for (; end - p > 8; p += 8) {
        h = (h ^ nmt_load64(p)) * k;
        h ^= h >> 29;
    }
    uint64_t last;
    if (n >= 8)
        last = nmt_load64(end - 8);
    else if (n >= 4)
        last = nmt_load32(p) << 32 | nmt_load32(end - 4);
    else if (n > 0)
        last = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 |
               (unsigned char)end[-1];
    else
        last = 0;
    h = (h ^ last) * k;
    h ^= h >> 32;
    h *= k;
    return (uint32_t)(h >> 32);
}

/* The slot that holds the string, or the free one where it belongs. */
static size_t find_slot(const struct nmt_strings *s, const char *bytes, size_t len, uint32_t hash)
{
    size_t mask = s->n_slots - 1, i = hash & mask;
    for (; s->slots[i]; i = (i + 1) & mask) {
        if (s->slots[i] >> 32 != hash)
            continue;
        const struct nmt_string *item = &s->items[(uint32_t)s->slots[i] - 1];
        if (item->len == len && nmt_same_bytes(s->bytes + item->at, bytes, len))
            break;
    }
    return i;
}

uint32_t nmt_strings_find(const struct nmt_strings *s, const char *bytes, size_t len)
{
    if (s->n == 0)
        return NMT_STRINGS_NONE;
    uint64_t slot = s->slots[find_slot(s, bytes, len, nmt_strings_hash(bytes, len))];
    return slot ? (uint32_t)slot - 1 : NMT_STRINGS_NONE;
}

static int grow_slots(struct nmt_strings *s, struct nmt_err *err)
{
    size_t n = s->n_slots ? s->n_slots * 2 : 64;
    uint64_t *slots = calloc(n, sizeof *slots);
    if (!slots)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < s->n_slots; i++) {
        if (!s->slots[i])
            continue;
        size_t j = (size_t)(s->slots[i] >> 32) & (n - 1);
        while (slots[j])
            j = (j + 1) & (n - 1);
        slots[j] = s->slots[i];
    }
    free(s->slots);
    s->slots = slots;
    s->n_slots = n;
    return 0;
}

static int grow_items(struct nmt_strings *s, struct nmt_err *err)
{
    if (s->n >= MOST_STRINGS)
        return nmt_fail(err, NMT_ELIMIT, 0, "more than %zu distinct strings", MOST_STRINGS);
    size_t cap = s->cap_items ? s->cap_items + s->cap_items / 2 : 32;
    struct nmt_string *items = realloc(s->items, cap * sizeof *items);
    if (!items)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    s->items = items;
    s->cap_items = cap;
    return 0;
}

static int grow_bytes(struct nmt_strings *s, size_t more, struct nmt_err *err)
{
    size_t cap = s->cap + s->cap / 2 + more + 256;
    char *bytes = realloc(s->bytes, cap);
    if (!bytes)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    s->bytes = bytes;
    s->cap = cap;
    return 0;
}

int nmt_strings_add(struct nmt_strings *s, const char *bytes, size_t len, uint32_t *number,
                    struct nmt_err *err)
{
    if (s->n * 4 >= s->n_slots * 3)
        NMT_TRY(grow_slots(s, err));
    uint32_t hash = nmt_strings_hash(bytes, len);
    size_t slot = find_slot(s, bytes, len, hash);
    if (s->slots[slot]) {
        *number = (uint32_t)s->slots[slot] - 1;
        return 0;
    }
    if (s->n == s->cap_items)
        NMT_TRY(grow_items(s, err));
    if (len + 1 > s->cap - s->used)
        NMT_TRY(grow_bytes(s, len + 1, err));
    memcpy(s->bytes + s->used, bytes, len);
    s->bytes[s->used + len] = '\0';
    s->items[s->n] = (struct nmt_string){ s->used, (uint32_t)len, 0 };
    s->used += len + 1;
    *number = (uint32_t)s->n++;
    s->slots[slot] = (uint64_t)hash << 32 | (*number + 1);
    return 0;
}
