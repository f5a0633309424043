/*
 * A whole job of nmt-bleu: which files, which metrics, which test, and the report as text. Nothing
 * is printed here; what comes out is complete, or there is an error.
 */
#ifndef NMT_SCORING_H
#define NMT_SCORING_H

#include <nmt/buffer.h>
#include <nmt/corpus.h>
#include <nmt/error.h>
#include <nmt/evaluate.h>
#include <nmt/metric.h>
#include <nmt/report.h>
#include <nmt/threads.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nmt_scoring_kind {
    NMT_SCORE_CORPUS,     /* one score for every system and metric */
    NMT_SCORE_SENTENCES,  /* one for every line */
    NMT_SCORE_CONFIDENCE, /* with an interval by bootstrap; one system */
    NMT_SCORE_PAIRED_BS,  /* systems against the first: paired bootstrap, intervals too */
    NMT_SCORE_PAIRED_AR   /* systems against the first: approximate randomisation */
};

struct nmt_scoring {
    enum nmt_scoring_kind kind;
    struct nmt_corpus_files files;
    struct nmt_metric_options metrics[NMT_METRIC_KINDS];
    size_t n_metrics;
    struct nmt_report report; /* `how` is filled in */
    size_t n_samples;         /* for the last three kinds */
    uint64_t seed;
    const char *seed_text; /* as the signature has it */
    /** Called now and then with the scores so far of the first system; may be NULL. */
    void (*progress)(void *arg, uint64_t n_lines, const struct nmt_result *results, size_t n);
    void *progress_arg;
};

/** Adds the report to out. */
int nmt_scoring_run(const struct nmt_scoring *s, struct nmt_threads *threads,
                    struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

#endif
