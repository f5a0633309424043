/*
 * Words and their ids. The index is a table of lines, chosen by the upper bits of the hash; a line
 * has 16 more bits of each of its words, so that a word that is not there is known to be new by one
 * line out of few enough to stay near the processor. When a line is full, words go to the next one.
 */
#include "word_cache_internal.h"

#include "strings_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LINES      ((size_t)10240)      /* of an index */
#define MOST_WORDS (LINES * 8)          /* of a generation */
#define MOST_BYTES ((size_t)3072 << 10) /* of its records */

void nmt_word_cache_release(struct nmt_word_cache *c)
{
    free(c->young.index);
    free(c->young.records);
    free(c->old.index);
    free(c->old.records);
    *c = (struct nmt_word_cache){ .young = { .n = 0 } };
}

#define HEAD_BYTES ((size_t)16)
#define HEAD_WORDS ((size_t)4)

/* The highest bit of every byte that is a space; above the first one others may be wrong. */
static uint64_t spaces_of(uint64_t eight)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t other = eight ^ ones * ' ';
    return (other - ones) & ~other & ones << 7;
}

void nmt_word_at(struct nmt_word *w, const char *p, const char *end)
{
    static const uint64_t k = 0x9E3779B97F4A7C15u;
    unsigned char tail[HEAD_BYTES];
    const unsigned char *from = (const unsigned char *)p;
    if (end - p < (ptrdiff_t)HEAD_BYTES) {
        memset(tail, ' ', sizeof tail);
        memcpy(tail, p, (size_t)(end - p));
        from = tail;
    }
    uint64_t low = nmt_load_le64(from), high = nmt_load_le64(from + 8);
    uint64_t in_low = spaces_of(low), first = in_low ? in_low : spaces_of(high);
    w->text = p;
    if (!first) {
        w->head[0] = low;
        w->head[1] = high;
        w->len = (uint32_t)(nmt_find_space(p + HEAD_BYTES, end) - p);
        w->hash = w->len <= NMT_CACHED_WORD ? nmt_strings_hash(p, w->len) : 0;
        return;
    }
    uint64_t kept = ((first & -first) >> 7) - 1; /* all bits of the bytes below it */
    low &= in_low ? kept : UINT64_MAX;
    high &= in_low ? 0 : kept;
    uint64_t h = (low ^ high * k ^ high >> 32) * k;
    h = (h ^ h >> 32) * k;
    w->head[0] = low;
    w->head[1] = high;
    w->len = (uint32_t)__builtin_ctzll(first) / 8 + (in_low ? 0 : 8);
    w->hash = (uint32_t)(h >> 32);
}

/* Of what is behind a word's head, in a record. */
static size_t words_of(size_t len)
{
    return len > HEAD_BYTES ? (len - HEAD_BYTES + 3) / 4 : 0;
}

/* Of a record with so many ids. */
static size_t size_of(size_t len, size_t n)
{
    return 1 + HEAD_WORDS + words_of(len) + n;
}

static bool is_full(const struct nmt_word_generation *g, size_t need)
{
    return g->n >= MOST_WORDS || (g->used + need) * sizeof *g->records > MOST_BYTES;
}

static size_t line_of(uint32_t hash)
{
    return (size_t)((uint64_t)hash * LINES >> 32);
}

/* The compiler drops calls of functions that do nothing but fetch. */
void nmt_word_cache_fetch(const struct nmt_word_cache *c, uint32_t hash)
{
    if (c->young.n > 0)
        __builtin_prefetch(&c->young.index[line_of(hash)]);
    if (c->old.n > 0)
        __builtin_prefetch(&c->old.index[line_of(hash)]);
}

void nmt_word_cache_fetch_word(const struct nmt_word_cache *c, struct nmt_word *word)
{
    const struct nmt_word_generation *g = &c->young;
    const struct nmt_word_line *line;
    unsigned found = 0;
    if (g->n > 0) {
        line = &g->index[line_of(word->hash)];
        found = nmt_word_line_find(line, (uint8_t)word->hash);
    }
    word->likely = NULL;
    word->not_old = c->old.n == 0;
    word->moves = c->moves;
    if (found) {
        word->likely = g->records + line->at[__builtin_ctz(found)];
        __builtin_prefetch(word->likely);
    } else if (c->old.n > 0) {
        line = &c->old.index[line_of(word->hash)];
        found = nmt_word_line_find(line, (uint8_t)word->hash);
        word->not_old = !found && line->n < NMT_IN_LINE;
        if (found)
            __builtin_prefetch(c->old.records + line->at[__builtin_ctz(found)]);
    }
}

