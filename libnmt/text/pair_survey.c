/*
 * Surveys. The pairs of the text are counted into a sketch of fixed size, where several pairs may
 * share a cell, which therefore bounds the count of each from above. The sketch shows how low the
 * threshold can be; then only pairs of cells that reach it are counted by themselves.
 *
 * Each thread has a part of the text, with a sketch and a table of its own, which are added up. A
 * pair's list of places is then written by all of them, each behind the other's bytes.
 */
#include "pair_sketch_internal.h"

#include <stdlib.h>
#include <string.h>

#define BATCH      64                /* pairs that are fetched from memory together */
#define PART_BYTES ((size_t)1 << 16) /* of text; less is not worth another thread */

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

/* --- parts of the text ------------------------------------------------------------------ */

/* The first word at or behind a place. */
static size_t word_from(const struct nmt_merge_text *t, size_t place)
{
    bool in_word = false;
    if (place == 0)
        return 0;
    for (place = nmt_merge_next(t, place - 1); place < t->n; place = nmt_merge_next(t, place)) {
        bool digit = nmt_merge_is_digit(t, place);
        if (digit && in_word)
            return place;
        in_word = !digit;
    }
    return t->n;
}

static void cut_parts(struct nmt_survey_parts *all, size_t threads)
{
    size_t n = all->t->n / PART_BYTES + 1;
    n = n < threads ? n : threads;
    all->n = n < NMT_SURVEY_PARTS ? n : NMT_SURVEY_PARTS;
    for (size_t i = 0; i < all->n; i++) {
        all->of[i].start = i > 0 ? all->of[i - 1].end : 0;
        all->of[i].end =
            i + 1 < all->n ? word_from(all->t, all->t->n / all->n * (i + 1)) : all->t->n;
    }
}

static void release_parts(struct nmt_survey_parts *all)
{
    for (size_t i = 0; i < all->n; i++) {
        free(all->of[i].cells);
        free(all->of[i].items);
        free(all->of[i].slots);
    }
    free(all->frequent);
}

/* --- pairs and places ------------------------------------------------------------------- */

static inline size_t first_slot(const struct nmt_survey_part *p, uint32_t left, uint32_t right)
{
    return (size_t)(nmt_pair_hash(left, right) >> 32) & (p->n_slots - 1);
}

/* The slot of a pair, or the free one where it belongs. */
static uint32_t *find_slot(struct nmt_survey_part *p, uint32_t left, uint32_t right)
{
    size_t i = first_slot(p, left, right);
    for (; p->slots[i]; i = (i + 1) & (p->n_slots - 1)) {
        const struct nmt_found_pair *pair = &p->items[p->slots[i] - 1];
        if (pair->left == left && pair->right == right)
            break;
    }
    return &p->slots[i];
}

static bool grow_part(struct nmt_survey_part *p)
{
    size_t n = p->n_slots ? p->n_slots * 2 : 1024;
    uint32_t *slots = calloc(n, sizeof *slots);
    struct nmt_found_pair *items = slots ? realloc(p->items, n / 2 * sizeof *items) : NULL;
    if (!items) {
        free(slots);
        nmt_fail(&p->err, NMT_ENOMEM, 0, "out of memory");
        return false;
    }
    free(p->slots);
    p->slots = slots;
    p->n_slots = n;
    p->items = items;
    p->cap = n / 2;
    for (uint32_t i = 0; i < p->n; i++)
        *find_slot(p, items[i].left, items[i].right) = i + 1;
    return true;
}

struct batch {
    size_t n;
    struct seen {
        uint64_t count;
        uint32_t left, right, place;
    } of[BATCH];
};

/* The next pairs of cells that reach the threshold, whose numbers are fetched from memory together;
 * false at the end. */
static bool next_batch(const struct nmt_survey_parts *all, const struct nmt_survey_part *p,
                       struct nmt_walk *w, struct batch *b)
{
    size_t n = 0;
    struct nmt_walk here = *w; /* in registers */
    while (n < BATCH && nmt_walk_next(all->t, &here)) {
        size_t cell = nmt_cell_of(all, here.left, here.right);
        b->of[n] = (struct seen){ here.count, here.left, here.right, (uint32_t)here.place };
        n += all->frequent[cell / 8] >> cell % 8 & 1;
    }
    *w = here;
    b->n = n;
    for (size_t i = 0; i < b->n; i++)
        __builtin_prefetch(&p->slots[first_slot(p, b->of[i].left, b->of[i].right)]);
    for (size_t i = 0; i < b->n; i++)
        __builtin_prefetch(&p->items[p->slots[first_slot(p, b->of[i].left, b->of[i].right)]]);
    return b->n > 0;
}

