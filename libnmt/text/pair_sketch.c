/*
 * The sketch of a survey: cells of a fixed number, where several pairs may share one, which
 * therefore bounds the count of each from above. It shows how low the threshold of a survey can be.
 */
#include "pair_sketch_internal.h"

#include <stdlib.h>

#define MOST_CELLS ((size_t)1 << 19)

static inline void add_to_cell(struct nmt_cell *cell, uint64_t count, uint32_t places)
{
    uint64_t sum = cell->count + count;
    cell->count = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
    cell->places = places < UINT32_MAX - cell->places ? cell->places + places : UINT32_MAX;
}

static void sketch_part(void *arg, size_t i, size_t worker)
{
    struct nmt_survey_parts *all = arg;
    struct nmt_survey_part *p = &all->of[i];
    (void)worker;
    p->cells = calloc(all->n_cells, sizeof *p->cells);
    if (!p->cells)
        nmt_fail(&p->err, NMT_ENOMEM, 0, "out of memory");
    for (struct nmt_walk w = { .next = p->start, .end = p->end };
         p->cells && nmt_walk_next(all->t, &w);)
        add_to_cell(&p->cells[nmt_cell_of(all, w.left, w.right)], w.count, 1);
}

/* The sums are in the first part. */
int nmt_sketch_make(struct nmt_survey_parts *all, struct nmt_threads *threads, struct nmt_err *err)
{
    all->n_cells = 1 << 10;
    all->shift = 54;
    for (; all->n_cells < MOST_CELLS && all->n_cells < all->t->n / 2; all->n_cells *= 2)
        all->shift--;
    nmt_threads_run(threads, all->n, sketch_part, all);
    NMT_TRY(nmt_survey_error(all, err));
    for (size_t i = 1; i < all->n; i++) {
        const struct nmt_cell *cells = all->of[i].cells;
        for (size_t k = 0; k < all->n_cells; k++)
            add_to_cell(&all->of[0].cells[k], cells[k].count, cells[k].places);
        free(all->of[i].cells);
        all->of[i].cells = NULL;
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
uint32_t nmt_sketch_threshold(const struct nmt_survey_parts *all, size_t n, uint64_t below,
                              size_t budget)
{
    size_t places[N_LEVELS] = { 0 }, pairs[N_LEVELS] = { 0 };
    unsigned top = level_of(below > UINT32_MAX ? UINT32_MAX : (uint32_t)below - 1);
    for (size_t i = 0; i < all->n_cells; i++) {
        const struct nmt_cell *cell = &all->of[0].cells[i];
        unsigned level = level_of(cell->count);
        if (level > top)
            level = top;
        places[level] += list_bytes(cell->places, n);
        pairs[level] += cell->places > 0;
    }
    unsigned level = top;
    while (level > 1 && pairs[level] == 0)
        level--;
    for (size_t sum = places[level], m = pairs[level]; level > 1; level--) {
        sum += places[level - 1];
        m += pairs[level - 1];
        if (sum > budget || m > NMT_SURVEY_PAIRS)
            break;
    }
    return least_of(level > 1 ? level : 1);
}

/* The threshold decided, a bit is all that is needed of a cell. */
int nmt_sketch_mark(struct nmt_survey_parts *all, struct nmt_err *err)
{
    const struct nmt_cell *cells = all->of[0].cells;
    all->frequent = calloc(all->n_cells / 8, 1);
    if (!all->frequent)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < all->n_cells; i++)
        if (cells[i].count >= all->survey->threshold)
            all->frequent[i / 8] |= (unsigned char)(1u << i % 8);
    free(all->of[0].cells);
    all->of[0].cells = NULL;
    return 0;
}
