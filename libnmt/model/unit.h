/*
 * A recurrent unit over the packed rows of a batch, and a column of them: the units that one time
 * step goes through (deep transitions: Pascanu et al. 2014; Miceli Barone et al. 2017). The first
 * unit of a column reads the input, the others have none and carry the state on:
 *
 *     s_{t,1} = f_1(s_{t-1,last}, x_t),   s_{t,k} = f_k(s_{t,k-1}),   s_t = s_{t,last}
 *
 * What enters a unit from outside is read into its gates before its step: for all rows at once
 * where nothing of it comes out of the recurrence.
 */
#ifndef NMT_UNIT_H
#define NMT_UNIT_H

#include "layer/cell.h"
#include "layer/dropout.h"
#include "model/params.h"

/** One unit's arrays over N rows. */
struct nmt_unit_run {
    enum nmt_cell cell;
    size_t H;
    unsigned products;          /* of the shape */
    real *a;                    /* [N][G*H] gates, then the gradients of their inputs */
    real *h, *c, *hm, *rh;      /* [N][H] states (c: LSTM), what entered U, r * h (GRU) */
    real *mask;                 /* [B][H] dropout of the recurrence; training */
    struct nmt_norm W, U, C, F; /* [N][G*H] with layer normalisation, for each matrix */
};

struct nmt_column_run {
    size_t n_more;
    struct nmt_unit_run first, more[NMT_TRANSITIONS_MAX - 1];
};

/** A step of a unit: B rows from `row` on, from the state before and its memory (LSTM). */
struct nmt_unit_rows {
    size_t row, B;
    const real *h, *c; /* [B][H] */
    bool dropout, alone;
    bool entered; /* the gates have what the state before adds: nmt_unit_enter */
};

/** The matrices through which something enters. */
enum nmt_unit_input { NMT_FROM_BELOW = 1, NMT_FROM_CONTEXT = 2, NMT_FROM_FEED = 4 };

/** Lays out (or measures) the arrays; inputs: those there are, or-ed. */
void nmt_unit_plan(struct nmt_unit_run *u, struct nmt_arena *arena, const struct nmt_shape *s,
                   size_t H, unsigned inputs, size_t N, size_t B, bool train);
void nmt_column_plan(struct nmt_column_run *c, struct nmt_arena *arena, const struct nmt_shape *s,
                     size_t H, size_t more, unsigned inputs, size_t N, size_t B, bool train);

/**
 * Reads x [N][in] into the gates of N rows from `row` on. The first of a unit's inputs, in the
 * order of their enum, brings the bias and overwrites. how: NMT_ALONE or 0.
 */
void nmt_unit_read(const struct nmt_unit_run *u, const struct nmt_unit *w, enum nmt_unit_input what,
                   const real *x, size_t in, size_t row, size_t N, unsigned how);

/**
 * The same where the product is there already: p [N][ldp], one row's numbers ldp behind the last's.
 */
void nmt_unit_take(const struct nmt_unit_run *u, const struct nmt_unit *w, enum nmt_unit_input what,
                   const real *p, size_t ldp, size_t row, size_t N);

/** Nothing enters but the state: the gates of N rows start from the bias. */
void nmt_unit_read_nothing(const struct nmt_unit_run *u, const struct nmt_unit *w, size_t row,
                           size_t N);

/** Adds to the gates what the states h [B][H] do, as far as they can be seen before the step. */
void nmt_unit_enter(const struct nmt_unit_run *u, const struct nmt_unit *w, const real *h, size_t B,
                    unsigned how);

/** The step; the inputs are in the gates. */
void nmt_unit_forward(const struct nmt_unit_run *u, const struct nmt_unit *w,
                      const struct nmt_unit_rows *r);

/** Space for a step back: [B][H] each. */
struct nmt_unit_scratch {
    real *next, *scratch;
};

/**
 * The step back: carry [B][H], the gradient of the new state, becomes that of the state before;
 * dc [B][H] likewise for the memory (LSTM). The gates become the gradients of their inputs.
 */
void nmt_unit_backward(const struct nmt_unit_run *u, const struct nmt_unit *w,
                       const struct nmt_unit *g, const struct nmt_unit_rows *r, real *carry,
                       real *dc, const struct nmt_unit_scratch *space);

/**
 * What the reading of N rows from `row` on owes its input: dx [N][in] (+)= M^T of the gates'
 * gradient; dx NULL: nothing. Once for each row, before nmt_unit_read_weights. */
void nmt_unit_read_backward(const struct nmt_unit_run *u, const struct nmt_unit *w,
                            const struct nmt_unit *g, enum nmt_unit_input what, real *dx, size_t in,
                            size_t row, size_t N, bool add);

/** Gradient of that matrix: x [N][in] is what was read by N rows from `row` on. */
void nmt_unit_read_weights(const struct nmt_unit_run *u, const struct nmt_unit *g,
                           enum nmt_unit_input what, const real *x, size_t in, size_t row,
                           size_t N);

/** Gradients of U and b over N rows from `row` on. */
void nmt_unit_weights(const struct nmt_unit_run *u, const struct nmt_unit *g, size_t row, size_t N);

/** The unit whose state is the column's. */
const struct nmt_unit_run *nmt_column_last(const struct nmt_column_run *c);

/** The units behind the first, from the state r->h (and r->c) of the one before them. */
void nmt_transitions_forward(const struct nmt_column_run *c, const struct nmt_column *w,
                             struct nmt_unit_rows r);
void nmt_transitions_backward(const struct nmt_column_run *c, const struct nmt_column *w,
                              const struct nmt_column *g, struct nmt_unit_rows r, real *carry,
                              real *dc, const struct nmt_unit_scratch *space);
void nmt_transitions_weights(const struct nmt_column_run *c, const struct nmt_column *g, size_t row,
                             size_t N);

/** All units of a column. */
void nmt_column_forward(const struct nmt_column_run *c, const struct nmt_column *w,
                        const struct nmt_unit_rows *r);
void nmt_column_backward(const struct nmt_column_run *c, const struct nmt_column *w,
                         const struct nmt_column *g, const struct nmt_unit_rows *r, real *carry,
                         real *dc, const struct nmt_unit_scratch *space);
void nmt_column_weights(const struct nmt_column_run *c, const struct nmt_column *g, size_t row,
                        size_t N);

/** Draws row b of the masks: at the place `first` for the first unit, from `more` on for the rest.
 */
void nmt_column_masks(const struct nmt_column_run *c, size_t b, real p,
                      const struct nmt_dropout_key *key, enum nmt_dropout_place first,
                      enum nmt_dropout_place more, uint32_t sentence);

#endif
