/*
 * One block of memory handed out in pieces, all freed at once. Sizes are added up first
 * (measure with a NULL base), the block is taken once, and nothing is allocated in a time step.
 */
#ifndef NMT_ARENA_H
#define NMT_ARENA_H

#include <nmt/error.h>

#include <stddef.h>

struct nmt_arena {
    char *base; /* NULL while measuring */
    size_t used, cap;
};

/** Bytes that every piece is aligned to: a cache line and the widest vector. */
#define NMT_ARENA_ALIGN 64

/** Takes a block of cap bytes (contents undefined). */
int nmt_arena_init(struct nmt_arena *a, size_t cap, struct nmt_err *err) NMT_MUST_USE;

/** Makes the block at least cap bytes and forgets all pieces. */
int nmt_arena_grow(struct nmt_arena *a, size_t cap, struct nmt_err *err) NMT_MUST_USE;

void nmt_arena_release(struct nmt_arena *a);

/**
 * A piece of count * size bytes, borrowed from the arena. While measuring, returns NULL and adds
 * up; otherwise the space must have been measured (asserted).
 */
void *nmt_arena_take(struct nmt_arena *a, size_t count, size_t size);

#endif