static void count_seen(struct nmt_survey_part *p, const struct seen *seen)
{
    uint32_t *slot = find_slot(p, seen->left, seen->right);
    if (!*slot) {
        *slot = (uint32_t)++p->n;
        p->items[*slot - 1] = (struct nmt_found_pair){ .left = seen->left,
                                                       .right = seen->right,
                                                       .first = seen->place };
    }
    struct nmt_found_pair *pair = &p->items[*slot - 1];
    pair->count += seen->count;
    pair->n += nmt_place_bytes(seen->place - pair->last);
    pair->last = seen->place;
}

/* Counts the pairs of cells that reach the threshold. */
static void count_part(void *arg, size_t i, size_t worker)
{
    struct nmt_survey_parts *all = arg;
    struct nmt_survey_part *p = &all->of[i];
    struct nmt_walk w = { .next = p->start, .end = p->end };
    struct batch b;
    (void)worker;
    while ((p->cap - p->n >= BATCH || grow_part(p)) && next_batch(all, p, &w, &b))
        for (size_t k = 0; k < b.n; k++)
            count_seen(p, &b.of[k]);
}

/* Adds the counts of a part to the candidates. */
static int add_part(struct nmt_survey *c, struct nmt_survey_part *p, struct nmt_err *err)
{
    for (size_t i = 0; i < p->n; i++) {
        struct nmt_found_pair *f = &p->items[i];
        f->number = nmt_survey_find(c, f->left, f->right);
        if (f->number == NMT_PAIR_NONE)
            NMT_TRY(nmt_survey_add(c, f->left, f->right, 0, &f->number, err));
        struct nmt_pair *pair = &c->items[f->number];
        pair->count += f->count;
        f->before = pair->last;
        f->at = pair->n;
        pair->n += f->n - nmt_place_bytes(f->first) + nmt_place_bytes(f->first - pair->last);
        pair->last = f->last;
    }
    return 0;
}

/* Lays out the lists of the pairs that reach the threshold; the others are forgotten. */
static int keep_frequent(struct nmt_survey_parts *all, struct nmt_err *err)
{
    struct nmt_survey *c = all->survey;
    size_t kept = 0, n_places = 0;
    uint32_t *numbers = malloc((c->n + 1) * sizeof *numbers);
    if (!numbers)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < c->n; i++) {
        numbers[i] = NMT_PAIR_NONE;
        if (c->items[i].count < c->threshold)
            continue;
        numbers[i] = (uint32_t)kept;
        c->items[kept] = c->items[i];
        c->items[kept].first = (uint32_t)n_places;
        n_places += c->items[kept++].n;
    }
    c->n = kept;
    c->n_places = n_places;
    for (size_t i = 0; i < all->n; i++)
        for (size_t k = 0; k < all->of[i].n; k++) {
            struct nmt_found_pair *f = &all->of[i].items[k];
            f->number = numbers[f->number];
            if (f->number != NMT_PAIR_NONE)
                f->at += c->items[f->number].first;
        }
    free(numbers);
    NMT_TRY(reserve_places(c, n_places, err));
    return make_slots(c, c->n_slots, err);
}

/* Writes the places of a part. */
static void place_part(void *arg, size_t i, size_t worker)
{
    struct nmt_survey_parts *all = arg;
    struct nmt_survey *c = all->survey;
    struct nmt_survey_part *p = &all->of[i];
    (void)worker;
    struct nmt_walk w = { .next = p->start, .end = p->end };
    struct batch b;
    while (p->n > 0 && next_batch(all, p, &w, &b))
        for (size_t k = 0; k < b.n; k++) {
            struct nmt_found_pair *f = &p->items[*find_slot(p, b.of[k].left, b.of[k].right) - 1];
            if (f->number == NMT_PAIR_NONE)
                continue;
            unsigned char *end = nmt_place_put(c->places + f->at, b.of[k].place, &f->before);
            f->at = (uint32_t)(end - c->places);
        }
}

int nmt_survey_run(struct nmt_survey *c, const struct nmt_merge_text *t, uint64_t below,
                   size_t budget, struct nmt_threads *threads, struct nmt_err *err)
{
    struct nmt_survey_parts *all = calloc(1, sizeof *all);
    if (!all)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    all->survey = c;
    all->t = t;
    cut_parts(all, nmt_threads_count(threads));
    int rc = nmt_sketch_make(all, threads, err);
    if (rc == 0) {
        c->threshold = nmt_sketch_threshold(all, t->n, below, budget);
        rc = nmt_sketch_mark(all, err);
    }
    if (rc == 0) {
        nmt_threads_run(threads, all->n, count_part, all);
        rc = nmt_survey_error(all, err);
    }
    c->n = c->n_places = 0;
    if (rc == 0)
        rc = make_slots(c, 1024, err);
    for (size_t i = 0; i < all->n && rc == 0; i++)
        rc = add_part(c, &all->of[i], err);
    if (rc == 0)
        rc = keep_frequent(all, err);
    if (rc == 0)
        nmt_threads_run(threads, all->n, place_part, all);
    c->most_places = c->n_places + budget;
    release_parts(all);
    free(all);
    return rc;
}
