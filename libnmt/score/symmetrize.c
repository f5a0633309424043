/*
 * Combining a forward and a reverse alignment (Koehn, Och and Marcu 2003) in the order of
 * fast_align's atools, which decides the result:
 *
 *   grow-diag   starts from the intersection. The other points of the union are tried in order,
 *               sweep after sweep until nothing more is added; a point is added at once when
 *               one of its two words is still without a link and one of its eight neighbours is in.
 *   final       then the points of the first file, then of the second: added when one of the
 *               words (final-and: both) is without a link.
 *
 * Sweeping costs the square of the sentence length on a long diagonal, so the sweeps are
 * simulated: a point can only be added once a neighbour is in, and words never lose a link, so
 * a point needs to be looked at once: in the current sweep when it comes behind the neighbour
 * that woke it, in the next one otherwise. A heap ordered by (sweep, point) does exactly what
 * the sweeps do.
 */
#include <nmt/align.h>

#include <stdlib.h>
#include <string.h>

enum { WAITING, WOKEN, IN };

struct nmt_symmetrizer {
    struct nmt_links points; /* the union */
    unsigned char *state;    /* of each point */
    size_t state_cap;
    uint64_t *heap; /* sweep << 32 | point */
    size_t heap_n, heap_cap;
    unsigned char *source, *target; /* words that have a link; all 0 between calls */
};

int nmt_symmetrizer_new(struct nmt_symmetrizer **out, struct nmt_err *err)
{
    struct nmt_symmetrizer *s = calloc(1, sizeof *s);
    if (s) {
        s->source = calloc(NMT_LINK_WORDS, 1);
        s->target = calloc(NMT_LINK_WORDS, 1);
    }
    if (!s || !s->source || !s->target) {
        nmt_symmetrizer_free(s);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for symmetrising");
    }
    *out = s;
    return 0;
}

void nmt_symmetrizer_free(struct nmt_symmetrizer *s)
{
    if (!s)
        return;
    nmt_links_release(&s->points);
    free(s->state);
    free(s->heap);
    free(s->source);
    free(s->target);
    free(s);
}

/* Grows *block to n elements of the given size. */
static int reserve(void **block, size_t *cap, size_t n, size_t size, struct nmt_err *err)
{
    if (n <= *cap)
        return 0;
    size_t bigger = n > *cap * 2 ? n : *cap * 2;
    void *p = realloc(*block, bigger * size);
    if (!p)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu links", n);
    *block = p;
    *cap = bigger;
    return 0;
}

static uint64_t key(const struct nmt_link *l)
{
    return (uint64_t)l->source << 32 | l->target;
}

/* The union into s->points; a point that both have is IN, any other WAITING. */
static int merge(struct nmt_symmetrizer *s, const struct nmt_links *a, const struct nmt_links *b,
                 struct nmt_err *err)
{
    void *state = s->state;
    int rc = reserve(&state, &s->state_cap, a->n + b->n, 1, err);
    s->state = state;
    NMT_TRY(rc);
    s->points.n = 0;
    for (size_t i = 0, j = 0; i < a->n || j < b->n;) {
        bool from_a = j == b->n || (i < a->n && key(&a->at[i]) <= key(&b->at[j]));
        bool both = from_a && j < b->n && i < a->n && key(&a->at[i]) == key(&b->at[j]);
        struct nmt_link link = from_a ? a->at[i] : b->at[j];
        link.possible = false;
        link.weight = -1;
        s->state[s->points.n] = both ? IN : WAITING;
        NMT_TRY(nmt_links_add(&s->points, link, err));
        i += from_a;
        j += both || !from_a;
    }
    return 0;
}

/* The index of a point in the union, or SIZE_MAX. */
static size_t find(const struct nmt_links *points, uint64_t wanted)
{
    size_t low = 0, high = points->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (key(&points->at[mid]) < wanted)
            low = mid + 1;
        else
            high = mid;
    }
    return low < points->n && key(&points->at[low]) == wanted ? low : SIZE_MAX;
}

