/*
 * Ranks: the processes of one training run on one or many machines, started by mpirun. Each works
 * on a part of the shards (train.shards) of every batch; what they compute together is the same,
 * bit for bit, for any number of ranks. A library built without MPI=1 knows one rank.
 */
#ifndef NMT_RANKS_H
#define NMT_RANKS_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>

struct nmt_ranks;

/**
 * Joins the run that mpirun started this process for; alone otherwise. *r stays NULL in a library
 * without MPI, and NULL is good everywhere. Once in the life of a process, from its only thread.
 * NMT_EIO: MPI does not start, or does not serialise its callers.
 */
int nmt_ranks_join(struct nmt_ranks **r, struct nmt_err *err) NMT_MUST_USE;

/**
 * Leaves it. failed: this process cannot go on; since the others would wait for it for ever, all
 * ranks are ended, with status 1 (with a single rank, nothing happens).
 */
void nmt_ranks_leave(struct nmt_ranks *r, bool failed);

/** This process's number, from 0; 0 writes files and speaks. */
size_t nmt_ranks_index(const struct nmt_ranks *r);

/** How many there are, at least 1. */
size_t nmt_ranks_count(const struct nmt_ranks *r);

/** "Open MPI v4.1.4", or NULL without MPI. Valid as long as the process. */
const char *nmt_ranks_library(void);

#endif
