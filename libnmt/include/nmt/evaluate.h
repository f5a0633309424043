/*
 * Scoring a corpus: every metric for every system, line by line on all cores, summed in the order
 * of the lines, so that the number of threads changes nothing.
 */
#ifndef NMT_EVALUATE_H
#define NMT_EVALUATE_H

#include <nmt/corpus.h>
#include <nmt/error.h>
#include <nmt/metric.h>
#include <nmt/threads.h>

#include <stddef.h>
#include <stdint.h>

/**
 * Called for every line in order. rows holds the metrics' rows of the first system one behind
 * the other, then those of the second, ... A negative answer ends the work.
 */
typedef int nmt_evaluate_line_fn(void *arg, const struct nmt_corpus_line *line, const double *rows,
                                 struct nmt_err *err);

struct nmt_evaluation {
    const struct nmt_metric_options *metrics; /* [n_metrics] */
    size_t n_metrics;
    size_t n_systems;
    nmt_evaluate_line_fn *each; /* may be NULL */
    void (*batch)(
        void *arg,
        bool pause); /* called now and then, when sums and n_lines are up to date; or NULL */
    void *arg;
    /* results: */
    double *sums; /* rows summed over all lines, laid out as `rows`; freed with _release */
    uint64_t n_lines;
    size_t n_refs; /* references of every line; 0 when lines differ */
};

/** Numbers in the rows of one line. */
size_t nmt_evaluation_width(const struct nmt_evaluation *e);

/** Where the row of a system's metric begins among them. */
size_t nmt_evaluation_at(const struct nmt_evaluation *e, size_t system, size_t metric);

/** Reads c to its end. threads may be NULL. */
int nmt_evaluate(struct nmt_evaluation *e, struct nmt_corpus *c, struct nmt_threads *threads,
                 struct nmt_err *err) NMT_MUST_USE;
void nmt_evaluation_release(struct nmt_evaluation *e);

#endif
