/*
 * A table of what words contribute, each word in the one slot its id names; the last one to come
 * stays. Ids come in chunks: first it is found out which are not in the table, then these are made
 * in one product, then all are copied out, and only then do the new ones take their slots.
 */
#include "model/word_table.h"

#include "math/blas.h"

#include <string.h>

#define CHUNK       ((size_t)128)
#define TABLE_BYTES ((size_t)8 << 20)

struct nmt_word_slot {
    nmt_id id;
    uint32_t chunk; /* in which it was taken: then its row is still in `made` */
    uint32_t row;
};

static void plan(struct nmt_word_table *w, struct nmt_arena *arena)
{
    w->slot = nmt_arena_take(arena, w->slots, sizeof *w->slot);
    w->kept = nmt_arena_take(arena, w->slots * w->width, sizeof *w->kept);
    w->x = nmt_arena_take(arena, CHUNK * w->E, sizeof *w->x);
    for (size_t p = 0; p < w->parts; p++) {
        const struct nmt_word_part *part = &w->part[p];
        w->made[p] = nmt_arena_take(arena, CHUNK * part->out, sizeof(real));
        w->norm[p] = nmt_norm_plan(arena, part->gain, CHUNK, part->out, part->group);
    }
    w->from = nmt_arena_take(arena, CHUNK, sizeof *w->from);
    w->which = nmt_arena_take(arena, CHUNK, sizeof *w->which);
    w->to = nmt_arena_take(arena, CHUNK, sizeof *w->to);
}

int nmt_word_table_init(struct nmt_word_table *w, const real *embedding, size_t V, size_t E,
                        const struct nmt_word_part *part, size_t parts, struct nmt_err *err)
{
    struct nmt_arena measure = { NULL, 0, 0 };
    *w = (struct nmt_word_table){ .embedding = embedding, .E = E, .parts = parts };
    for (size_t p = 0; p < parts; p++) {
        w->part[p] = part[p];
        w->width += part[p].out;
    }
    w->slots = TABLE_BYTES / sizeof(real) / w->width;
    w->slots = w->slots < 1 ? 1 : w->slots > V ? V : w->slots;
    plan(w, &measure);
    NMT_TRY(nmt_arena_init(&w->arena, measure.used, err));
    plan(w, &w->arena);
    for (size_t i = 0; i < w->slots; i++)
        w->slot[i] = (struct nmt_word_slot){ .id = UINT32_MAX };
    return 0;
}

void nmt_word_table_release(struct nmt_word_table *w)
{
    nmt_arena_release(&w->arena);
}

/* Finds each row: from[i] in the table, or NULL and which[i] among those to be made. */
static size_t look_up(struct nmt_word_table *w, const nmt_id *ids, size_t n)
{
    size_t missing = 0;
    w->chunk++;
    for (size_t i = 0; i < n; i++) {
        const size_t at = ids[i] % w->slots;
        struct nmt_word_slot *slot = &w->slot[at];
        if (slot->id != ids[i]) {
            *slot = (struct nmt_word_slot){ ids[i], w->chunk, (uint32_t)missing };
            w->to[missing] = (uint32_t)at;
            memcpy(w->x + missing * w->E, w->embedding + ids[i] * w->E, w->E * sizeof *w->x);
            missing++;
        }
        w->from[i] = slot->chunk == w->chunk ? NULL : w->kept + at * w->width;
        w->which[i] = slot->row;
    }
    return missing;
}

static void read_chunk(struct nmt_word_table *w, real *const *to, const nmt_id *ids, size_t first,
                       size_t n)
{
    const size_t missing = look_up(w, ids + first, n);
    size_t offset = 0;
    for (size_t p = 0; p < w->parts; p++) {
        const size_t out = w->part[p].out;
        real *made = w->made[p];
        nmt_norm_linear_forward(made, w->norm[p], w->x, w->part[p].W, w->part[p].gain, w->part[p].b,
                                missing, w->E, NMT_ALONE);
        for (size_t i = 0; i < n; i++)
            memcpy(to[p] + (first + i) * out,
                   w->from[i] ? w->from[i] + offset : made + w->which[i] * out, out * sizeof *made);
        offset += out;
    }
    offset = 0;
    for (size_t p = 0; p < w->parts; p++) { /* of two in one slot the later one stays */
        const size_t out = w->part[p].out;
        for (size_t i = 0; i < missing; i++)
            memcpy(w->kept + w->to[i] * w->width + offset, w->made[p] + i * out,
                   out * sizeof(real));
        offset += out;
    }
}

/* W 0 + b */
static void read_nothing(const struct nmt_word_table *w, real *const *to, size_t n)
{
    for (size_t p = 0; p < w->parts; p++) {
        const struct nmt_word_part *part = &w->part[p];
        for (size_t i = 0; i < n; i++)
            memcpy(to[p] + i * part->out, part->b, part->out * sizeof(real));
    }
}

void nmt_word_table_read(struct nmt_word_table *w, real *const *to, const nmt_id *ids, size_t n)
{
    if (!ids)
        read_nothing(w, to, n);
    for (size_t first = 0; ids && first < n; first += CHUNK)
        read_chunk(w, to, ids, first, n - first < CHUNK ? n - first : CHUNK);
}
