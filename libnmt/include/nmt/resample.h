/*
 * How sure a score is, from the rows of statistics of every line: bootstrap intervals (Koehn, EMNLP
 * 2004), paired bootstrap and approximate randomisation (Riezler and Maxwell 2005), with
 * sacreBLEU's generator, so that the same seed gives the same digits. Any number of threads gives
 * the same result. Of every line what the test needs is kept, about as many numbers as a row has;
 * samples take no room but for their scores.
 *
 *     struct nmt_resample r = { .test = NMT_RESAMPLE_BOOTSTRAP, .metrics = ... };
 *     NMT_TRY(nmt_resample_add(&r, rows, err))                   for every line
 *     rc = nmt_resample_run(&r, results, err);
 *     nmt_resample_release(&r);
 */
#ifndef NMT_RESAMPLE_H
#define NMT_RESAMPLE_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/metric.h>
#include <nmt/threads.h>

#include <stddef.h>
#include <stdint.h>

enum nmt_resample_test {
    NMT_RESAMPLE_BOOTSTRAP, /* draws n_samples times as many lines as there are, with replacement */
    NMT_RESAMPLE_RANDOMIZE  /* exchanges lines between the first system and each other at random */
};

/** Start with zeros but for the first part. */
struct nmt_resample {
    enum nmt_resample_test test;
    const struct nmt_metric_options *metrics; /* [n_metrics] */
    size_t n_metrics, n_systems;
    size_t n_samples;
    uint64_t seed;
    struct nmt_threads *threads; /* may be NULL */
    /** Called now and then by nmt_resample_run with how many samples there are; may be NULL. */
    void (*progress)(void *arg, size_t done, size_t all);
    void *progress_arg;
    /* what is kept: */
    struct nmt_buffer kept; /* [n_lines][padded], see resample.c */
    double *sums;           /* of the rows of all lines */
    size_t n_lines, padded;
};

/** What became of one system's score; arrays of these are [n_systems][n_metrics]. */
struct nmt_resampled {
    double mean, half_width; /* bootstrap: of the sampled scores; the middle 95 % are 2 half_width
                                wide */
    double p;                /* of the difference from the first system, which itself has 1 */
};

/** Keeps a line; rows as nmt_evaluate hands them out: all systems, each with all metrics. */
int nmt_resample_add(struct nmt_resample *r, const double *rows, struct nmt_err *err) NMT_MUST_USE;

/** Fills in out; a randomisation test p only. NMT_ELIMIT without a line, or with 2^32 of them. */
int nmt_resample_run(const struct nmt_resample *r, struct nmt_resampled *out,
                     struct nmt_err *err) NMT_MUST_USE;
void nmt_resample_release(struct nmt_resample *r);

#endif
