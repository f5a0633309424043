/* Pairs of a bitext as the model reads them, their ids in one thread's scratch space. */
#ifndef NMT_PAIR_IDS_H
#define NMT_PAIR_IDS_H

#include "model/batch.h"
#include "train/bitext.h"

/** Start with `= { 0 }`. */
struct nmt_pair_ids {
    nmt_id *ids;
    size_t cap;
};

/** The i-th pair: its sizes, weight and position (i), but no ids. */
struct nmt_pair nmt_pair_of(const struct nmt_bitext *data, size_t i);

/** Gives pairs[0..n), made by nmt_pair_of, their ids: borrowed until the next call. */
int nmt_pair_ids_read(struct nmt_pair_ids *p, const struct nmt_bitext *data, struct nmt_pair *pairs,
                      size_t n, struct nmt_err *err) NMT_MUST_USE;
void nmt_pair_ids_release(struct nmt_pair_ids *p);

#endif
