/* The generator against numpy's numbers, and resampling with it. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "../../libnmt/score/pcg64_internal.h"

#include <nmt/resample.h>
#include <nmt/threads.h>

#include <stdio.h>
#include <stdlib.h>

#define RNG "../shared/conformance/bleu/rng/"

static FILE *table(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        cr_skip_test("skipped: no " RNG);
    return f;
}

Test(resample, pcg64_gives_the_first_numbers_of_seed_12345)
{
    struct nmt_pcg64 g;
    nmt_pcg64_seed(&g, 12345);
    cr_assert(eq(u64, nmt_pcg64_next(&g), 0x3a32b18db2ffc19du));
    cr_assert(eq(u64, nmt_pcg64_next(&g), 0x51171315c9e4c4deu));
    cr_assert(eq(u64, nmt_pcg64_next(&g), 0xcc2024823444efd9u));
}

Test(resample, pcg64_gives_the_numbers_of_the_table)
{
    FILE *f = table(RNG "pcg64-seed12345-u64.txt");
    struct nmt_pcg64 g;
    unsigned long long want;
    size_t n = 0;
    nmt_pcg64_seed(&g, 12345);
    for (; fscanf(f, "%llx", &want) == 1; n++)
        cr_expect(eq(u64, nmt_pcg64_next(&g), want));
    fclose(f);
    cr_assert(eq(sz, n, 20));
}

static void draws(const char *path, uint32_t n, size_t rows)
{
    FILE *f = table(path);
    struct nmt_pcg64 g;
    unsigned want;
    size_t count = 0, wrong = 0;
    nmt_pcg64_seed(&g, 12345);
    for (; fscanf(f, "%u", &want) == 1; count++)
        wrong += nmt_pcg64_below(&g, n, nmt_pcg64_threshold(n)) != want;
    fclose(f);
    cr_assert(eq(sz, count, rows * n));
    cr_assert(eq(sz, wrong, 0));
}

Test(resample, bounded_numbers_are_those_of_the_tables)
{
    draws(RNG "choice-seed12345-n10.txt", 10, 5);
    draws(RNG "choice-seed12345-n1014.txt", 1014, 5);
}

Test(resample, bits_are_those_of_the_table_wherever_a_row_begins)
{
    FILE *f = table(RNG "bool-seed12345-n1014.txt");
    char row[1100];
    for (uint64_t bit = 0; fscanf(f, "%1099s", row) == 1;)
        for (size_t i = 0; i < 1014; i++, bit++) {
            struct nmt_pcg64 g;
            nmt_pcg64_seed(&g, 12345);
            nmt_pcg64_advance(&g, bit / 64);
            unsigned got = nmt_pcg64_next(&g) >> bit % 64 & 1;
            if (got != (unsigned)(row[i] - '0'))
                cr_fatal("bit %llu", (unsigned long long)bit);
        }
    fclose(f);
}

Test(resample, advancing_is_taking_that_many)
{
    struct nmt_pcg64 a, b;
    nmt_pcg64_seed(&a, 0);
    nmt_pcg64_seed(&b, 0);
    for (size_t i = 0; i < 1000; i++)
        nmt_pcg64_next(&a);
    nmt_pcg64_advance(&b, 1000);
    cr_assert(eq(u64, nmt_pcg64_next(&a), nmt_pcg64_next(&b)));
    nmt_pcg64_seed(&b, (uint64_t)1 << 40);
    cr_assert(ne(u64, nmt_pcg64_next(&a), nmt_pcg64_next(&b)));
}

/* Exact match on a few lines: rows are (match, 1). */
static void few_lines(size_t n_threads, struct nmt_resampled *bs, struct nmt_resampled *ar)
{
    double rows[40 * 4];
    struct nmt_metric_options metric = { .kind = NMT_METRIC_EXACT };
    struct nmt_threads *threads = NULL;
    for (size_t i = 0; i < 40; i++) {
        rows[4 * i] = i % 2 == 0;
        rows[4 * i + 2] = i % 4 != 3;
        rows[4 * i + 1] = rows[4 * i + 3] = 1;
    }
    if (n_threads > 1)
        cr_assert(eq(int, nmt_threads_new(&threads, n_threads, NULL), 0));
    for (int test = NMT_RESAMPLE_BOOTSTRAP; test <= NMT_RESAMPLE_RANDOMIZE; test++) {
        struct nmt_resample r = { .test = (enum nmt_resample_test)test,
                                  .metrics = &metric,
                                  .n_metrics = 1,
                                  .n_systems = 2,
                                  .n_samples = 500,
                                  .seed = 7,
                                  .threads = threads };
        for (size_t i = 0; i < 40; i++)
            cr_assert(eq(int, nmt_resample_add(&r, rows + 4 * i, NULL), 0));
        cr_assert(eq(int, nmt_resample_run(&r, test == NMT_RESAMPLE_RANDOMIZE ? ar : bs, NULL), 0));
        nmt_resample_release(&r);
    }
    nmt_threads_free(threads);
}

Test(resample, any_number_of_threads_gives_the_same)
{
    struct nmt_resampled bs1[2], bs3[2], ar1[2], ar3[2];
    few_lines(1, bs1, ar1);
    few_lines(3, bs3, ar3);
    for (size_t i = 0; i < 2; i++) {
        cr_expect(eq(dbl, bs1[i].mean, bs3[i].mean));
        cr_expect(eq(dbl, bs1[i].half_width, bs3[i].half_width));
        cr_expect(eq(dbl, bs1[i].p, bs3[i].p));
        cr_expect(eq(dbl, ar1[i].p, ar3[i].p));
    }
    cr_assert(epsilon_eq(dbl, bs1[0].mean, 50, 2));
    cr_assert(epsilon_eq(dbl, bs1[1].mean, 75, 2));
    cr_assert(eq(dbl, bs1[0].p, 1));
    /* Ten lines differ, all for one system: 2 / 2^10 of the exchanges are as extreme, none more. */
    cr_assert(epsilon_eq(dbl, ar1[1].p, 1.0 / 501, 1e-12));
}

Test(resample, nothing_to_resample_is_refused)
{
    struct nmt_metric_options metric = { .kind = NMT_METRIC_EXACT };
    struct nmt_resample r = { .metrics = &metric, .n_metrics = 1, .n_systems = 1, .n_samples = 10 };
    struct nmt_resampled out;
    cr_assert(eq(int, nmt_resample_run(&r, &out, NULL), NMT_ELIMIT));
    r.test = NMT_RESAMPLE_RANDOMIZE;
    cr_assert(eq(int, nmt_resample_run(&r, &out, NULL), NMT_ELIMIT));
    r.n_samples = 0;
    cr_assert(eq(int, nmt_resample_add(&r, (double[]){ 1, 1 }, NULL), 0));
    cr_assert(eq(int, nmt_resample_run(&r, &out, NULL), NMT_ELIMIT));
    nmt_resample_release(&r);
}