static bool is_word(const uint32_t *record, const struct nmt_word *word)
{
    uint64_t head[2];
    memcpy(head, record + 1, sizeof head);
    return ((head[0] ^ word->head[0]) | (head[1] ^ word->head[1]) |
            ((*record & 0xFFFF) ^ word->len)) == 0 &&
           (word->len <= HEAD_BYTES ||
            memcmp(record + 1 + HEAD_WORDS, word->text + HEAD_BYTES, word->len - HEAD_BYTES) == 0);
}

/* The record of a word, NULL when there is none. */
static const uint32_t *find(const struct nmt_word_generation *g, const struct nmt_word *word)
{
    if (g->n == 0)
        return NULL;
    for (size_t i = line_of(word->hash);; i = i + 1 < LINES ? i + 1 : 0) {
        const struct nmt_word_line *line = &g->index[i];
        unsigned found = nmt_word_line_find(line, (uint8_t)word->hash);
        for (; found; found &= found - 1) {
            const uint32_t *record = g->records + line->at[__builtin_ctz(found)];
            if (is_word(record, word))
                return record;
        }
        if (line->n < NMT_IN_LINE)
            return NULL;
    }
}

static void enter(struct nmt_word_generation *g, uint32_t hash, size_t at)
{
    size_t i = line_of(hash);
    while (g->index[i].n == NMT_IN_LINE)
        i = i + 1 < LINES ? i + 1 : 0;
    nmt_word_line_add(&g->index[i], (uint8_t)hash, at);
}

static int make_index(struct nmt_word_generation *g, struct nmt_err *err)
{
    static_assert(sizeof *g->index == 64, "a line of the processor's cache");
    g->index = aligned_alloc(sizeof *g->index, LINES * sizeof *g->index);
    if (!g->index)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    memset(g->index, 0, LINES * sizeof *g->index);
    return 0;
}

/* The young generation becomes the old one. */
static void age(struct nmt_word_cache *c)
{
    struct nmt_word_generation g = c->old;
    c->moves++;
    c->old = c->young;
    if (g.index)
        memset(g.index, 0, LINES * sizeof *g.index);
    g.n = g.used = 0;
    c->young = g;
}

int nmt_word_cache_add(struct nmt_word_cache *c, const struct nmt_word *word, size_t n,
                       uint32_t **ids, struct nmt_err *err)
{
    struct nmt_word_generation *g = &c->young;
    size_t need = size_of(word->len, n);
    if (is_full(g, need))
        age(c);
    if (!g->index)
        NMT_TRY(make_index(g, err));
    if (need > g->cap - g->used) {
        size_t cap = g->cap * 2 + need + 4096;
        uint32_t *records = realloc(g->records, cap * sizeof *records);
        if (!records)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        g->records = records;
        g->cap = cap;
        c->moves++;
    }
    uint32_t *record = g->records + g->used;
    record[0] = word->len | (uint32_t)n << 16;
    memcpy(record + 1, word->head, sizeof word->head);
    if (word->len > HEAD_BYTES)
        memcpy(record + 1 + HEAD_WORDS, word->text + HEAD_BYTES, word->len - HEAD_BYTES);
    *ids = record + need - n;
    enter(g, word->hash, g->used);
    g->used += need;
    g->n++;
    return 0;
}

const uint32_t *nmt_word_cache_find(struct nmt_word_cache *c, const struct nmt_word *word,
                                    size_t *n)
{
    if (word->likely && word->moves == c->moves && is_word(word->likely, word)) {
        *n = *word->likely >> 16;
        return word->likely + size_of(word->len, 0);
    }
    const uint32_t *record = find(&c->young, word);
    uint32_t *copy;
    if (!record) {
        if (word->not_old && word->moves == c->moves)
            return NULL;
        record = find(&c->old, word);
        if (!record)
            return NULL;
        /* Met again: it moves on, unless that would make the old generation go from under it. */
        *n = *record >> 16;
        if (!is_full(&c->young, size_of(word->len, *n)) &&
            nmt_word_cache_add(c, word, *n, &copy, NULL) == 0)
            memcpy(copy, record + size_of(word->len, 0), *n * sizeof *copy);
    }
    *n = *record >> 16;
    return record + size_of(word->len, 0);
}
