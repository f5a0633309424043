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
 * full, the index is made larger and filled anew out of the records, never two of them at a time.
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
#define LINE      64   /* bytes of a bucket, which lies in one line of the processor's cache */

/* Enough for a block of its own pages, which the system moves when it grows instead of copying it,
 * and takes back when it is freed. Pages are there once they are written to. */
#define FIRST_BYTES ((size_t)1 << 18)

int nmt_word_counts_init(struct nmt_word_counts *w, unsigned shift, struct nmt_err *err)
{
    *w = (struct nmt_word_counts){ .shift = shift, .limit = N_CLASSES - 1 };
    w->of_class = calloc(N_CLASSES, sizeof *w->of_class);
    return w->of_class ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
}

void nmt_word_counts_seal(struct nmt_word_counts *w)
{
    free(w->index_block);
    free(w->of_class);
    w->index_block = NULL;
    w->index = NULL;
    w->of_class = NULL;
    w->n_buckets = 0;
}

void nmt_word_counts_empty(struct nmt_word_counts *w)
{
    w->used = w->n = w->live = 0;
    if (w->index)
        memset(w->index, 0, w->n_buckets * sizeof *w->index);
}

void nmt_word_counts_release(struct nmt_word_counts *w)
{
    nmt_word_counts_seal(w);
    free(w->records);
    *w = (struct nmt_word_counts){ .used = 0 };
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

struct nmt_word nmt_word_counts_at(const struct nmt_word_counts *w, size_t at)
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
        *word = nmt_word_counts_at(w, *at + (w->records[*at] == LONG ? 10 : 1));
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
        size_t cap = w->cap + w->cap / 4 + need + FIRST_BYTES;
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

static inline size_t bucket_of(const struct nmt_word_counts *w, uint32_t hash)
{
    return (size_t)(((uint64_t)(hash << w->shift) * w->n_buckets) >> 32);
}

/* The entry of a word, NULL when it has none. */
static uint32_t *find(const struct nmt_word_counts *w, const char *text, size_t len, uint32_t hash)
{
    if (w->n == 0)
        return NULL;
    for (size_t i = bucket_of(w, hash);; i = i + 1 < w->n_buckets ? i + 1 : 0) {
        struct nmt_word_line *b = &w->index[i];
        for (uint32_t bits = nmt_word_line_find(b, (uint8_t)hash); bits; bits &= bits - 1) {
            uint32_t *at = &b->at[__builtin_ctz(bits)];
            struct nmt_word word = nmt_word_counts_at(w, *at);
            if (word.len == len && nmt_same_bytes(word.text, text, len))
                return at;
        }
        if (b->n < NMT_IN_LINE)
            return NULL;
    }
}

void nmt_word_counts_fetch(const struct nmt_word_counts *w, uint32_t hash)
{
    if (w->n > 0)
        __builtin_prefetch(&w->index[bucket_of(w, hash)]);
}

void nmt_word_counts_fetch_word(const struct nmt_word_counts *w, uint32_t hash)
{
    if (w->n == 0)
        return;
    const struct nmt_word_line *b = &w->index[bucket_of(w, hash)];
    uint32_t bits = nmt_word_line_find(b, (uint8_t)hash);
    if (bits)
        __builtin_prefetch(w->records + b->at[__builtin_ctz(bits)]);
}

static void enter(struct nmt_word_counts *w, uint32_t hash, size_t at)
{
    size_t i = bucket_of(w, hash);
    while (w->index[i].n == NMT_IN_LINE)
        i = i + 1 < w->n_buckets ? i + 1 : 0;
    nmt_word_line_add(&w->index[i], (uint8_t)hash, at);
}

/* The block of the index is made larger in place if it can be, for a new one would lie beside the
 * old one's hole. */
int nmt_word_counts_make_index(struct nmt_word_counts *w, size_t n_buckets, struct nmt_err *err)
{
    w->n_buckets = 0;
    void *block = realloc(w->index_block, (n_buckets + 1) * LINE);
    if (!block)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    w->index_block = block;
    w->index = (void *)(((uintptr_t)block + LINE - 1) / LINE * LINE);
    memset(w->index, 0, n_buckets * sizeof *w->index);
    w->n_buckets = n_buckets;
    struct nmt_word word;
    w->n = 0;
    for (size_t at = 0; nmt_word_counts_next(w, &at, &word); w->n++)
        enter(w, nmt_strings_hash(word.text, word.len), word.at);
    return 0;
}

/* --- words ------------------------------------------------------------------------------ */

int nmt_word_counts_compact(struct nmt_word_counts *w, struct nmt_err *err)
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
    return nmt_word_counts_make_index(w, w->n_buckets + 1, err);
}

void nmt_word_counts_lower(struct nmt_word_counts *w)
{
    w->live -= w->of_class[w->limit--];
}

size_t nmt_word_counts_longest(const struct nmt_word_counts *w)
{
    return w->limit == N_CLASSES - 1 ? SIZE_MAX : (w->limit + 1) / 16 - 1;
}

static int add_new(struct nmt_word_counts *w, const char *word, size_t len, uint64_t count,
                   uint32_t hash, struct nmt_err *err)
{
    uint32_t class = w->of_class ? class_of(word, len) : 0;
    size_t at;
    if (class > w->limit) {
        w->given_up += count;
        return 0;
    }
    if (w->n >= w->n_buckets * (NMT_IN_LINE - 2))
        NMT_TRY(nmt_word_counts_make_index(w, w->n_buckets + w->n_buckets / 3 + 16, err));
    NMT_TRY(add_record(w, word, len, count, &at, err));
    enter(w, hash, at);
    w->n++;
    w->live++;
    if (w->of_class)
        w->of_class[class]++;
    return 0;
}

int nmt_word_counts_add(struct nmt_word_counts *w, const char *text, size_t len, uint64_t count,
                        uint32_t hash, struct nmt_err *err)
{
    uint32_t *entry = find(w, text, len, hash);
    if (!entry)
        return add_new(w, text, len, count, hash, err);
    uint64_t sum = nmt_word_counts_at(w, *entry).count + count;
    if (set_count(w, *entry, sum))
        return 0;
    size_t old = *entry, at;
    NMT_TRY(add_record(w, text, len, sum, &at, err));
    w->records[old - 1] = 0;
    *entry = (uint32_t)at;
    return 0;
}
