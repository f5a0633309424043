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
    *b = (struct nmt_batches){ NULL, NULL, 0 };
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
        const struct nmt_bitext_pair *p = &data->pair[order[i]];
        scratch[i] = (struct keyed){ p->T, p->S, order[i] };
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
        words += data->pair[order[k]].T;
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

/* Cuts the sorted group order[at..at+n) into batches and puts them in random order. */
static void cut_group(struct nmt_batches *b, size_t at, size_t n, const struct nmt_bitext *data,
                      const struct nmt_config *c, struct nmt_random *r, struct work *w)
{
    size_t count = 0;
    memcpy(w->sorted, b->order + at, n * sizeof *w->sorted);
    for (size_t from = 0; from < n; from += w->range[count++].len)
        w->range[count] = (struct range){ from, next_batch(w->sorted + from, n - from, data, c) };
    nmt_random_permutation(r, w->shuffled, count);
    for (size_t k = 0; k < count; k++) {
        const struct range *one = &w->range[w->shuffled[k]];
        memcpy(b->order + at, w->sorted + one->from, one->len * sizeof *b->order);
        at += one->len;
        b->start[++b->count] = at;
    }
}

int nmt_batches_build(struct nmt_batches *b, const struct nmt_bitext *data,
                      const struct nmt_config *c, uint64_t epoch, struct nmt_err *err)
{
    const size_t n = data->n, group = group_size(data, c);
    struct work w = { malloc((n + 1) * sizeof *w.keyed), malloc((n + 1) * sizeof *w.sorted),
                      malloc((n + 1) * sizeof *w.shuffled), malloc((n + 1) * sizeof *w.range) };
    b->order = malloc((n + 1) * sizeof *b->order);
    b->start = malloc((n + 1) * sizeof *b->start);
    b->count = 0;
    int rc = 0;
    if (!b->order || !b->start || !w.keyed || !w.sorted || !w.shuffled || !w.range) {
        rc = nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the order of %zu pairs", n);
        goto done;
    }
    /* every epoch draws from a far place of one stream */
    struct nmt_random r = { (uint64_t)c->train_seed, STREAM_EPOCH, epoch << 36 };
    nmt_random_permutation(&r, b->order, n);
    b->start[0] = 0;
    for (size_t at = 0; at < n; at += group) {
        size_t len = n - at < group ? n - at : group;
        sort_group(b->order + at, len, data, w.keyed);
        cut_group(b, at, len, data, c, &r, &w);
    }
done:
    free(w.keyed);
    free(w.sorted);
    free(w.shuffled);
    free(w.range);
    return rc;
}
