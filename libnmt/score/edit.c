/*
 * Levenshtein distance, unit costs, rows for the hypothesis and columns for the reference. Row i
 * holds the columns floor(i * R / H) - reach up to floor(i * R / H) + reach - 1, the last row to
 * the end; reach is 25, or more where the lengths are so different that rows would not overlap.
 * Among equals the diagonal is preferred, then deletion (from above), then insertion (from the
 * left).
 *
 * References of up to 64 words go another way first: a row is two words of bits, which of its
 * columns are one more and which one less than the column before (Myers, JACM 1999; Hyyro 2003),
 * and a row costs a dozen instructions. That is the distance without a band. It is the one with the
 * band too if no path that short leaves the band: a path of cost d has |i - j| <= d, and the
 * diagonal is no further than |H - R| from i = j. Otherwise the cells are filled in one by one.
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
    free(e->places);
    free(e->bits);
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
    if (e->band_hyp == e->n_hyp + 1 && e->band_ref == e->n_ref + 1)
        return 0;
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
    e->band_hyp = e->n_hyp + 1;
    e->band_ref = e->n_ref + 1;
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

static int fill_cells(struct nmt_edit *e, const uint32_t *hyp, struct nmt_err *err)
{
    if (e->n_hyp > INFINITE / 4 || e->n_ref > INFINITE / 4)
        return nmt_fail(err, NMT_ELIMIT, 0, "a line has too many words for TER");
    NMT_TRY(set_band(e, err));
    const uint32_t *above = e->row0;
    for (size_t i = 1; i <= e->n_hyp; i++) {
        fill_row(e, i, hyp[i - 1], above, e->cost + i * e->width, e->op + i * e->width);
        above = e->cost + i * e->width;
    }
    e->has_cells = true;
    return 0;
}

static uint32_t last_cell(const struct nmt_edit *e, const uint32_t *row)
{
    return row[e->n_ref - (e->n_hyp ? e->first[e->n_hyp] : 0)];
}

/* --- rows as bits ------------------------------------------------------------------------ */

static unsigned count_bits(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return (unsigned)(x * 0x0101010101010101u >> 56);
}

static inline struct nmt_edit_bits next_bits(struct nmt_edit_bits above, uint64_t places)
{
    uint64_t diagonal = (((places & above.up) + above.up) ^ above.up) | places | above.down;
    uint64_t right = (above.down | ~(diagonal | above.up)) << 1 | 1;
    uint64_t left = (diagonal & above.up) << 1;
    return (struct nmt_edit_bits){ left | ~(diagonal | right), right & diagonal };
}

/* The cost in row i, column j. */
static uint32_t bit_cost(struct nmt_edit_bits row, size_t i, size_t j)
{
    uint64_t columns = j == 64 ? UINT64_MAX : ((uint64_t)1 << j) - 1;
    return (uint32_t)i + count_bits(row.up & columns) - count_bits(row.down & columns);
}

/* Does the band hold every path of this cost? */
static bool within_band(const struct nmt_edit *e, uint32_t cost)
{
    size_t apart = e->n_hyp > e->n_ref ? e->n_hyp - e->n_ref : e->n_ref - e->n_hyp;
    return e->n_ref < REACH || cost + apart < REACH;
}

static int reserve_bits(struct nmt_edit *e, size_t n_symbols, size_t n_hyp, struct nmt_err *err)
{
    if (n_symbols > e->places_cap) {
        uint64_t *places = realloc(e->places, 2 * n_symbols * sizeof *places);
        if (!places)
            return fail_memory(e, err);
        e->places = places;
        e->places_cap = 2 * n_symbols;
    }
    if (n_hyp + 1 > e->bits_cap) {
        struct nmt_edit_bits *bits = realloc(e->bits, 2 * (n_hyp + 1) * sizeof *bits);
        if (!bits)
            return fail_memory(e, err);
        e->bits = bits;
        e->bits_cap = 2 * (n_hyp + 1);
    }
    return 0;
}

/* --- both -------------------------------------------------------------------------------- */

