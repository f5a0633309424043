/* Shuffling, sorting and cutting the pairs of an epoch into batches. */
#include "train/batches.h"

#include <nmt/random.h>

#include <stdlib.h>
#include <string.h>

/* Names the stream of random numbers. */
enum { STREAM_EPOCH = 1 };

void nmt_batches_release(struct nmt_batches *b)
{
    free(b->order);
    free(b->start);
    *b = (struct nmt_batches){ .order = NULL };
}

struct keyed {
    uint32_t T, S, pair;
};

static int by_length(const void *x, const void *y)
{
    const struct keyed *a = x, *b = y;
    if (a->T != b->T)
        return a->T < b->T ? -1 : 1;
    if (a->S != b->S)
        return a->S < b->S ? -1 : 1;
    return a->pair < b->pair ? -1 : a->pair > b->pair;
}

/* Sorts order[0..n) by target length, then source length. */
static void sort_group(uint32_t *order, size_t n, const struct nmt_bitext *data,
                       struct keyed *scratch)
{
    for (size_t i = 0; i < n; i++) {
        const struct nmt_bitext_head h = nmt_bitext_head(data, order[i]);
        scratch[i] = (struct keyed){ h.T, h.S, order[i] };
    }
    qsort(scratch, n, sizeof *scratch, by_length);
    for (size_t i = 0; i < n; i++)
        order[i] = scratch[i].pair;
}

/* How many of order[0..n) make the next batch. */
static size_t next_batch(const uint32_t *order, size_t n, const struct nmt_bitext *data,
                         const struct nmt_config *c)
{
    if (c->train_batch_words == 0)
        return n < (size_t)c->train_batch_sentences ? n : (size_t)c->train_batch_sentences;
    size_t words = 0, k = 0;
    while (k < n) {
        words += nmt_bitext_head(data, order[k]).T;
        if (k > 0 && words > (size_t)c->train_batch_words)
            break;
        k++;
    }
    return k;
}

/* Pairs that are sorted together. */
static size_t group_size(const struct nmt_bitext *data, const struct nmt_config *c)
{
    size_t pairs = (size_t)c->train_batch_sentences;
    if (c->train_batch_words > 0) {
        size_t mean = (size_t)((data->T_total + data->n) / data->n);
        pairs = (size_t)c->train_batch_words / (mean ? mean : 1) + 1;
    }
    return pairs * (size_t)c->train_sort_batches;
}

struct work {
    struct keyed *keyed;
    uint32_t *sorted, *shuffled;
    struct range {
        size_t from, len;
    } * range;
};

static int make_room(struct nmt_batches *b, size_t more, struct nmt_err *err)
{
    const size_t need = b->count + more + 1;
    if (need <= b->cap)
        return 0;
    const size_t cap = 2 * b->cap > need ? 2 * b->cap : need;
    size_t *start = realloc(b->start, cap * sizeof *start);
    if (!start)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu batches", cap);
    b->start = start;
    b->cap = cap;
    return 0;
}

/* Cuts the sorted group order[at..at+n) into batches and puts them in random order. */
static int cut_group(struct nmt_batches *b, size_t at, size_t n, const struct nmt_bitext *data,
                     const struct nmt_config *c, struct nmt_random *r, struct work *w,
                     struct nmt_err *err)
{
    size_t count = 0;
    memcpy(w->sorted, b->order + at, n * sizeof *w->sorted);
    for (size_t from = 0; from < n; from += w->range[count++].len)
        w->range[count] = (struct range){ from, next_batch(w->sorted + from, n - from, data, c) };
    nmt_random_permutation(r, w->shuffled, count);
    NMT_TRY(make_room(b, count, err));
    for (size_t k = 0; k < count; k++) {
        const struct range *one = &w->range[w->shuffled[k]];
        memcpy(b->order + at, w->sorted + one->from, one->len * sizeof *b->order);
        at += one->len;
        b->start[++b->count] = at;
    }
    return 0;
}

int nmt_batches_build(struct nmt_batches *b, const struct nmt_bitext *data,
                      const struct nmt_config *c, uint64_t epoch, struct nmt_err *err)
{
    const size_t n = data->n, group = group_size(data, c), most = group < n ? group : n;
    struct work w = { malloc((most + 1) * sizeof *w.keyed), malloc((most + 1) * sizeof *w.sorted),
                      malloc((most + 1) * sizeof *w.shuffled),
                      malloc((most + 1) * sizeof *w.range) };
    *b = (struct nmt_batches){ .order = malloc((n + 1) * sizeof *b->order) };
    int rc = make_room(b, 1, err);
    if (!b->order || rc < 0 || !w.keyed || !w.sorted || !w.shuffled || !w.range) {
        rc = nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the order of %zu pairs", n);
        goto done;
    }
    /* every epoch draws from a far place of one stream */
    struct nmt_random r = { (uint64_t)c->train_seed, STREAM_EPOCH, epoch << 36 };
    nmt_random_permutation(&r, b->order, n);
    b->start[0] = 0;
    for (size_t at = 0; rc == 0 && at < n; at += group) {
        size_t len = n - at < group ? n - at : group;
        sort_group(b->order + at, len, data, w.keyed);
        rc = cut_group(b, at, len, data, c, &r, &w, err);
    }
done:
    free(w.keyed);
    free(w.sorted);
    free(w.shuffled);
    free(w.range);
    return rc;
}
