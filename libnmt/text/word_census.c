/* Counting words with many threads. */
#include "word_census_internal.h"

#include "strings_internal.h"

#include <nmt/threads.h>

#include <stdlib.h>
#include <string.h>

/* A table of a thread is full with so many words or bytes; with its index it has to stay in the
 * processor's second cache. */
#define OWN_BUCKETS ((size_t)1 << 12)
#define OWN_WORDS   (OWN_BUCKETS * (NMT_IN_LINE - 4))
#define OWN_BYTES   ((size_t)1 << 18)
#define OWN_LONGEST ((size_t)1 << 10) /* longer words go to the shards at once */

#define BATCH 64 /* words that are fetched from memory together */

struct nmt_counter {
    struct nmt_word_counts own;
    struct nmt_normaliser normaliser;
    uint64_t spaces;
    uint32_t *strays; /* places of words that do not go to the shard at hand */
    size_t n_strays, cap_strays;
    struct nmt_err err;
    char apart[64]; /* from the next thread's counter, in memory */
};

int nmt_census_init(struct nmt_census *c, size_t most, const struct nmt_vocab_spec *spec,
                    struct nmt_threads *threads, struct nmt_err *err)
{
    *c = (struct nmt_census){ .most = most, .spec = spec, .threads = threads };
    for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++)
        NMT_TRY(nmt_word_counts_init(&c->shards[i], NMT_CENSUS_BITS, err));
    for (; c->n_locks < NMT_CENSUS_SHARDS; c->n_locks++)
        if (pthread_mutex_init(&c->locks[c->n_locks], NULL) != 0)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    c->counters = calloc(nmt_threads_count(threads), sizeof *c->counters);
    if (!c->counters)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    c->n_counters = nmt_threads_count(threads);
    for (size_t i = 0; i < c->n_counters; i++) {
        c->counters[i].own.limit = UINT32_MAX;
        if (spec)
            nmt_normaliser_init(&c->counters[i].normaliser, spec);
    }
    return 0;
}

static void release_counter(struct nmt_counter *q)
{
    nmt_word_counts_release(&q->own);
    nmt_normaliser_release(&q->normaliser);
    free(q->strays);
    q->strays = NULL;
    q->n_strays = q->cap_strays = 0;
}

void nmt_census_release(struct nmt_census *c)
{
    for (size_t i = 0; i < c->n_counters; i++)
        release_counter(&c->counters[i]);
    free(c->counters);
    for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++)
        nmt_word_counts_release(&c->shards[i]);
    for (size_t i = 0; i < c->n_locks; i++)
        pthread_mutex_destroy(&c->locks[i]);
    c->counters = NULL;
    c->n_counters = c->n_locks = 0;
}

/* --- from a thread's table to the shards ------------------------------------------------ */

static size_t shard_of(uint32_t hash)
{
    return hash >> (32 - NMT_CENSUS_BITS);
}

static int add_now(struct nmt_census *c, const char *text, size_t len, uint64_t count,
                   struct nmt_err *err)
{
    uint32_t hash = nmt_strings_hash(text, len);
    size_t s = shard_of(hash);
    pthread_mutex_lock(&c->locks[s]);
    int rc = nmt_word_counts_add(&c->shards[s], text, len, count, hash, err);
    pthread_mutex_unlock(&c->locks[s]);
    return rc;
}

/* A word by itself, normalised and cut where that has made spaces. */
static int add_single(struct nmt_census *c, struct nmt_counter *q, const char *text, size_t len,
                      uint64_t count, struct nmt_err *err)
{
    if (!c->spec)
        return add_now(c, text, len, count, err);
    NMT_TRY(nmt_normalise_word(&q->normaliser, text, len, &text, &len, err));
    for (const char *end = text + len; text < end;) {
        const char *stop = nmt_find_space(text, end);
        if (stop > text)
            NMT_TRY(add_now(c, text, (size_t)(stop - text), count, err));
        text = stop + 1;
    }
    return 0;
}

struct batch {
    struct item {
        const char *text;
        uint32_t len, hash;
        uint64_t count;
    } items[BATCH];
    size_t n;
};

