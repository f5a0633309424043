/*
 * Joining symbols. A short word is a small array searched again after each merge, which is
 * faster than any structure; a long one is a linked list with a heap of the possible merges, so
 * that a line without spaces takes n log n.
 */
#include "bpe_internal.h"

#include <stdlib.h>
#include <string.h>

#define SHORT_WORD 24
#define NO_RANK    UINT32_MAX
#define GONE       UINT32_MAX

void nmt_joiner_release(struct nmt_joiner *j)
{
    free(j->next);
    free(j->prev);
    free(j->heap);
    free(j->aside);
    *j = (struct nmt_joiner){ .cap = 0 };
}

static void join_short(const struct nmt_merges *m, uint32_t *symbols, size_t *n)
{
    const struct nmt_merge *found[SHORT_WORD];
    size_t len = *n;
    for (size_t i = 0; i + 1 < len; i++)
        found[i] = nmt_merges_find(m, symbols[i], symbols[i + 1]);
    while (len > 1) {
        size_t best = 0;
        uint32_t rank = NO_RANK;
        for (size_t i = 0; i + 1 < len; i++)
            if (found[i] && found[i]->rank < rank) {
                rank = found[i]->rank;
                best = i;
            }
        if (rank == NO_RANK)
            break;
        symbols[best] = found[best]->id;
        len--;
        for (size_t i = best + 1; i < len; i++) {
            symbols[i] = symbols[i + 1];
            found[i - 1] = found[i];
        }
        if (best > 0)
            found[best - 1] = nmt_merges_find(m, symbols[best - 1], symbols[best]);
        if (best + 1 < len)
            found[best] = nmt_merges_find(m, symbols[best], symbols[best + 1]);
    }
    *n = len;
}

static bool before(const struct nmt_join *a, const struct nmt_join *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->at < b->at;
}

static void heap_push(struct nmt_joiner *j, struct nmt_join item)
{
    size_t i = j->n_heap++;
    for (; i > 0 && before(&item, &j->heap[(i - 1) / 2]); i = (i - 1) / 2)
        j->heap[i] = j->heap[(i - 1) / 2];
    j->heap[i] = item;
}

static struct nmt_join heap_pop(struct nmt_joiner *j)
{
    struct nmt_join top = j->heap[0], last = j->heap[--j->n_heap];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= j->n_heap)
            break;
        if (child + 1 < j->n_heap && before(&j->heap[child + 1], &j->heap[child]))
            child++;
        if (!before(&j->heap[child], &last))
            break;
        j->heap[i] = j->heap[child];
        i = child;
    }
    j->heap[i] = last;
    return top;
}

/* Every symbol begins at most two waiting merges at any time: the heap holds those made at the
 * start and two for each of the fewer than n merges. */
static int grow(struct nmt_joiner *j, size_t n, struct nmt_err *err)
{
    if (n <= j->cap)
        return 0;
    nmt_joiner_release(j);
    j->next = malloc(n * sizeof *j->next);
    j->prev = malloc(n * sizeof *j->prev);
    j->heap = malloc(3 * n * sizeof *j->heap);
    j->aside = malloc(3 * n * sizeof *j->aside);
    if (!j->next || !j->prev || !j->heap || !j->aside) {
        nmt_joiner_release(j);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for a word of %zu characters", n);
    }
    j->cap = n;
    return 0;
}

static void offer(struct nmt_joiner *j, const struct nmt_merges *m, const uint32_t *symbols,
                  uint32_t at, uint32_t right)
{
    const struct nmt_merge *found = nmt_merges_find(m, symbols[at], symbols[right]);
    if (found)
        heap_push(j, (struct nmt_join){ found->rank, at, found->left, found->right, found->id });
}

/* Is the waiting merge still what stands there? */
static bool is_current(const struct nmt_joiner *j, const uint32_t *symbols, size_t n,
                       const struct nmt_join *join)
{
    return j->prev[join->at] != GONE && symbols[join->at] == join->left && j->next[join->at] < n &&
           symbols[j->next[join->at]] == join->right;
}

/* The next merge to make; false when there is none. */
static bool take(struct nmt_joiner *j, const uint32_t *symbols, size_t n, double dropout,
                 struct nmt_random *random, struct nmt_join *join)
{
    bool found = false;
    j->n_aside = 0;
    while (j->n_heap > 0 && !found) {
        *join = heap_pop(j);
        if (!is_current(j, symbols, n, join))
            continue;
        if (dropout > 0 && nmt_random_uniform(random) < dropout)
            j->aside[j->n_aside++] = *join;
        else
            found = true;
    }
    for (size_t i = 0; i < j->n_aside; i++)
        heap_push(j, j->aside[i]);
    return found;
}

/* prev[i] is GONE for a symbol that was swallowed; the first one's is i itself. */
static int join_long(struct nmt_joiner *j, const struct nmt_merges *m, uint32_t *symbols,
                     size_t *count, double dropout, struct nmt_random *random, struct nmt_err *err)
{
    size_t n = *count;
    if (n >= UINT32_MAX / 4)
        return nmt_fail(err, NMT_ELIMIT, 0, "a word has more than 2^30 characters");
    NMT_TRY(grow(j, n, err));
    j->n_heap = 0;
    for (uint32_t i = 0; i < n; i++) {
        j->next[i] = i + 1;
        j->prev[i] = i > 0 ? i - 1 : 0;
    }
    for (uint32_t i = 0; i + 1 < n; i++)
        offer(j, m, symbols, i, i + 1);
    struct nmt_join join;
    while (take(j, symbols, n, dropout, random, &join)) {
        uint32_t at = join.at, right = j->next[at], after = j->next[right];
        symbols[at] = join.id;
        j->next[at] = after;
        j->prev[right] = GONE;
        if (after < n) {
            j->prev[after] = at;
            offer(j, m, symbols, at, after);
        }
        if (at > 0)
            offer(j, m, symbols, j->prev[at], at);
    }
    size_t kept = 0;
    for (uint32_t i = 0; i < n; i = j->next[i])
        symbols[kept++] = symbols[i];
    *count = kept;
    return 0;
}

int nmt_bpe_join(struct nmt_joiner *j, const struct nmt_merges *m, uint32_t *symbols, size_t *n,
                 double dropout, struct nmt_random *random, struct nmt_err *err)
{
    if (*n < 2)
        return 0;
    if (*n > SHORT_WORD || dropout > 0)
        return join_long(j, m, symbols, n, dropout, random, err);
    join_short(m, symbols, n);
    return 0;
}
