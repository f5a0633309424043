/* Deep transitions: the units that a time step goes through, forward and backward; see unit.h. */
#include "model/unit.h"

void nmt_column_plan(struct nmt_column_run *c, struct nmt_arena *arena, const struct nmt_shape *s,
                     size_t H, size_t more, unsigned inputs, size_t N, size_t B, bool train)
{
    c->n_more = more;
    nmt_unit_plan(&c->first, arena, s, H, inputs, N, B, train);
    for (size_t i = 0; i < more; i++)
        nmt_unit_plan(&c->more[i], arena, s, H, 0, N, B, train);
}

const struct nmt_unit_run *nmt_column_last(const struct nmt_column_run *c)
{
    return c->n_more ? &c->more[c->n_more - 1] : &c->first;
}

/* Goes on from the state of unit u. */
static void move_on(struct nmt_unit_rows *r, const struct nmt_unit_run *u)
{
    r->h = u->h + r->row * u->H;
    r->c = u->c ? u->c + r->row * u->H : NULL;
}

void nmt_transitions_forward(const struct nmt_column_run *c, const struct nmt_column *w,
                             struct nmt_unit_rows r)
{
    for (size_t i = 0; i < c->n_more; i++) {
        nmt_unit_read_nothing(&c->more[i], &w->more[i], r.row, r.B);
        nmt_unit_forward(&c->more[i], &w->more[i], &r);
        move_on(&r, &c->more[i]);
    }
}

void nmt_transitions_backward(const struct nmt_column_run *c, const struct nmt_column *w,
                              const struct nmt_column *g, struct nmt_unit_rows r, real *carry,
                              real *dc, const struct nmt_unit_scratch *space)
{
    const struct nmt_unit_rows from = r;
    for (size_t i = c->n_more; i-- > 0;) {
        if (i > 0)
            move_on(&r, &c->more[i - 1]);
        else
            r = from;
        nmt_unit_backward(&c->more[i], &w->more[i], &g->more[i], &r, carry, dc, space);
    }
}

void nmt_transitions_weights(const struct nmt_column_run *c, const struct nmt_column *g, size_t row,
                             size_t N)
{
    for (size_t i = 0; i < c->n_more; i++)
        nmt_unit_weights(&c->more[i], &g->more[i], row, N);
}

void nmt_column_forward(const struct nmt_column_run *c, const struct nmt_column *w,
                        const struct nmt_unit_rows *r)
{
    struct nmt_unit_rows behind = *r;
    nmt_unit_forward(&c->first, &w->first, r);
    move_on(&behind, &c->first);
    nmt_transitions_forward(c, w, behind);
}

void nmt_column_backward(const struct nmt_column_run *c, const struct nmt_column *w,
                         const struct nmt_column *g, const struct nmt_unit_rows *r, real *carry,
                         real *dc, const struct nmt_unit_scratch *space)
{
    struct nmt_unit_rows behind = *r;
    move_on(&behind, &c->first);
    nmt_transitions_backward(c, w, g, behind, carry, dc, space);
    nmt_unit_backward(&c->first, &w->first, &g->first, r, carry, dc, space);
}

void nmt_column_weights(const struct nmt_column_run *c, const struct nmt_column *g, size_t row,
                        size_t N)
{
    nmt_unit_weights(&c->first, &g->first, row, N);
    nmt_transitions_weights(c, g, row, N);
}

void nmt_column_masks(const struct nmt_column_run *c, size_t b, real p,
                      const struct nmt_dropout_key *key, enum nmt_dropout_place first,
                      enum nmt_dropout_place more, uint32_t sentence)
{
    const size_t H = c->first.H;
    nmt_dropout_mask(c->first.mask + b * H, p, key, first, sentence, 0, H);
    for (size_t i = 0; i < c->n_more; i++)
        nmt_dropout_mask(c->more[i].mask + b * H, p, key, (enum nmt_dropout_place)(more + i),
                         sentence, 0, H);
}
