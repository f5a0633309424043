/*
 * How sure a score is, from the rows of statistics of every line: bootstrap intervals (Koehn, EMNLP
 * 2004), paired bootstrap and approximate randomisation (Riezler and Maxwell 2005), with
 * sacreBLEU's generator, so that the same seed gives the same digits. Any number of threads gives
 * the same result; memory is that of the rows, not of the samples.
 */
#ifndef NMT_RESAMPLE_H
#define NMT_RESAMPLE_H

#include <nmt/error.h>
#include <nmt/metric.h>
#include <nmt/threads.h>

#include <stddef.h>
#include <stdint.h>

/** Rows as nmt_evaluate hands them out: all systems, each with all metrics. */
struct nmt_resample {
    const struct nmt_metric_options *metrics; /* [n_metrics] */
    size_t n_metrics, n_systems;
    const double *rows; /* [n_lines][width of all systems and metrics] */
    size_t n_lines;     /* 1 to 2^32 - 1 */
    size_t n_samples;
    uint64_t seed;
    struct nmt_threads *threads; /* may be NULL */
};

/** What became of one system's score; arrays of these are [n_systems][n_metrics]. */
struct nmt_resampled {
    double mean,
        half_width; /* bootstrap: of the sampled scores; the middle 95 % are 2 half_width wide */
    double p;       /* of the difference from the first system, which itself has 1 */
};

/** Draws n_samples times n_lines lines with replacement; fills in all fields. */
int nmt_resample_bootstrap(const struct nmt_resample *r, struct nmt_resampled *out,
                           struct nmt_err *err) NMT_MUST_USE;

/** Exchanges lines between the first system and each other at random; fills in p only. */
int nmt_resample_randomize(const struct nmt_resample *r, struct nmt_resampled *out,
                           struct nmt_err *err) NMT_MUST_USE;

#endif
