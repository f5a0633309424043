/*
 * Surveys. The pairs of the text are counted into a sketch of fixed size, where several pairs may
 * share a cell, which therefore bounds the count of each from above. The sketch shows how low the
 * threshold can be; then only pairs of cells that reach it are counted by themselves.
 */
#include "pair_survey_internal.h"

#include <stdlib.h>
#include <string.h>

#define MOST_CELLS ((size_t)1 << 19)
#define MOST_PAIRS ((size_t)1 << 16)

void nmt_survey_release(struct nmt_survey *c)
{
    free(c->items);
    free(c->slots);
    free(c->places);
    *c = (struct nmt_survey){ .n = 0 };
}

/* --- the table of pairs ----------------------------------------------------------------- */

static void enter(struct nmt_survey *c, uint32_t number)
{
    const struct nmt_pair *pair = &c->items[number];
    size_t mask = c->n_slots - 1;
    size_t i = (size_t)(nmt_pair_hash(pair->left, pair->right) >> 32) & mask;
    while (c->slots[i])
        i = (i + 1) & mask;
    c->slots[i] = number + 1;
}

static int make_slots(struct nmt_survey *c, size_t n, struct nmt_err *err)
{
    free(c->slots);
    c->slots = calloc(n, sizeof *c->slots);
    if (!c->slots)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    c->n_slots = n;
    for (uint32_t i = 0; i < c->n; i++)
        enter(c, i);
    return 0;
}

static int reserve_places(struct nmt_survey *c, size_t n, struct nmt_err *err)
{
    if (n <= c->cap_places)
        return 0;
    unsigned char *places = n < UINT32_MAX ? realloc(c->places, n) : NULL;
    if (!places)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    c->places = places;
    c->cap_places = n;
    return 0;
}

int nmt_survey_add(struct nmt_survey *c, uint32_t left, uint32_t right, uint32_t n,
                   uint32_t *number, struct nmt_err *err)
{
    if (c->n * 2 >= c->n_slots)
        NMT_TRY(make_slots(c, c->n_slots * 2, err));
    if (c->n == c->cap) {
        size_t cap = c->cap + c->cap / 2 + 512;
        struct nmt_pair *items = cap < UINT32_MAX ? realloc(c->items, cap * sizeof *items) : NULL;
        if (!items)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        c->items = items;
        c->cap = cap;
    }
    if (c->n_places + n > c->cap_places)
        NMT_TRY(reserve_places(c, c->n_places + c->n_places / 4 + n, err));
    *number = (uint32_t)c->n++;
    c->items[*number] = (struct nmt_pair){ 0, left, right, (uint32_t)c->n_places, 0, 0 };
    c->n_places += n;
    enter(c, *number);
    return 0;
}

/* --- walking over the text -------------------------------------------------------------- */

struct walk {
    size_t next;        /* what is looked at next */
    size_t place, last; /* of the left and the right symbol */
    uint32_t left, right;
    uint64_t count; /* of the word */
    bool in_digits;
};

/* The next two neighbours; false at the end. */
static inline bool next_pair(const struct nmt_merge_text *t, struct walk *w)
{
    while (w->next < t->n) {
        size_t here = w->next;
        unsigned char byte = t->bytes[here];
        w->next = nmt_merge_next(t, here);
        if (byte >= 0x80 && w->next == here + 1) {
            w->count = (w->in_digits ? w->count << 7 : 0) | (byte & 0x7F);
            w->in_digits = true;
            w->right = 0;
            continue;
        }
        w->in_digits = false;
        w->left = w->right;
        w->place = w->last;
        w->right = nmt_merge_symbol_of(t, here, w->next - here);
        w->last = here;
        if (w->left && w->right)
            return true;
    }
    return false;
}

/* --- the sketch ------------------------------------------------------------------------- */

struct cell {
    uint32_t count, places; /* sums, at most UINT32_MAX */
};

struct sketch {
    struct cell *cells;
    unsigned shift;
    size_t n;
};

static struct cell *cell_of(const struct sketch *s, uint32_t left, uint32_t right)
{
    return &s->cells[nmt_pair_hash(left, right) >> s->shift];
}

static int make_sketch(struct sketch *s, const struct nmt_merge_text *t, struct nmt_err *err)
{
    s->n = 1 << 10;
    s->shift = 54;
    for (; s->n < MOST_CELLS && s->n < t->n / 2; s->n *= 2)
        s->shift--;
    s->cells = calloc(s->n, sizeof *s->cells);
    if (!s->cells)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (struct walk w = { .next = 0 }; next_pair(t, &w);) {
        struct cell *cell = cell_of(s, w.left, w.right);
        uint64_t sum = cell->count + w.count;
        cell->count = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
        cell->places += cell->places < UINT32_MAX;
    }
    return 0;
}

