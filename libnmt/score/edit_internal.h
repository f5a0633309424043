/* Edit distance within a band round the diagonal, as the reference for TER has it. */
#ifndef NMT_EDIT_INTERNAL_H
#define NMT_EDIT_INTERNAL_H

#include <nmt/error.h>

#include <stddef.h>
#include <stdint.h>

enum nmt_edit_op {
    NMT_EDIT_NONE,
    NMT_EDIT_KEEP,
    NMT_EDIT_SUBSTITUTE,
    NMT_EDIT_DELETE,
    NMT_EDIT_INSERT
};

/** The matrix of the last nmt_edit_align; start with zeros. */
struct nmt_edit {
    const uint32_t *ref;
    size_t n_hyp, n_ref;
    size_t reach, width;      /* half a row's width, cells of a row */
    size_t *first, *end;      /* [n_hyp + 1] columns of each row: first .. end - 1 */
    uint32_t *cost;           /* [n_hyp + 1][width], row 0 apart */
    uint8_t *op;              /* the same */
    uint32_t *row0, *scratch; /* [n_ref + 1], [2][width] */
    size_t rows_cap, cells_cap, ref_cap, scratch_cap;
};

void nmt_edit_release(struct nmt_edit *e);

/** Fills the matrix for hyp against ref, which must stay, and returns the distance in *cost. */
int nmt_edit_align(struct nmt_edit *e, const uint32_t *hyp, size_t n_hyp, const uint32_t *ref,
                   size_t n_ref, uint32_t *cost, struct nmt_err *err) NMT_MUST_USE;

/** The distance of another hypothesis of the same length whose first `same` words are the same. */
uint32_t nmt_edit_variant(struct nmt_edit *e, const uint32_t *hyp, size_t same);

/** The operation by which the matrix reaches hypothesis position i and reference position j. */
enum nmt_edit_op nmt_edit_op_at(const struct nmt_edit *e, size_t i, size_t j);

#endif
