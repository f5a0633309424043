/*
 * Neighbouring symbols of a text being merged: how often each pair stands there and where. A
 * place is the slot of the left symbol; places may be out of date (the text has changed under
 * them), counts never are.
 */
#ifndef NMT_PAIRS_INTERNAL_H
#define NMT_PAIRS_INTERNAL_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NMT_PAIR_NONE UINT32_MAX

struct nmt_pair {
    uint64_t count;
    uint32_t left, right;
    uint32_t joined; /* a symbol that the pair already spells, or NMT_PAIR_NONE */
    uint32_t n, cap; /* places; cap 2: `few`, more: `many` */
    bool barred;     /* must not be merged */
    bool waiting;    /* is in the list of pairs whose count has grown */
    bool unsorted;   /* places are not in ascending order */
    union {
        uint32_t few[2];
        uint32_t *many;
    };
};

struct nmt_pairs {
    struct nmt_pair *items;
    size_t n, cap;
    struct nmt_pair_slot {
        uint64_t key;
        uint32_t number; /* + 1; 0: free */
    } * slots;
    size_t n_slots;
};

void nmt_pairs_release(struct nmt_pairs *p);

/** The number of a pair, NMT_PAIR_NONE when it was never seen. */
uint32_t nmt_pairs_find(const struct nmt_pairs *p, uint32_t left, uint32_t right);

/** The number of a pair, made when it is new (then *number == n before the call). */
int nmt_pairs_add(struct nmt_pairs *p, uint32_t left, uint32_t right, uint32_t *number,
                  struct nmt_err *err) NMT_MUST_USE;

/** Room for exactly n places (the first ones of a pair). */
int nmt_pair_reserve(struct nmt_pair *pair, uint32_t n, struct nmt_err *err) NMT_MUST_USE;
int nmt_pair_add_place(struct nmt_pair *pair, uint32_t place, struct nmt_err *err) NMT_MUST_USE;

/** The places in ascending order; borrowed until the pair changes. */
const uint32_t *nmt_pair_places(struct nmt_pair *pair);
void nmt_pair_forget(struct nmt_pair *pair);

#endif