static int push(struct nmt_symmetrizer *s, uint64_t item, struct nmt_err *err)
{
    void *heap = s->heap;
    int rc = reserve(&heap, &s->heap_cap, s->heap_n + 1, sizeof *s->heap, err);
    s->heap = heap;
    NMT_TRY(rc);
    size_t i = s->heap_n++;
    for (; i > 0 && s->heap[(i - 1) / 2] > item; i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = item;
    return 0;
}

static uint64_t pop(struct nmt_symmetrizer *s)
{
    uint64_t least = s->heap[0], last = s->heap[--s->heap_n];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < s->heap_n; i = child) {
        child += child + 1 < s->heap_n && s->heap[child + 1] < s->heap[child];
        if (s->heap[child] >= last)
            break;
        s->heap[i] = s->heap[child];
    }
    s->heap[i] = last;
    return least;
}

/* Queues the neighbours of a point that is in; sweep 0 is what stands before the first one. */
static int wake_neighbours(struct nmt_symmetrizer *s, size_t point, uint64_t sweep,
                           struct nmt_err *err)
{
    const struct nmt_link *at = &s->points.at[point];
    for (int di = -1; di <= 1; di++)
        for (int dj = -1; dj <= 1; dj++) {
            int64_t i = (int64_t)at->source + di, j = (int64_t)at->target + dj;
            if (i < 0 || j < 0)
                continue;
            size_t near = find(&s->points, (uint64_t)i << 32 | (uint64_t)j);
            if (near == SIZE_MAX || s->state[near] != WAITING)
                continue;
            uint64_t when = sweep > 0 && near > point ? sweep : sweep + 1;
            s->state[near] = WOKEN;
            NMT_TRY(push(s, when << 32 | near, err));
        }
    return 0;
}

static void include(struct nmt_symmetrizer *s, size_t point)
{
    s->state[point] = IN;
    s->source[s->points.at[point].source] = 1;
    s->target[s->points.at[point].target] = 1;
}

static int grow_diag(struct nmt_symmetrizer *s, struct nmt_err *err)
{
    s->heap_n = 0;
    for (size_t i = 0; i < s->points.n; i++)
        if (s->state[i] == IN)
            NMT_TRY(wake_neighbours(s, i, 0, err));
    while (s->heap_n > 0) {
        uint64_t item = pop(s);
        size_t point = (size_t)(item & UINT32_MAX);
        const struct nmt_link *l = &s->points.at[point];
        if (s->source[l->source] && s->target[l->target])
            continue;
        include(s, point);
        NMT_TRY(wake_neighbours(s, point, item >> 32, err));
    }
    return 0;
}

static void final(struct nmt_symmetrizer *s, const struct nmt_links *side, bool both_free)
{
    for (size_t i = 0; i < side->n; i++) {
        unsigned taken = s->source[side->at[i].source] + s->target[side->at[i].target];
        if (taken <= (both_free ? 0 : 1))
            include(s, find(&s->points, key(&side->at[i])));
    }
}

static int combine(struct nmt_symmetrizer *s, enum nmt_symmetry how, const struct nmt_links *a,
                   const struct nmt_links *b, struct nmt_err *err)
{
    NMT_TRY(merge(s, a, b, err));
    if (how == NMT_INTERSECT)
        return 0;
    for (size_t i = 0; i < s->points.n; i++)
        if (s->state[i] == IN || how == NMT_UNION)
            include(s, i);
    if (how == NMT_UNION)
        return 0;
    NMT_TRY(grow_diag(s, err));
    if (how == NMT_GROW_DIAG)
        return 0;
    final(s, a, how == NMT_GROW_DIAG_FINAL_AND);
    final(s, b, how == NMT_GROW_DIAG_FINAL_AND);
    return 0;
}

int nmt_symmetrize(struct nmt_symmetrizer *s, enum nmt_symmetry how,
                   const struct nmt_links *forward, const struct nmt_links *reverse,
                   struct nmt_links *out, struct nmt_err *err)
{
    s->points.n = 0;
    out->n = 0;
    int rc = combine(s, how, forward, reverse, err);
    for (size_t i = 0; i < s->points.n; i++) {
        s->source[s->points.at[i].source] = s->target[s->points.at[i].target] = 0;
        if (rc == 0 && s->state[i] == IN)
            rc = nmt_links_add(out, s->points.at[i], err);
    }
    return rc;
}