/* Levels of counts: 0 to 7 by themselves, eight to an octave above. */
#define N_LEVELS (8 * 32)

static unsigned level_of(uint32_t count)
{
    if (count < 8)
        return count;
    unsigned top = 31 - (unsigned)__builtin_clz(count);
    return (top - 2) * 8 + (count >> (top - 3) & 7);
}

static uint32_t least_of(unsigned level)
{
    return level < 8 ? level : (8 + level % 8) << (level / 8 - 1);
}

/* About how many bytes so many of n places take. */
static size_t list_bytes(uint32_t places, size_t n)
{
    return places ? places * (size_t)nmt_place_bytes((uint32_t)(n / places)) : 0;
}

/* The lowest threshold that keeps to the budget, but below `below`. */
static uint32_t choose_threshold(const struct sketch *s, size_t n, uint64_t below, size_t budget)
{
    size_t places[N_LEVELS] = { 0 }, pairs[N_LEVELS] = { 0 };
    unsigned top = level_of(below > UINT32_MAX ? UINT32_MAX : (uint32_t)below - 1);
    for (size_t i = 0; i < s->n; i++) {
        unsigned level = level_of(s->cells[i].count);
        if (level > top)
            level = top;
        places[level] += list_bytes(s->cells[i].places, n);
        pairs[level] += s->cells[i].places > 0;
    }
    unsigned level = top;
    while (level > 1 && pairs[level] == 0)
        level--;
    for (size_t sum = places[level], m = pairs[level]; level > 1; level--) {
        sum += places[level - 1];
        m += pairs[level - 1];
        if (sum > budget || m > MOST_PAIRS)
            break;
    }
    return least_of(level > 1 ? level : 1);
}

/* Counts the pairs of cells that reach the threshold, and keeps those that reach it themselves. */
static int count_pairs(struct nmt_survey *c, const struct nmt_merge_text *t, const struct sketch *s,
                       struct nmt_err *err)
{
    size_t kept = 0, n_places = 0;
    c->n = c->n_places = 0;
    NMT_TRY(make_slots(c, 1024, err));
    for (struct walk w = { .next = 0 }; next_pair(t, &w);) {
        if (cell_of(s, w.left, w.right)->count < c->threshold)
            continue;
        uint32_t number = nmt_survey_find(c, w.left, w.right);
        if (number == NMT_PAIR_NONE)
            NMT_TRY(nmt_survey_add(c, w.left, w.right, 0, &number, err));
        struct nmt_pair *pair = &c->items[number];
        pair->count += w.count;
        pair->n += nmt_place_bytes((uint32_t)w.place - pair->last);
        pair->last = (uint32_t)w.place;
    }
    for (size_t i = 0; i < c->n; i++) {
        if (c->items[i].count < c->threshold)
            continue;
        c->items[kept] = c->items[i];
        c->items[kept].first = (uint32_t)n_places;
        n_places += c->items[kept].n;
        c->items[kept].last = 0;
        c->items[kept++].n = 0;
    }
    c->n = kept;
    c->n_places = n_places;
    NMT_TRY(reserve_places(c, n_places, err));
    return make_slots(c, c->n_slots, err);
}

static void find_places(struct nmt_survey *c, const struct nmt_merge_text *t,
                        const struct sketch *s)
{
    for (struct walk w = { .next = 0 }; next_pair(t, &w);) {
        if (cell_of(s, w.left, w.right)->count < c->threshold)
            continue;
        uint32_t number = nmt_survey_find(c, w.left, w.right);
        if (number != NMT_PAIR_NONE)
            nmt_survey_put(c, number, w.place);
    }
}

int nmt_survey_run(struct nmt_survey *c, const struct nmt_merge_text *t, uint64_t below,
                   size_t budget, struct nmt_err *err)
{
    struct sketch s = { NULL, 0, 0 };
    NMT_TRY(make_sketch(&s, t, err));
    c->threshold = choose_threshold(&s, t->n, below, budget);
    int rc = count_pairs(c, t, &s, err);
    if (rc == 0)
        find_places(c, t, &s);
    c->most_places = c->n_places + budget;
    free(s.cells);
    return rc;
}
