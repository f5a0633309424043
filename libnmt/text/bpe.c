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

/*
 * A symbol and its merge with the next one, side by side: what is searched lies in a few lines of
 * the processor's cache, and a merge moves one array. The key is rank and index in the array, so
 * that the least is the first merge of the lowest rank, found without a branch that could be
 * foretold wrongly.
 */
struct place {
    uint64_t key;
    uint32_t symbol, joined, from; /* joined: what the merge makes */
};

#define NO_KEY ((uint64_t)NO_RANK << 32)

static inline __attribute__((always_inline)) void look_up(const struct nmt_merges *m,
                                                          struct place *p, size_t at)
{
    const struct nmt_merge *found = nmt_merges_find(m, p[at].symbol, p[at + 1].symbol);
    p[at].key = (uint64_t)(found ? found->rank : NO_RANK) << 32 | at;
    p[at].joined = found ? found->id : 0;
}

/* Joins the symbol at p[at] and the next one; the neighbours' merges are looked up again. Returns
 * the number that is left. */
static inline __attribute__((always_inline)) size_t join_pair(const struct nmt_merges *m,
                                                              struct place *p, size_t n, size_t at)
{
    p[at].symbol = p[at].joined;
    n--;
    for (size_t i = at + 1; i < n; i++) {
        p[i] = p[i + 1];
        p[i].key--;
    }
    p[n - 1].key = NO_KEY; /* the last has no next one */
    if (at > 0)
        look_up(m, p, at - 1);
    if (at + 1 < n)
        look_up(m, p, at);
    return n;
}

/* Before the first merge most symbols are ASCII characters. */
static void look_up_all(const struct nmt_merges *m, struct place *p, size_t n)
{
    unsigned left = n > 0 ? nmt_merges_kind(m, p[0].symbol) : 0;
    for (size_t i = 0; i + 1 < n; i++) {
        unsigned right = nmt_merges_kind(m, p[i + 1].symbol);
        if (left && right) {
            uint64_t found = m->characters[left * NMT_KINDS + right];
            p[i].key = (found >> 32) << 32 | i;
            p[i].joined = (uint32_t)found;
        } else {
            look_up(m, p, i);
        }
        left = right;
    }
    if (n > 0)
        p[n - 1].key = NO_KEY;
}

/* The two halves of the search do not wait for each other. Behind the n keys stands NO_KEY. */
static uint64_t least(const struct place *p, size_t n)
{
    uint64_t even = NO_KEY, odd = NO_KEY;
    for (const struct place *end = p + n; p < end; p += 2) {
        even = p[0].key < even ? p[0].key : even;
        odd = p[1].key < odd ? p[1].key : odd;
    }
    return even < odd ? even : odd;
}

static void join_short(const struct nmt_merges *m, enum nmt_join_order order, uint32_t *symbols,
                       uint32_t *from, size_t *count)
{
    struct place p[SHORT_WORD];
    size_t n = *count;
    for (size_t i = 0; i < n; i++) {
        p[i].symbol = symbols[i];
        p[i].from = (uint32_t)i;
    }
    look_up_all(m, p, n);
    for (uint64_t best; n > 1 && (best = least(p, n - 1)) < NO_KEY;) {
        size_t at = (uint32_t)best;
        n = join_pair(m, p, n, at);
        for (size_t i = at + 1; order == NMT_JOIN_ALL && i + 1 < n; i++)
            if (p[i].key >> 32 == best >> 32)
                n = join_pair(m, p, n, i);
    }
    for (size_t i = 0; i < n; i++) {
        symbols[i] = p[i].symbol;
        from[i] = p[i].from;
    }
    *count = n;
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
        j->aside[j->n_aside++] =
            (struct nmt_join){ found->rank, at, found->left, found->right, found->id };
}

/* Is the waiting merge still what stands there? */
static bool is_current(const struct nmt_joiner *j, const uint32_t *symbols, size_t n,
                       const struct nmt_join *join)
{
    return j->prev[join->at] != GONE && symbols[join->at] == join->left && j->next[join->at] < n &&
           symbols[j->next[join->at]] == join->right;
}

/* Joins what stands at join->at and looks up the merges with its neighbours, into `aside`. */
static void join_at(struct nmt_joiner *j, const struct nmt_merges *m, uint32_t *symbols, size_t n,
                    const struct nmt_join *join)
{
    uint32_t at = join->at, right = j->next[at], after = j->next[right];
    symbols[at] = join->id;
    j->next[at] = after;
    j->prev[right] = GONE;
    if (after < n) {
        j->prev[after] = at;
        offer(j, m, symbols, at, after);
    }
    if (at > 0)
        offer(j, m, symbols, j->prev[at], at);
}

/* One step: the best merge that stands and is not dropped, or all of its rank. What was found or
 * dropped meanwhile waits aside for the next step. False when there was none. */
static bool step(struct nmt_joiner *j, const struct nmt_merges *m, enum nmt_join_order order,
                 uint32_t *symbols, size_t n, double dropout, struct nmt_random *random)
{
    bool found = false;
    uint32_t rank = 0;
    j->n_aside = 0;
    while (j->n_heap > 0 && (!found || (order == NMT_JOIN_ALL && j->heap[0].rank == rank))) {
        struct nmt_join join = heap_pop(j);
        if (!is_current(j, symbols, n, &join))
            continue;
        if (dropout > 0 && nmt_random_uniform(random) < dropout) {
            j->aside[j->n_aside++] = join;
            continue;
        }
        found = true;
        rank = join.rank;
        join_at(j, m, symbols, n, &join);
    }
    for (size_t i = 0; i < j->n_aside; i++)
        heap_push(j, j->aside[i]);
    return found;
}

/* prev[i] is GONE for a symbol that was swallowed; the first one's is i itself. */
static int join_long(struct nmt_joiner *j, const struct nmt_merges *m, enum nmt_join_order order,
                     uint32_t *symbols, uint32_t *from, size_t *count, double dropout,
                     struct nmt_random *random, struct nmt_err *err)
{
    size_t n = *count;
    if (n >= UINT32_MAX / 4)
        return nmt_fail(err, NMT_ELIMIT, 0, "a word has more than 2^30 characters");
    NMT_TRY(grow(j, n, err));
    j->n_heap = j->n_aside = 0;
    for (uint32_t i = 0; i < n; i++) {
        j->next[i] = i + 1;
        j->prev[i] = i > 0 ? i - 1 : 0;
    }
    for (uint32_t i = 0; i + 1 < n; i++)
        offer(j, m, symbols, i, i + 1);
    for (size_t i = 0; i < j->n_aside; i++)
        heap_push(j, j->aside[i]);
    while (step(j, m, order, symbols, n, dropout, random))
        continue;
    size_t kept = 0;
    for (uint32_t i = 0; i < n; i = j->next[i]) {
        symbols[kept] = symbols[i];
        from[kept++] = i;
    }
    *count = kept;
    return 0;
}

int nmt_bpe_join(struct nmt_joiner *j, const struct nmt_merges *m, enum nmt_join_order order,
                 uint32_t *symbols, uint32_t *from, size_t *n, double dropout,
                 struct nmt_random *random, struct nmt_err *err)
{
    if (*n > SHORT_WORD || dropout > 0)
        return join_long(j, m, order, symbols, from, n, dropout, random, err);
    join_short(m, order, symbols, from, n);
    return 0;
}