static int add_batch(struct nmt_census *c, size_t shard, struct batch *b, struct nmt_err *err)
{
    struct nmt_word_counts *w = &c->shards[shard];
    int rc = 0;
    pthread_mutex_lock(&c->locks[shard]);
    for (size_t i = 0; i < b->n; i++)
        nmt_word_counts_fetch(w, b->items[i].hash);
    for (size_t i = 0; i < b->n; i++)
        nmt_word_counts_fetch_word(w, b->items[i].hash);
    for (size_t i = 0; i < b->n && rc == 0; i++) {
        struct item *item = &b->items[i];
        rc = nmt_word_counts_add(w, item->text, item->len, item->count, item->hash, err);
    }
    pthread_mutex_unlock(&c->locks[shard]);
    b->n = 0;
    return rc;
}

static int add_stray(struct nmt_counter *q, uint32_t at, struct nmt_err *err)
{
    if (q->n_strays == q->cap_strays) {
        size_t cap = q->cap_strays * 2 + 256;
        uint32_t *strays = realloc(q->strays, cap * sizeof *strays);
        if (!strays)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        q->strays = strays;
        q->cap_strays = cap;
    }
    q->strays[q->n_strays++] = at;
    return 0;
}

/* Adds the word at a place to a batch for a shard; if it belongs elsewhere or is not normalised it
 * becomes a stray. */
static int sort_word(struct nmt_census *c, struct nmt_counter *q, uint32_t at, size_t shard,
                     struct batch *b, struct nmt_err *err)
{
    struct nmt_word word = nmt_word_counts_at(&q->own, at);
    uint32_t hash = nmt_strings_hash(word.text, word.len);
    const char *text = word.text;
    size_t len = word.len;
    if (shard_of(hash) != shard)
        return add_stray(q, at, err);
    if (c->spec)
        NMT_TRY(nmt_normalise_word(&q->normaliser, word.text, word.len, &text, &len, err));
    if (text != word.text && (len != word.len || memcmp(text, word.text, len) != 0))
        return add_stray(q, at, err);
    b->items[b->n++] = (struct item){ word.text, (uint32_t)word.len, hash, word.count };
    return b->n == BATCH ? add_batch(c, shard, b, err) : 0;
}

/* The part of a thread's table whose words belong to a shard, for its buckets go by the hash. */
static int flush_shard(struct nmt_census *c, struct nmt_counter *q, size_t shard,
                       struct nmt_err *err)
{
    struct batch b;
    b.n = 0;
    size_t each = q->own.n_buckets / NMT_CENSUS_SHARDS;
    const struct nmt_word_line *bucket = q->own.index + shard * each, *end = bucket + each;
    for (; bucket < end; bucket++)
        for (uint32_t k = 0; k < bucket->n; k++)
            NMT_TRY(sort_word(c, q, bucket->at[k], shard, &b, err));
    return add_batch(c, shard, &b, err);
}

/* Gives up classes of words until there are few enough. With all locks. */
static int give_up(struct nmt_census *c, struct nmt_err *err)
{
    size_t live = 0, n = 0, bytes = 0;
    for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++) {
        live += c->shards[i].live;
        n += c->shards[i].n;
        bytes += c->shards[i].used;
    }
    while (live > c->most) {
        live = 0;
        for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++) {
            nmt_word_counts_lower(&c->shards[i]);
            live += c->shards[i].live;
        }
    }
    if (bytes > UINT32_MAX || n / 3 * 2 > c->most + 1024) {
        bytes = 0;
        for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++) {
            NMT_TRY(nmt_word_counts_compact(&c->shards[i], err));
            bytes += c->shards[i].used;
        }
    }
    if (bytes > UINT32_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0,
                        "the distinct words have more than 2^32 bytes (see --max-types)");
    return 0;
}

static int bound(struct nmt_census *c, struct nmt_err *err)
{
    for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++)
        pthread_mutex_lock(&c->locks[i]);
    int rc = give_up(c, err);
    for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++)
        pthread_mutex_unlock(&c->locks[i]);
    return rc;
}

