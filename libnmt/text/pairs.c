/* Pairs of symbols: a hash table from two numbers to one, and lists of places that take no
 * memory of their own while they are short, as most are. */
#include "pairs_internal.h"

#include <stdlib.h>
#include <string.h>

#define FEW 2

void nmt_pairs_release(struct nmt_pairs *p)
{
    for (size_t i = 0; i < p->n; i++)
        nmt_pair_forget(&p->items[i]);
    free(p->items);
    free(p->slots);
    *p = (struct nmt_pairs){ .n = 0 };
}

static uint64_t key_of(uint32_t left, uint32_t right)
{
    return (uint64_t)left << 32 | right;
}

static size_t find_slot(const struct nmt_pair_slot *slots, size_t n, uint64_t key)
{
    size_t i = (size_t)((key * 0x9E3779B97F4A7C15u) >> 32) & (n - 1);
    while (slots[i].number && slots[i].key != key)
        i = (i + 1) & (n - 1);
    return i;
}

uint32_t nmt_pairs_find(const struct nmt_pairs *p, uint32_t left, uint32_t right)
{
    if (p->n == 0)
        return NMT_PAIR_NONE;
    size_t slot = find_slot(p->slots, p->n_slots, key_of(left, right));
    return p->slots[slot].number ? p->slots[slot].number - 1 : NMT_PAIR_NONE;
}

static int grow(struct nmt_pairs *p, struct nmt_err *err)
{
    if (p->n * 4 >= p->n_slots * 3) {
        size_t n = p->n_slots ? p->n_slots * 2 : 1024;
        struct nmt_pair_slot *slots = calloc(n, sizeof *slots);
        if (!slots)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        for (size_t i = 0; i < p->n_slots; i++)
            if (p->slots[i].number)
                slots[find_slot(slots, n, p->slots[i].key)] = p->slots[i];
        free(p->slots);
        p->slots = slots;
        p->n_slots = n;
    }
    if (p->n == p->cap) {
        size_t cap = p->cap + p->cap / 2 + 512;
        struct nmt_pair *items = cap < UINT32_MAX ? realloc(p->items, cap * sizeof *items) : NULL;
        if (!items)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        p->items = items;
        p->cap = cap;
    }
    return 0;
}

int nmt_pairs_add(struct nmt_pairs *p, uint32_t left, uint32_t right, uint32_t *number,
                  struct nmt_err *err)
{
    NMT_TRY(grow(p, err));
    uint64_t key = key_of(left, right);
    struct nmt_pair_slot *slot = &p->slots[find_slot(p->slots, p->n_slots, key)];
    if (!slot->number) {
        p->items[p->n] =
            (struct nmt_pair){ .left = left, .right = right, .joined = NMT_PAIR_NONE, .cap = FEW };
        *slot = (struct nmt_pair_slot){ key, (uint32_t)++p->n };
    }
    *number = slot->number - 1;
    return 0;
}

int nmt_pair_reserve(struct nmt_pair *pair, uint32_t n, struct nmt_err *err)
{
    if (n <= pair->cap)
        return 0;
    uint32_t *many = realloc(pair->cap > FEW ? pair->many : NULL, n * sizeof *many);
    if (!many)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    if (pair->cap == FEW)
        memcpy(many, pair->few, sizeof pair->few);
    pair->many = many;
    pair->cap = n;
    return 0;
}

int nmt_pair_add_place(struct nmt_pair *pair, uint32_t place, struct nmt_err *err)
{
    if (pair->n == pair->cap)
        NMT_TRY(nmt_pair_reserve(pair, pair->cap + pair->cap / 2 + 3, err));
    uint32_t *places = pair->cap > FEW ? pair->many : pair->few;
    if (pair->n > 0 && place < places[pair->n - 1])
        pair->unsorted = true;
    places[pair->n++] = place;
    return 0;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

const uint32_t *nmt_pair_places(struct nmt_pair *pair)
{
    uint32_t *places = pair->cap > FEW ? pair->many : pair->few;
    if (pair->unsorted)
        qsort(places, pair->n, sizeof *places, ascending);
    pair->unsorted = false;
    return places;
}

void nmt_pair_forget(struct nmt_pair *pair)
{
    if (pair->cap > FEW)
        free(pair->many);
    pair->cap = FEW;
    pair->n = 0;
    pair->unsorted = false;
}
