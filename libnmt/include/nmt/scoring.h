/*
 * A whole job of nmt-bleu: which files, which metrics, which test, and the report as text. Nothing
 * is printed here; what comes out is complete, or there is an error.
 */
#ifndef NMT_SCORING_H
#define NMT_SCORING_H

#include <nmt/corpus.h>
#include <nmt/error.h>
#include <nmt/evaluate.h>
#include <nmt/metric.h>
#include <nmt/report.h>
#include <nmt/spool.h>
#include <nmt/threads.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nmt_scoring_kind {
    NMT_SCORE_CORPUS,     /* one score for every system and metric */
    NMT_SCORE_SENTENCES,  /* one for every line */
    NMT_SCORE_CONFIDENCE, /* with an interval by bootstrap; one system */
    NMT_SCORE_PAIRED_BS,  /* systems against the first: paired bootstrap, intervals too */
    NMT_SCORE_PAIRED_AR,  /* systems against the first: approximate randomisation */
    NMT_SCORE_BY_LENGTH,  /* one for every class of source length; needs files.source */
    NMT_SCORE_WORST       /* the worst sentences by the first metric, against the first of several
                             systems if there are several */
};

/** Scores over source length, by the first metric; freed with nmt_length_curves_release. */
struct nmt_length_curves {
    size_t n;          /* classes with lines, but the one of lines without a word */
    double *x;         /* [n] the middle of the class, in words */
    double *from, *to; /* [n] where on this axis it begins and ends */
    double *count;     /* [n] its lines */
    double *y;         /* [n_systems][n] */
};

void nmt_length_curves_release(struct nmt_length_curves *c);

struct nmt_scoring {
    enum nmt_scoring_kind kind;
    struct nmt_corpus_files files;
    struct nmt_metric_options metrics[NMT_METRIC_KINDS];
    size_t n_metrics;
    struct nmt_report report;         /* `how` is filled in */
    size_t n_samples;                 /* of confidence and paired tests */
    size_t length_step;               /* words of a class of length */
    size_t n_worst;                   /* to NMT_WORST_MAX */
    struct nmt_length_curves *curves; /* by length: filled in; may be NULL */
    uint64_t seed;
    const char *seed_text; /* as the signature has it */
    /**
     * Called with the scores so far of the system that is read from stdin, or else of the first,
     * progress_ms after the last call at the latest if lines came; may be NULL. pause: no more
     * lines are there yet.
     */
    void (*progress)(void *arg, uint64_t n_lines, const struct nmt_result *results, size_t n,
                     bool pause);
    int64_t progress_ms;
    /** Called now and then while samples are drawn; may be NULL. */
    void (*resampling)(void *arg, size_t done, size_t all);
    void *progress_arg;
};

/** Adds the report to out. A long one leaves memory on the way, as out has it. */
int nmt_scoring_run(const struct nmt_scoring *s, struct nmt_threads *threads, struct nmt_spool *out,
                    struct nmt_err *err) NMT_MUST_USE;

#endif
