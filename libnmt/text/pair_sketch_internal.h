/*
 * What a survey is made of: a walk over the pairs of the text, the parts that threads work on, and
 * the sketch that shows which pairs are frequent enough to be counted by themselves.
 */
#ifndef NMT_PAIR_SKETCH_INTERNAL_H
#define NMT_PAIR_SKETCH_INTERNAL_H

#include "pair_survey_internal.h"

#include <stdbool.h>

#define NMT_SURVEY_PARTS 16                /* at most; each has a sketch */
#define NMT_SURVEY_PAIRS ((size_t)1 << 16) /* candidates, about */

/* --- walking over the text -------------------------------------------------------------- */

struct nmt_walk {
    size_t next, end;   /* what is looked at next, and where it ends */
    size_t place, last; /* of the left and the right symbol */
    uint32_t left, right;
    uint64_t count; /* of the word */
    bool in_digits;
};

/* The next two neighbours; false at the end. Inlined, so that the walk is in registers. */
__attribute__((always_inline)) static inline bool nmt_walk_next(const struct nmt_merge_text *t,
                                                                struct nmt_walk *w)
{
    while (w->next < w->end) {
        size_t here = w->next;
        unsigned char byte = t->bytes[here];
        w->next = nmt_merge_next(t, here);
        if (byte >= 0x80 && w->next == here + 1) {
            w->count = (w->in_digits ? w->count << 7 : 0) | (byte & 0x7F);
            w->in_digits = true;
            w->right = 0;
            continue;
        }
        w->in_digits = false;
        w->left = w->right;
        w->place = w->last;
        w->right = nmt_merge_symbol_of(t, here, w->next - here);
        w->last = here;
        if (w->left && w->right)
            return true;
    }
    return false;
}

struct nmt_survey_part {
    size_t start, end;
    struct nmt_cell {
        uint32_t count, places; /* sums, at most UINT32_MAX */
    } * cells;
    /* The pairs of cells that reach the threshold. */
    struct nmt_found_pair {
        uint64_t count;
        uint32_t left, right;
        uint32_t first, last; /* places */
        uint32_t n;           /* bytes of the list if the first place is counted from 0 */
        uint32_t number;      /* among the candidates */
        uint32_t before, at;  /* last place in the parts before, and where their bytes end */
    } * items;
    size_t n, cap;
    uint32_t *slots; /* number + 1; 0: free */
    size_t n_slots;
    struct nmt_err err;
};

struct nmt_survey_parts {
    struct nmt_survey *survey;
    const struct nmt_merge_text *t;
    size_t n_cells;
    unsigned shift;
    unsigned char *frequent; /* a bit for each cell: does it reach the threshold? */
    struct nmt_survey_part of[NMT_SURVEY_PARTS];
    size_t n;
};

static inline int nmt_survey_error(const struct nmt_survey_parts *all, struct nmt_err *err)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->of[i].err.code)
            return nmt_fail(err, all->of[i].err.code, 0, "%s", all->of[i].err.msg);
    return 0;
}

static inline size_t nmt_cell_of(const struct nmt_survey_parts *all, uint32_t left, uint32_t right)
{
    return (size_t)(nmt_pair_hash(left, right) >> all->shift);
}

/** Counts the pairs of all parts in their sketch; the sums are in the first part. */
int nmt_sketch_make(struct nmt_survey_parts *all, struct nmt_threads *threads,
                    struct nmt_err *err) NMT_MUST_USE;

/** The lowest threshold that keeps to the budget, but below `below`. n: bytes of the text. */
uint32_t nmt_sketch_threshold(const struct nmt_survey_parts *all, size_t n, uint64_t below,
                              size_t budget);

/** The threshold decided, a bit is all that is needed of a cell: sets all->frequent. */
int nmt_sketch_mark(struct nmt_survey_parts *all, struct nmt_err *err) NMT_MUST_USE;

#endif
