/*
 * What ranks say to each other. Every function is called by all ranks, in the same order; with one
 * rank (NULL) they do nothing and cannot fail. NMT_EIO: the others cannot be reached.
 */
#ifndef NMT_EXCHANGE_H
#define NMT_EXCHANGE_H

#include <nmt/buffer.h>
#include <nmt/ranks.h>
#include <nmt/real.h>

#include <stdint.h>

/** n bytes of rank 0, for all. */
int nmt_exchange_share(struct nmt_ranks *r, void *bytes, size_t n,
                       struct nmt_err *err) NMT_MUST_USE;

/**
 * The sum of v[i] over the ranks, for all. Exact and without order where one rank gives a number
 * and the others 0, and for counts.
 */
int nmt_exchange_add(struct nmt_ranks *r, double *v, size_t n, struct nmt_err *err) NMT_MUST_USE;

/** Rank 0's buffer becomes those of all ranks, one behind the other; the others' are emptied. */
int nmt_exchange_gather(struct nmt_ranks *r, struct nmt_buffer *bytes,
                        struct nmt_err *err) NMT_MUST_USE;

/**
 * Every rank q gets the part [start[q], start[q + 1]) of every rank's block: rank s's part goes to
 * in + s * (start[q + 1] - start[q]). out NULL: this rank has no block in this round, has[s] says
 * which ranks have one. start [ranks + 1].
 */
int nmt_exchange_deal(struct nmt_ranks *r, const real *out, real *in, const size_t *start,
                      const bool *has, struct nmt_err *err) NMT_MUST_USE;

/** Rank q's part [start[q], start[q + 1]) of the block, for all, in the same place. */
int nmt_exchange_collect(struct nmt_ranks *r, real *block, const size_t *start,
                         struct nmt_err *err) NMT_MUST_USE;

#endif