static int flush(struct nmt_census *c, struct nmt_counter *q, struct nmt_err *err)
{
    size_t first = (size_t)(q - c->counters) * NMT_CENSUS_SHARDS / c->n_counters;
    for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++)
        NMT_TRY(flush_shard(c, q, (first + i) % NMT_CENSUS_SHARDS, err));
    for (size_t i = 0; i < q->n_strays; i++) {
        struct nmt_word word = nmt_word_counts_at(&q->own, q->strays[i]);
        NMT_TRY(add_single(c, q, word.text, word.len, word.count, err));
    }
    q->n_strays = 0;
    nmt_word_counts_empty(&q->own);
    return bound(c, err);
}

/* --- counting --------------------------------------------------------------------------- */

int nmt_census_add(struct nmt_census *c, size_t worker, const char *word, size_t len,
                   uint64_t count, struct nmt_err *err)
{
    struct nmt_counter *q = &c->counters[worker];
    if (len > OWN_LONGEST) {
        NMT_TRY(add_single(c, q, word, len, count, err));
        return bound(c, err);
    }
    if (q->own.n_buckets == 0)
        NMT_TRY(nmt_word_counts_make_index(&q->own, OWN_BUCKETS, err));
    else if (q->own.n >= OWN_WORDS || q->own.used >= OWN_BYTES)
        NMT_TRY(flush(c, q, err));
    return nmt_word_counts_add(&q->own, word, len, count, nmt_strings_hash(word, len), err);
}

int nmt_census_add_line(struct nmt_census *c, size_t worker, const char *line, size_t len,
                        struct nmt_err *err)
{
    uint64_t spaces = 0;
    for (const char *end = line + len; line < end; spaces++) {
        const char *stop = nmt_find_space(line, end);
        if (stop > line)
            NMT_TRY(nmt_census_add(c, worker, line, (size_t)(stop - line), 1, err));
        line = stop + 1;
        spaces += line == end; /* the last byte: nothing stands behind it */
    }
    c->counters[worker].spaces += spaces;
    return 0;
}

static void settle_one(void *arg, size_t i, size_t worker)
{
    struct nmt_census *c = arg;
    struct nmt_counter *q = &c->counters[i];
    (void)worker;
    if (q->own.n == 0 || flush(c, q, &q->err) == 0)
        release_counter(q);
}

int nmt_census_settle(struct nmt_census *c, struct nmt_err *err)
{
    nmt_threads_run(c->threads, c->n_counters, settle_one, c);
    for (size_t i = 0; i < c->n_counters; i++) {
        struct nmt_err *why = &c->counters[i].err;
        if (why->code)
            return nmt_fail(err, why->code, why->at, "%s", why->msg);
    }
    c->longest = nmt_word_counts_longest(&c->shards[0]);
    for (size_t i = 0; i < NMT_CENSUS_SHARDS; i++) {
        if (c->longest < SIZE_MAX)
            NMT_TRY(nmt_word_counts_compact(&c->shards[i], err));
        nmt_word_counts_seal(&c->shards[i]);
        c->given_up += c->shards[i].given_up;
    }
    return 0;
}

/* --- the words -------------------------------------------------------------------------- */

uint64_t nmt_census_spaces(const struct nmt_census *c)
{
    uint64_t n = 0;
    for (size_t i = 0; i < c->n_counters; i++)
        n += c->counters[i].spaces;
    return n;
}

bool nmt_census_next(const struct nmt_census *c, size_t *shard, size_t *at, struct nmt_word *word)
{
    for (; *shard < NMT_CENSUS_SHARDS; ++*shard, *at = 0)
        if (nmt_word_counts_next(&c->shards[*shard], at, word))
            return true;
    return false;
}

static int by_count(const void *a, const void *b)
{
    const struct nmt_word *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    int c = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
    return c ? c : (x->len > y->len) - (x->len < y->len);
}

int nmt_census_order(const struct nmt_census *c, uint64_t min_count, size_t most,
                     bool (*usable)(const char *text, size_t len), struct nmt_word **order,
                     size_t *n, struct nmt_err *err)
{
    size_t cap = 0;
    struct nmt_word word;
    *order = NULL;
    *n = 0;
    for (size_t shard = 0, at = 0; nmt_census_next(c, &shard, &at, &word);) {
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
