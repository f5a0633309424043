/*
 * Counting words. A record is
 *
 *   count   one byte, 1 to 127; above that 0xFF, eight bytes and 0xFF again; 0: no word any more
 *   length  one byte; from 255 on 255 and four bytes
 *   bytes
 *
 * and the index knows where its length is, so that the count can be read from there to the left. A
 * word whose count outgrows the byte gets a new record at the end.
 *
 * The index is buckets of one cache line: a byte of the hash of each word, and its place. A
 * bucket's number grows with the hash, so that any number of buckets will do; when they are nearly
 * full, the index is thrown away and made anew out of the records, never two of them at a time.
 * With one word of 10 bytes in 12 at hand that is 10 + 2 + 6 to 8 bytes in all.
 *
 * A class is a length with four bits of another hash, so that giving up one class drops a small
 * part of the words.
 */
#include "word_counts_internal.h"

#include "strings_internal.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST   4096u /* longer words are one class */
#define N_CLASSES ((LONGEST + 1) * 16)
#define SHORT     127  /* highest count in one byte */
#define LONG      0xFF /* mark of a count in eight bytes */
#define IN_BUCKET 12

struct nmt_word_bucket {
    uint32_t n;
    uint8_t tags[IN_BUCKET];
    uint32_t at[IN_BUCKET];
};

int nmt_word_counts_init(struct nmt_word_counts *w, size_t most, struct nmt_err *err)
{
    *w = (struct nmt_word_counts){ .most = most, .limit = N_CLASSES - 1 };
    w->of_class = calloc(N_CLASSES, sizeof *w->of_class);
    return w->of_class ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
}

void nmt_word_counts_seal(struct nmt_word_counts *w)
{
    free(w->index);
    free(w->of_class);
    w->index = NULL;
    w->of_class = NULL;
    w->n_buckets = 0;
}

void nmt_word_counts_release(struct nmt_word_counts *w)
{
    nmt_word_counts_seal(w);
    free(w->records);
    *w = (struct nmt_word_counts){ .most = 0 };
}

/* FNV-1a: the same on every machine. */
static uint32_t class_of(const char *word, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)word[i]) * 16777619u;
    return (len < LONGEST ? (uint32_t)len : LONGEST) * 16 + (h >> 28);
}

/* --- records ---------------------------------------------------------------------------- */

/* The word whose length stands at a place. */
static struct nmt_word word_at(const struct nmt_word_counts *w, size_t at)
{
    const unsigned char *p = w->records + at;
    struct nmt_word word = { .count = p[-1], .at = at };
    if (word.count == LONG)
        memcpy(&word.count, p - 9, sizeof word.count);
    word.len = *p++;
    if (word.len == 255) {
        uint32_t len;
        memcpy(&len, p, sizeof len);
        word.len = len;
        p += sizeof len;
    }
    word.text = (const char *)p;
    return word;
}

bool nmt_word_counts_next(const struct nmt_word_counts *w, size_t *at, struct nmt_word *word)
{
    while (*at < w->used) {
        *word = word_at(w, *at + (w->records[*at] == LONG ? 10 : 1));
        *at = (size_t)(word->text - (const char *)w->records) + word->len;
        if (word->count > 0)
            return true;
    }
    return false;
}

/* Changes the count of the word at a place; false when there is no room for it. */
static bool set_count(struct nmt_word_counts *w, size_t at, uint64_t count)
{
    unsigned char *p = w->records + at;
    if (p[-1] == LONG)
        memcpy(p - 9, &count, sizeof count);
    else if (count <= SHORT)
        p[-1] = (unsigned char)count;
    else
        return false;
    return true;
}

/* Writes a record at p; returns where its length is, behind p. */
static size_t put_record(unsigned char *p, const char *text, size_t len, uint64_t count)
{
    unsigned char *start = p;
    uint32_t len32 = (uint32_t)len;
    if (count <= SHORT) {
        *p++ = (unsigned char)count;
    } else {
        *p++ = LONG;
        memcpy(p, &count, sizeof count);
        p += sizeof count;
        *p++ = LONG;
    }
    size_t at = (size_t)(p - start);
    *p++ = len < 255 ? (unsigned char)len : 255;
    if (len >= 255) {
        memcpy(p, &len32, sizeof len32);
        p += sizeof len32;
    }
    memmove(p, text, len);
    return at;
}