int nmt_edit_begin(struct nmt_edit *e, const uint32_t *ref, size_t n_ref, size_t n_symbols,
                   struct nmt_err *err)
{
    e->ref = ref;
    e->n_ref = n_ref;
    if (n_ref > 64)
        return 0;
    NMT_TRY(reserve_bits(e, n_symbols, 0, err));
    for (size_t k = 0; k < n_symbols; k++)
        e->places[k] = 0;
    for (size_t j = 0; j < n_ref; j++)
        e->places[ref[j]] |= (uint64_t)1 << j;
    return 0;
}

int nmt_edit_align(struct nmt_edit *e, const uint32_t *hyp, size_t n_hyp, uint32_t *cost,
                   struct nmt_err *err)
{
    e->n_hyp = n_hyp;
    e->has_bits = e->n_ref <= 64;
    e->has_cells = false;
    if (e->has_bits) {
        NMT_TRY(reserve_bits(e, 0, n_hyp, err));
        e->bits[0] = (struct nmt_edit_bits){ UINT64_MAX, 0 };
        for (size_t i = 0; i < n_hyp; i++)
            e->bits[i + 1] = next_bits(e->bits[i], nmt_edit_places(e, hyp[i]));
        *cost = bit_cost(e->bits[n_hyp], n_hyp, e->n_ref);
        if (within_band(e, *cost))
            return 0;
    }
    NMT_TRY(fill_cells(e, hyp, err));
    *cost = last_cell(e, n_hyp ? e->cost + n_hyp * e->width : e->row0);
    return 0;
}

/* Are all cells of a row as far from those of the matrix? Then they stay so where the words are the
 * same from there on. */
static bool runs_parallel(const struct nmt_edit *e, size_t i, const uint32_t *row, uint32_t *apart)
{
    const uint32_t *known = e->cost + i * e->width;
    *apart = row[0] - known[0];
    for (size_t k = 1; k < e->end[i] - e->first[i]; k++)
        if (row[k] - known[k] != *apart)
            return false;
    return true;
}

int nmt_edit_variant(struct nmt_edit *e, const uint32_t *hyp, size_t same, size_t rest,
                     uint32_t *cost, struct nmt_err *err)
{
    if (e->has_bits) {
        struct nmt_edit_bits row = e->bits[same];
        for (size_t i = same; i < e->n_hyp; i++)
            row = next_bits(row, nmt_edit_places(e, hyp[i]));
        *cost = bit_cost(row, e->n_hyp, e->n_ref);
        if (within_band(e, *cost))
            return 0;
    }
    if (!e->has_cells) {
        NMT_TRY(set_band(e, err));
        same = 0;
        rest = e->n_hyp;
    }
    const uint32_t *above = same ? e->cost + same * e->width : e->row0;
    for (size_t i = same + 1; i <= e->n_hyp; i++) {
        uint32_t *row = e->scratch + (i % 2) * e->width;
        fill_row(e, i, hyp[i - 1], above, row, NULL);
        above = row;
        uint32_t apart;
        if (i >= rest && i < e->n_hyp && runs_parallel(e, i, row, &apart)) {
            *cost = last_cell(e, e->cost + e->n_hyp * e->width) + apart;
            return 0;
        }
    }
    *cost = last_cell(e, above);
    return 0;
}

enum nmt_edit_op nmt_edit_op_at(const struct nmt_edit *e, const uint32_t *hyp, size_t i, size_t j)
{
    if (i == 0)
        return NMT_EDIT_INSERT;
    if (e->has_cells && (j < e->first[i] || j >= e->end[i]))
        return NMT_EDIT_NONE;
    if (e->has_cells)
        return (enum nmt_edit_op)e->op[i * e->width + (j - e->first[i])];
    if (j == 0)
        return NMT_EDIT_DELETE;
    bool same = hyp[i - 1] == e->ref[j - 1];
    uint32_t cost = bit_cost(e->bits[i], i, j);
    if (cost == bit_cost(e->bits[i - 1], i - 1, j - 1) + !same)
        return same ? NMT_EDIT_KEEP : NMT_EDIT_SUBSTITUTE;
    return cost == bit_cost(e->bits[i - 1], i - 1, j) + 1 ? NMT_EDIT_DELETE : NMT_EDIT_INSERT;
}
