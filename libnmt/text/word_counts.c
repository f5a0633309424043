/* Counting words. A class is a length with four bits of a hash, so that giving up one class drops
 * a small part of the words. */
#include "word_counts_internal.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST   4096u /* longer words are one class */
#define N_CLASSES ((LONGEST + 1) * 16)

int nmt_word_counts_init(struct nmt_word_counts *w, size_t most, struct nmt_err *err)
{
    *w = (struct nmt_word_counts){ .most = most, .limit = N_CLASSES - 1 };
    w->of_class = calloc(N_CLASSES, sizeof *w->of_class);
    return w->of_class ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
}

void nmt_word_counts_release(struct nmt_word_counts *w)
{
    nmt_strings_release(&w->words);
    free(w->counts);
    free(w->of_class);
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

static bool is_given_up(const struct nmt_word_counts *w, uint32_t number)
{
    return class_of(nmt_strings_get(&w->words, number), w->words.items[number].len) > w->limit;
}

/* Drops the words that were given up from memory. */
static int compact(struct nmt_word_counts *w, struct nmt_err *err)
{
    struct nmt_strings kept = NMT_STRINGS_INIT;
    int rc = 0;
    for (uint32_t i = 0; i < w->words.n && rc == 0; i++) {
        uint32_t number;
        if (is_given_up(w, i)) {
            w->given_up += w->counts[i];
            continue;
        }
        rc = nmt_strings_add(&kept, nmt_strings_get(&w->words, i), w->words.items[i].len, &number,
                             err);
        if (rc == 0)
            w->counts[number] = w->counts[i];
    }
    if (rc < 0) {
        nmt_strings_release(&kept);
        return rc;
    }
    nmt_strings_release(&w->words);
    w->words = kept;
    return 0;
}

static int add_new(struct nmt_word_counts *w, const char *word, size_t len, uint64_t count,
                   struct nmt_err *err)
{
    uint32_t class = class_of(word, len), number;
    if (class > w->limit) {
        w->given_up += count;
        return 0;
    }
    if (w->words.n == w->cap_counts) {
        size_t cap = w->cap_counts + w->cap_counts / 2 + 64;
        uint64_t *counts = realloc(w->counts, cap * sizeof *counts);
        if (!counts)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        w->counts = counts;
        w->cap_counts = cap;
    }
    NMT_TRY(nmt_strings_add(&w->words, word, len, &number, err));
    w->counts[number] = count;
    w->of_class[class]++;
    for (w->live++; w->live > w->most; w->limit--)
        w->live -= w->of_class[w->limit];
    return w->words.n > w->most + w->most / 2 + 1024 ? compact(w, err) : 0;
}

int nmt_word_counts_add(struct nmt_word_counts *w, const char *word, size_t len, uint64_t count,
                        struct nmt_err *err)
{
    uint32_t number = nmt_strings_find(&w->words, word, len);
    if (number == NMT_STRINGS_NONE)
        return add_new(w, word, len, count, err);
    w->counts[number] += count;
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
    *longest = w->limit == N_CLASSES - 1 ? SIZE_MAX : (w->limit + 1) / 16 - 1;
    for (uint32_t i = 0; i < w->words.n && *longest != SIZE_MAX; i++)
        n += is_given_up(w, i) ? w->counts[i] : 0;
    return n;
}

int nmt_word_counts_normalise(struct nmt_word_counts *w, struct nmt_normaliser *n,
                              struct nmt_err *err)
{
    /* Words that were given up while they were in memory go first: from here on all count. */
    NMT_TRY(compact(w, err));
    w->limit = N_CLASSES - 1;
    w->most = SIZE_MAX / 2;
    struct nmt_buffer raw = NMT_BUFFER_INIT;
    size_t n_raw = w->words.n;
    int rc = 0;
    for (uint32_t i = 0; i < n_raw && rc == 0; i++) {
        raw.len = 0;
        size_t len = w->words.items[i].len, out_len = 0;
        const char *out = NULL;
        rc = nmt_buffer_add(&raw, nmt_strings_get(&w->words, i), len, err);
        if (rc == 0)
            rc = nmt_normalise_word(n, raw.data, len, &out, &out_len, err);
        if (rc < 0 || (out_len == len && memcmp(out, raw.data, len) == 0))
            continue;
        /* A normalised word stays as it is when it is met again, so it may go into the same
         * table, before or behind the words still to come. */
        uint64_t count = w->counts[i];
        w->counts[i] = 0;
        for (const char *p = out, *end = out + out_len; p < end && rc == 0;) {
            const char *space = memchr(p, ' ', (size_t)(end - p));
            const char *stop = space ? space : end;
            if (stop > p)
                rc = nmt_word_counts_add(w, p, (size_t)(stop - p), count, err);
            p = stop + 1;
        }
    }
    nmt_buffer_release(&raw);
    return rc;
}

struct ordered {
    uint64_t count;
    const char *text;
    uint32_t len, number;
};

static int by_count(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    int c = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
    return c ? c : (x->len > y->len) - (x->len < y->len);
}

int nmt_word_counts_order(const struct nmt_word_counts *w, uint64_t min_count, uint32_t **order,
                          size_t *n, struct nmt_err *err)
{
    struct ordered *all = malloc((w->words.n + 1) * sizeof *all);
    *order = malloc((w->words.n + 1) * sizeof **order);
    if (!all || !*order) {
        free(all);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    }
    *n = 0;
    for (uint32_t i = 0; i < w->words.n; i++)
        if (w->counts[i] > 0 && w->counts[i] >= min_count)
            all[(*n)++] = (struct ordered){ w->counts[i], nmt_strings_get(&w->words, i),
                                            w->words.items[i].len, i };
    qsort(all, *n, sizeof *all, by_count);
    for (size_t i = 0; i < *n; i++)
        (*order)[i] = all[i].number;
    free(all);
    return 0;
}
