/*
 * The order of training: which pairs stand in which update of an epoch. Pairs are shuffled,
 * `sort-batches` batches are read together, sorted by length and cut (paper, appendix B.2); the
 * batches of such a group come in random order. A function of (seed, epoch, data) alone.
 */
#ifndef NMT_BATCHES_H
#define NMT_BATCHES_H

#include "train/bitext.h"

#include <nmt/config.h>
#include <nmt/error.h>

struct nmt_batches {
    uint32_t *order; /* [n] pairs in the order they are used */
    size_t *start;   /* [count + 1] first place of each batch in order */
    size_t count;    /* batches */
    size_t cap;      /* of start */
};

int nmt_batches_build(struct nmt_batches *b, const struct nmt_bitext *data,
                      const struct nmt_config *c, uint64_t epoch, struct nmt_err *err) NMT_MUST_USE;
void nmt_batches_release(struct nmt_batches *b);

#endif
