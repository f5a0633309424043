/* One block of memory handed out in pieces. */
#include <nmt/arena.h>

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

int nmt_arena_init(struct nmt_arena *a, size_t cap, struct nmt_err *err)
{
    *a = (struct nmt_arena){ NULL, 0, 0 };
    return nmt_arena_grow(a, cap, err);
}

int nmt_arena_grow(struct nmt_arena *a, size_t cap, struct nmt_err *err)
{
    a->used = 0;
    if (a->base && cap <= a->cap)
        return 0;
    if (cap > SIZE_MAX - 2 * NMT_ARENA_ALIGN)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory: sizes overflow");
    cap = (cap + NMT_ARENA_ALIGN) / NMT_ARENA_ALIGN * NMT_ARENA_ALIGN;
    free(a->base);
    a->cap = 0;
    a->base = aligned_alloc(NMT_ARENA_ALIGN, cap);
    if (!a->base)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu bytes", cap);
    a->cap = cap;
    return 0;
}

void nmt_arena_release(struct nmt_arena *a)
{
    free(a->base);
    *a = (struct nmt_arena){ NULL, 0, 0 };
}

void *nmt_arena_take(struct nmt_arena *a, size_t count, size_t size)
{
    size_t bytes = count * size;
    assert(size == 0 || bytes / size == count);
    size_t room = (bytes + NMT_ARENA_ALIGN - 1) / NMT_ARENA_ALIGN * NMT_ARENA_ALIGN;
    char *piece = a->base ? a->base + a->used : NULL;
    a->used += room;
    assert(!a->base || a->used <= a->cap);
    return piece;
}
