/*
 * A crew of threads for work that falls into numbered tasks. Which thread does a task is
 * left to chance; what a task computes must not depend on it.
 */
#ifndef NMT_THREADS_H
#define NMT_THREADS_H

#include <nmt/error.h>

#include <stddef.h>

struct nmt_threads;

/** Processors this process may use (its affinity mask), at least 1. */
size_t nmt_threads_available(void);

/** Starts n - 1 threads; the caller is the n-th. n = 0: nmt_threads_available(). */
int nmt_threads_new(struct nmt_threads **t, size_t n, struct nmt_err *err) NMT_MUST_USE;

size_t nmt_threads_count(const struct nmt_threads *t);

/**
 * Calls task(arg, i, worker) for every i in [0, n) and returns when all are done. `worker` is in
 * [0, count) and is no other running task's: it selects scratch space. Tasks must not call
 * nmt_threads_run on the same crew. t may be NULL: everything runs in the caller, in order.
 */
void nmt_threads_run(struct nmt_threads *t, size_t n,
                     void (*task)(void *arg, size_t i, size_t worker), void *arg);

void nmt_threads_free(struct nmt_threads *t);

#endif
