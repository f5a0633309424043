/* The order of batches, the learning rate, dropout masks. */
#include "layer/dropout.h"
#include "train/batches.h"
#include "train/trainer.h"

#include <nmt/config.h>

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS 1003

/* A bitext of lengths only, what batching looks at: line, S, T. */
static struct nmt_bitext lengths_only(void)
{
    static unsigned char heads[PAIRS][6];
    struct nmt_bitext b = { .heads = heads[0], .length_width = 1, .n = PAIRS };
    for (uint32_t i = 0; i < PAIRS; i++) {
        heads[i][4] = (unsigned char)(1 + i * 7 % 31);
        heads[i][5] = (unsigned char)(1 + i * 11 % 37);
        b.T_total += heads[i][5] - 1u;
    }
    return b;
}

static struct nmt_config defaults(void)
{
    struct nmt_config c = { 0 };
    cr_assert(nmt_config_preset(&c, "default", NULL) == 0);
    return c;
}

static void check_epoch(const struct nmt_batches *b, const struct nmt_bitext *data,
                        const struct nmt_config *c)
{
    unsigned char seen[PAIRS] = { 0 };
    cr_assert(b->start[0] == 0 && b->start[b->count] == PAIRS);
    for (size_t k = 0; k < b->count; k++) {
        size_t n = b->start[k + 1] - b->start[k], words = 0;
        cr_assert(n > 0);
        for (size_t i = b->start[k]; i < b->start[k + 1]; i++) {
            cr_assert(!seen[b->order[i]]++, "pair %u twice", b->order[i]);
            words += nmt_bitext_head(data, b->order[i]).T;
        }
        if (c->train_batch_words)
            cr_assert(words <= (size_t)c->train_batch_words || n == 1);
        else
            cr_assert(n <= (size_t)c->train_batch_sentences);
    }
}

Test(train, an_epoch_uses_every_pair_once_in_batches_of_similar_length)
{
    struct nmt_bitext data = lengths_only();
    struct nmt_config c = defaults();
    struct nmt_batches first, again, next, words;
    c.train_batch_sentences = 16;
    c.train_sort_batches = 10;
    cr_assert(nmt_batches_build(&first, &data, &c, 0, NULL) == 0);
    cr_assert(nmt_batches_build(&again, &data, &c, 0, NULL) == 0);
    cr_assert(nmt_batches_build(&next, &data, &c, 1, NULL) == 0);
    check_epoch(&first, &data, &c);
    check_epoch(&next, &data, &c);
    cr_assert(memcmp(first.order, again.order, PAIRS * sizeof *first.order) == 0);
    cr_assert(memcmp(first.order, next.order, PAIRS * sizeof *first.order) != 0);
    size_t spread = 0; /* within a batch; without sorting it would be near 36 */
    for (size_t k = 0; k < first.count; k++) {
        uint32_t low = UINT32_MAX, high = 0;
        for (size_t i = first.start[k]; i < first.start[k + 1]; i++) {
            uint32_t T = nmt_bitext_head(&data, first.order[i]).T;
            low = T < low ? T : low;
            high = T > high ? T : high;
        }
        spread += high - low;
    }
    cr_assert(spread < 6 * first.count, "mean spread %g", (double)spread / (double)first.count);
    c.train_batch_words = 200;
    cr_assert(nmt_batches_build(&words, &data, &c, 0, NULL) == 0);
    check_epoch(&words, &data, &c);
    nmt_batches_release(&first);
    nmt_batches_release(&again);
    nmt_batches_release(&next);
    nmt_batches_release(&words);
    nmt_config_release(&c);
}

Test(train, the_learning_rate_follows_its_schedule)
{
    struct nmt_config c = defaults();
    c.train_learning_rate = 0.5;
    c.train_decay_from = 0.5;
    c.train_decay_to = 0.01;
    c.train_warmup = 10;
    cr_assert(fabs(nmt_schedule_rate(&c, 5, 0.1, 1) - 0.25) < 1e-12);
    cr_assert(fabs(nmt_schedule_rate(&c, 10, 0.5, 1) - 0.5) < 1e-12);
    cr_assert(fabs(nmt_schedule_rate(&c, 99, 0.75, 1) - 0.05) < 1e-12);
    cr_assert(fabs(nmt_schedule_rate(&c, 99, 1, 1) - 0.005) < 1e-12);
    c.train_schedule = NMT_SCHEDULE_LINEAR;
    cr_assert(fabs(nmt_schedule_rate(&c, 99, 0.5, 1) - 0.5) < 1e-12);
    cr_assert(fabs(nmt_schedule_rate(&c, 99, 0.75, 1) - 0.5 * (1 - 0.99 / 2)) < 1e-12);
    cr_assert(fabs(nmt_schedule_rate(&c, 99, 1, 1) - 0.005) < 1e-12);
    c.train_schedule = NMT_SCHEDULE_INVERSE_SQRT;
    cr_assert(fabs(nmt_schedule_rate(&c, 5, 1, 1) - 0.25) < 1e-12);
    cr_assert(fabs(nmt_schedule_rate(&c, 10, 1, 1) - 0.5) < 1e-12);
    cr_assert(fabs(nmt_schedule_rate(&c, 40, 1, 1) - 0.25) < 1e-12);
    c.train_decay_from = 1;
    c.train_schedule = NMT_SCHEDULE_LINEAR;
    cr_assert(fabs(nmt_schedule_rate(&c, 99, 1, 1) - 0.5) < 1e-12);
    c.train_schedule = NMT_SCHEDULE_PLATEAU;
    cr_assert(fabs(nmt_schedule_rate(&c, 99, 1, 0.25) - 0.125) < 1e-12);
    c.train_epochs = 4;
    c.train_updates = 100;
    cr_assert(fabs(nmt_schedule_share(&c, 10, 3) - 0.75) < 1e-12);
    cr_assert(fabs(nmt_schedule_share(&c, 90, 1) - 0.9) < 1e-12);
    nmt_config_release(&c);
}

Test(train, dropout_masks_have_their_mean_and_differ_by_place_sentence_and_update)
{
    enum { N = 20000 };
    static real a[N], b[N];
    struct nmt_dropout_key key = { 5, 1 };
    nmt_dropout_mask(a, (real)0.3, &key, NMT_DROP_READOUT, 1, 2, N);
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        cr_assert(a[i] == 0 || fabs((double)a[i] - 1 / 0.7) < 1e-6);
        sum += (double)a[i];
    }
    cr_assert(fabs(sum / N - 1) < 0.02, "mean %g", sum / N);
    nmt_dropout_mask(b, (real)0.3, &key, NMT_DROP_READOUT, 1, 2, N);
    cr_assert(memcmp(a, b, sizeof a) == 0);
    nmt_dropout_mask(b, (real)0.3, &key, NMT_DROP_ANNOTATION, 1, 2, N);
    cr_assert(memcmp(a, b, sizeof a) != 0);
    nmt_dropout_mask(b, (real)0.3, &key, NMT_DROP_READOUT, 2, 2, N);
    cr_assert(memcmp(a, b, sizeof a) != 0);
    key.update = 2;
    nmt_dropout_mask(b, (real)0.3, &key, NMT_DROP_READOUT, 1, 2, N);
    cr_assert(memcmp(a, b, sizeof a) != 0);
    nmt_dropout_mask(b, 0, &key, NMT_DROP_READOUT, 1, 2, N);
    for (size_t i = 0; i < N; i++)
        cr_assert(b[i] == 1);
}
