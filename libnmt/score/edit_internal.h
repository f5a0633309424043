/* Edit distance within a band round the diagonal, as the reference for TER has it. */
#ifndef NMT_EDIT_INTERNAL_H
#define NMT_EDIT_INTERNAL_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nmt_edit_op {
    NMT_EDIT_NONE,
    NMT_EDIT_KEEP,
    NMT_EDIT_SUBSTITUTE,
    NMT_EDIT_DELETE,
    NMT_EDIT_INSERT
};

/** The matrix of the last nmt_edit_align, whole or as bits; start with zeros. */
struct nmt_edit {
    const uint32_t *ref;
    size_t n_hyp, n_ref;
    size_t reach, width;      /* half a row's width, cells of a row */
    size_t *first, *end;      /* [n_hyp + 1] columns of each row: first .. end - 1 */
    uint32_t *cost;           /* [n_hyp + 1][width], row 0 apart */
    uint8_t *op;              /* the same */
    uint32_t *row0, *scratch; /* [n_ref + 1], [2][width] */
    size_t rows_cap, cells_cap, ref_cap, scratch_cap;
    size_t band_hyp, band_ref; /* the lengths that the band is set for; plus 1 */
    bool has_bits, has_cells;  /* what the last nmt_edit_align left */
    uint64_t *places;          /* [n_symbols] where in the reference a word stands; with has_bits */
    struct nmt_edit_bits {
        uint64_t up, down;
    } * bits; /* [n_hyp + 1] columns of a row that are one more, or one less, than those before */
    size_t places_cap, bits_cap;
};

void nmt_edit_release(struct nmt_edit *e);

/** Takes a reference, which must stay; its words are numbers below n_symbols. */
int nmt_edit_begin(struct nmt_edit *e, const uint32_t *ref, size_t n_ref, size_t n_symbols,
                   struct nmt_err *err) NMT_MUST_USE;

/** Compares hyp with it and returns the distance in *cost. */
int nmt_edit_align(struct nmt_edit *e, const uint32_t *hyp, size_t n_hyp, uint32_t *cost,
                   struct nmt_err *err) NMT_MUST_USE;

/**
 * The distance of another hypothesis of the same length, with the same words before `same` and from
 * `rest` on. Returned in *cost; the matrix stays.
 */
int nmt_edit_variant(struct nmt_edit *e, const uint32_t *hyp, size_t same, size_t rest,
                     uint32_t *cost, struct nmt_err *err) NMT_MUST_USE;

/** The operation by which the matrix reaches i words of hyp and j words of the reference. */
enum nmt_edit_op nmt_edit_op_at(const struct nmt_edit *e, const uint32_t *hyp, size_t i, size_t j);

/** The reference's columns where a word stands, as bits; only if e->has_bits. */
static inline uint64_t nmt_edit_places(const struct nmt_edit *e, uint32_t word)
{
    return word == UINT32_MAX ? 0 : e->places[word];
}

#endif