static int add_record(struct nmt_word_counts *w, const char *text, size_t len, uint64_t count,
                      size_t *at, struct nmt_err *err)
{
    size_t need = len + 16;
    if (need > UINT32_MAX - w->used)
        return nmt_fail(err, NMT_ELIMIT, 0,
                        "the distinct words have more than 2^32 bytes (see --max-types)");
    if (need > w->cap - w->used) {
        size_t cap = w->cap + w->cap / 4 + need + 1024;
        unsigned char *records = realloc(w->records, cap);
        if (!records)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        w->records = records;
        w->cap = cap;
    }
    *at = w->used + put_record(w->records + w->used, text, len, count);
    w->used = *at + (len < 255 ? 1 : 5) + len;
    return 0;
}

/* --- index ------------------------------------------------------------------------------ */

static size_t bucket_of(const struct nmt_word_counts *w, uint32_t hash)
{
    return (size_t)(((uint64_t)hash * w->n_buckets) >> 32);
}

/* The entry of a word, NULL when it has none. */
static uint32_t *find(const struct nmt_word_counts *w, const char *text, size_t len, uint32_t hash)
{
    if (w->n == 0)
        return NULL;
    for (size_t i = bucket_of(w, hash);; i = i + 1 < w->n_buckets ? i + 1 : 0) {
        struct nmt_word_bucket *b = &w->index[i];
        for (uint32_t k = 0; k < b->n; k++) {
            if (b->tags[k] != (uint8_t)hash)
                continue;
            struct nmt_word word = word_at(w, b->at[k]);
            if (word.len == len && nmt_same_bytes(word.text, text, len))
                return &b->at[k];
        }
        if (b->n < IN_BUCKET)
            return NULL;
    }
}

static void enter(struct nmt_word_counts *w, uint32_t hash, size_t at)
{
    size_t i = bucket_of(w, hash);
    while (w->index[i].n == IN_BUCKET)
        i = i + 1 < w->n_buckets ? i + 1 : 0;
    struct nmt_word_bucket *b = &w->index[i];
    b->tags[b->n] = (uint8_t)hash;
    b->at[b->n++] = (uint32_t)at;
}

/* Makes the index anew, with room for more words. */
static int make_index(struct nmt_word_counts *w, size_t n_buckets, struct nmt_err *err)
{
    free(w->index);
    w->n_buckets = 0;
    w->index = aligned_alloc(64, n_buckets * sizeof *w->index);
    if (!w->index)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    memset(w->index, 0, n_buckets * sizeof *w->index);
    w->n_buckets = n_buckets;
    struct nmt_word word;
    w->n = 0;
    for (size_t at = 0; nmt_word_counts_next(w, &at, &word); w->n++)
        enter(w, nmt_strings_hash(word.text, word.len), word.at);
    return 0;
}

/* --- words ------------------------------------------------------------------------------ */

/* Drops the words that were given up from memory, moving the others together. */
static int compact(struct nmt_word_counts *w, struct nmt_err *err)
{
    size_t to = 0;
    struct nmt_word word;
    for (size_t at = 0; nmt_word_counts_next(w, &at, &word);) {
        if (class_of(word.text, word.len) > w->limit) {
            w->given_up += word.count;
            continue;
        }
        size_t len = word.len;
        to += put_record(w->records + to, word.text, len, word.count) + (len < 255 ? 1 : 5) + len;
    }
    w->used = to;
    return make_index(w, w->n_buckets + 1, err);
}

static int add_new(struct nmt_word_counts *w, const char *word, size_t len, uint64_t count,
                   uint32_t hash, struct nmt_err *err)
{
    uint32_t class = class_of(word, len);
    size_t at;
    if (class > w->limit) {
        w->given_up += count;
        return 0;
    }
    if (w->n >= w->n_buckets * (IN_BUCKET - 2))
        NMT_TRY(make_index(w, w->n_buckets + w->n_buckets / 3 + 16, err));
    NMT_TRY(add_record(w, word, len, count, &at, err));
    enter(w, hash, at);
    w->n++;
    w->of_class[class]++;
    for (w->live++; w->live > w->most; w->limit--)
        w->live -= w->of_class[w->limit];
    return w->n > w->most + w->most / 2 + 1024 ? compact(w, err) : 0;
}

