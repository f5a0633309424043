/*
 * Levenshtein distance, unit costs, rows for the hypothesis and columns for the reference. Row i
 * holds the columns floor(i * R / H) - reach up to floor(i * R / H) + reach - 1, the last row to
 * the end; reach is 25, or more where the lengths are so different that rows would not overlap.
 * Among equals the diagonal is preferred, then deletion (from above), then insertion (from the
 * left).
 */
#include "edit_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define REACH    25
#define INFINITE (UINT32_MAX / 2)

void nmt_edit_release(struct nmt_edit *e)
{
    free(e->first);
    free(e->end);
    free(e->cost);
    free(e->op);
    free(e->row0);
    free(e->scratch);
    *e = (struct nmt_edit){ .ref = NULL };
}

static int fail_memory(const struct nmt_edit *e, struct nmt_err *err)
{
    return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu words against %zu", e->n_hyp,
                    e->n_ref);
}

static int grow_rows(struct nmt_edit *e, struct nmt_err *err)
{
    size_t rows = e->n_hyp + 1;
    if (rows <= e->rows_cap)
        return 0;
    size_t *first = realloc(e->first, 2 * rows * sizeof *first);
    if (first)
        e->first = first;
    size_t *end = realloc(e->end, 2 * rows * sizeof *end);
    if (end)
        e->end = end;
    if (!first || !end)
        return fail_memory(e, err);
    e->rows_cap = 2 * rows;
    return 0;
}

static int grow_cells(struct nmt_edit *e, struct nmt_err *err)
{
    if (e->n_hyp + 1 > SIZE_MAX / 16 / e->width)
        return fail_memory(e, err);
    size_t cells = (e->n_hyp + 1) * e->width;
    if (cells <= e->cells_cap)
        return 0;
    uint32_t *cost = realloc(e->cost, 2 * cells * sizeof *cost);
    if (cost)
        e->cost = cost;
    uint8_t *op = realloc(e->op, 2 * cells * sizeof *op);
    if (op)
        e->op = op;
    if (!cost || !op)
        return fail_memory(e, err);
    e->cells_cap = 2 * cells;
    return 0;
}

static int grow_ref(struct nmt_edit *e, struct nmt_err *err)
{
    if (e->n_ref + 1 > e->ref_cap) {
        uint32_t *row0 = realloc(e->row0, 2 * (e->n_ref + 1) * sizeof *row0);
        if (!row0)
            return fail_memory(e, err);
        e->row0 = row0;
        for (size_t j = e->ref_cap; j < 2 * (e->n_ref + 1); j++)
            row0[j] = (uint32_t)j;
        e->ref_cap = 2 * (e->n_ref + 1);
    }
    if (2 * e->width > e->scratch_cap) {
        uint32_t *scratch = realloc(e->scratch, 4 * e->width * sizeof *scratch);
        if (!scratch)
            return fail_memory(e, err);
        e->scratch = scratch;
        e->scratch_cap = 4 * e->width;
    }
    return 0;
}

/* Which columns every row has. */
static int set_band(struct nmt_edit *e, struct nmt_err *err)
{
    double ratio = e->n_hyp ? (double)e->n_ref / (double)e->n_hyp : 1;
    e->reach = REACH < ratio / 2 ? (size_t)ceil(ratio / 2 + REACH) : REACH;
    e->width = 2 * e->reach + 2 < e->n_ref + 1 ? 2 * e->reach + 2 : e->n_ref + 1;
    NMT_TRY(grow_rows(e, err));
    NMT_TRY(grow_cells(e, err));
    NMT_TRY(grow_ref(e, err));
    e->first[0] = 0;
    e->end[0] = e->n_ref + 1;
    for (size_t i = 1; i <= e->n_hyp; i++) {
        size_t middle = (size_t)floor((double)i * ratio);
        e->first[i] = middle > e->reach ? middle - e->reach : 0;
        e->end[i] = middle + e->reach < e->n_ref + 1 ? middle + e->reach : e->n_ref + 1;
        if (i == e->n_hyp)
            e->end[i] = e->n_ref + 1;
    }
    return 0;
}

/* Row i, for `word`, from row i - 1 in `above`; op may be NULL. */
static inline void fill_row(const struct nmt_edit *e, size_t i, uint32_t word,
                            const uint32_t *above, uint32_t *cost, uint8_t *op)
{
    size_t first = e->first[i], end = e->end[i];
    size_t first_above = e->first[i - 1], end_above = e->end[i - 1];
    uint32_t left = INFINITE;
    uint32_t diagonal =
        first > first_above && first - 1 < end_above ? above[first - 1 - first_above] : INFINITE;
    for (size_t j = first; j < end; j++) {
        uint32_t up = j < end_above ? above[j - first_above] : INFINITE;
        bool same = j > 0 && word == e->ref[j - 1];
        uint32_t best = j > 0 ? diagonal + !same : INFINITE;
        uint8_t best_op = same ? NMT_EDIT_KEEP : NMT_EDIT_SUBSTITUTE;
        if (up + 1 < best) {
            best = up + 1;
            best_op = NMT_EDIT_DELETE;
        }
        if (left + 1 < best) {
            best = left + 1;
            best_op = NMT_EDIT_INSERT;
        }
        best = best < INFINITE ? best : INFINITE;
        cost[j - first] = left = best;
        if (op)
            op[j - first] = best_op;
        diagonal = up;
    }
}

int nmt_edit_align(struct nmt_edit *e, const uint32_t *hyp, size_t n_hyp, const uint32_t *ref,
                   size_t n_ref, uint32_t *cost, struct nmt_err *err)
{
    if (n_hyp > INFINITE / 4 || n_ref > INFINITE / 4)
        return nmt_fail(err, NMT_ELIMIT, 0, "a line has too many words for TER");
    e->ref = ref;
    if (n_hyp != e->n_hyp || n_ref != e->n_ref || !e->first) {
        e->n_hyp = n_hyp;
        e->n_ref = n_ref;
        NMT_TRY(set_band(e, err));
    }
    const uint32_t *above = e->row0;
    for (size_t i = 1; i <= n_hyp; i++) {
        fill_row(e, i, hyp[i - 1], above, e->cost + i * e->width, e->op + i * e->width);
        above = e->cost + i * e->width;
    }
    *cost = above[n_ref - e->first[n_hyp]];
    return 0;
}

uint32_t nmt_edit_variant(struct nmt_edit *e, const uint32_t *hyp, size_t same)
{
    const uint32_t *above = same ? e->cost + same * e->width : e->row0;
    for (size_t i = same + 1; i <= e->n_hyp; i++) {
        uint32_t *row = e->scratch + (i % 2) * e->width;
        fill_row(e, i, hyp[i - 1], above, row, NULL);
        above = row;
    }
    return above[e->n_ref - e->first[e->n_hyp]];
}

enum nmt_edit_op nmt_edit_op_at(const struct nmt_edit *e, size_t i, size_t j)
{
    if (i == 0)
        return NMT_EDIT_INSERT;
    if (j < e->first[i] || j >= e->end[i])
        return NMT_EDIT_NONE;
    return (enum nmt_edit_op)e->op[i * e->width + (j - e->first[i])];
}