int nmt_word_counts_add(struct nmt_word_counts *w, const char *text, size_t len, uint64_t count,
                        struct nmt_err *err)
{
    uint32_t hash = nmt_strings_hash(text, len);
    uint32_t *entry = find(w, text, len, hash);
    if (!entry)
        return add_new(w, text, len, count, hash, err);
    uint64_t sum = word_at(w, *entry).count + count;
    if (set_count(w, *entry, sum))
        return 0;
    size_t old = *entry, at;
    NMT_TRY(add_record(w, text, len, sum, &at, err));
    w->records[old - 1] = 0;
    *entry = (uint32_t)at;
    return 0;
}

int nmt_word_counts_add_line(struct nmt_word_counts *w, const char *line, size_t len,
                             struct nmt_err *err)
{
    const char *end = line + len;
    while (line < end) {
        const char *space = memchr(line, ' ', (size_t)(end - line));
        const char *stop = space ? space : end;
        if (stop > line)
            NMT_TRY(nmt_word_counts_add(w, line, (size_t)(stop - line), 1, err));
        line = stop + 1;
    }
    return 0;
}

uint64_t nmt_word_counts_given_up(const struct nmt_word_counts *w, size_t *longest)
{
    uint64_t n = w->given_up;
    struct nmt_word word;
    *longest = w->limit == N_CLASSES - 1 ? SIZE_MAX : (w->limit + 1) / 16 - 1;
    if (*longest == SIZE_MAX)
        return n;
    for (size_t at = 0; nmt_word_counts_next(w, &at, &word);)
        n += class_of(word.text, word.len) > w->limit ? word.count : 0;
    return n;
}

/* A word of the normalised text. It stays as it is when it is met again, so it may go into the
 * same records, before or behind the words still to come. */
static int add_normalised(struct nmt_word_counts *w, const char *p, size_t len, uint64_t count,
                          struct nmt_err *err)
{
    for (const char *end = p + len; p < end;) {
        const char *space = memchr(p, ' ', (size_t)(end - p));
        const char *stop = space ? space : end;
        if (stop > p)
            NMT_TRY(nmt_word_counts_add(w, p, (size_t)(stop - p), count, err));
        p = stop + 1;
    }
    return 0;
}

int nmt_word_counts_normalise(struct nmt_word_counts *w, struct nmt_normaliser *n,
                              struct nmt_err *err)
{
    /* Words that were given up while they were in memory go first: from here on all count. */
    if (w->limit < N_CLASSES - 1)
        NMT_TRY(compact(w, err));
    w->limit = N_CLASSES - 1;
    w->most = SIZE_MAX / 2;
    struct nmt_word word;
    size_t end = w->used;
    for (size_t at = 0; at < end && nmt_word_counts_next(w, &at, &word);) {
        size_t len = 0;
        const char *out = NULL;
        NMT_TRY(nmt_normalise_word(n, word.text, word.len, &out, &len, err));
        if (word.at >= end || (len == word.len && memcmp(out, word.text, len) == 0))
            continue;
        set_count(w, word.at, 0);
        NMT_TRY(add_normalised(w, out, len, word.count, err));
    }
    return 0;
}

/* --- order ------------------------------------------------------------------------------ */

static int by_count(const void *a, const void *b)
{
    const struct nmt_word *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    int c = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
    return c ? c : (x->len > y->len) - (x->len < y->len);
}

int nmt_word_counts_order(const struct nmt_word_counts *w, uint64_t min_count, size_t most,
                          bool (*usable)(const char *text, size_t len), struct nmt_word **order,
                          size_t *n, struct nmt_err *err)
{
    size_t cap = 0;
    struct nmt_word word;
    *order = NULL;
    *n = 0;
    for (size_t at = 0; nmt_word_counts_next(w, &at, &word);) {
        if (word.count < min_count || !usable(word.text, word.len))
            continue;
        if (*n == cap && cap / 2 > most) { /* the better half is enough */
            qsort(*order, *n, sizeof **order, by_count);
            *n = most;
        }
        if (*n == cap) {
            cap = cap * 2 + 1024;
            struct nmt_word *more = realloc(*order, cap * sizeof *more);
            if (!more)
                return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
            *order = more;
        }
        (*order)[(*n)++] = word;
    }
    if (*n > 0)
        qsort(*order, *n, sizeof **order, by_count);
    *n = *n < most ? *n : most;
    return 0;
}
