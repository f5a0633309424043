/* Scores on paper: sacreBLEU's line of text and its JSON, and tables for several systems. */
#ifndef NMT_REPORT_H
#define NMT_REPORT_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/metric.h>

#include <stdbool.h>
#include <stddef.h>

enum nmt_report_format { NMT_REPORT_TEXT, NMT_REPORT_JSON, NMT_REPORT_TSV, NMT_REPORT_LATEX };

struct nmt_report {
    enum nmt_report_format format;
    unsigned width;  /* decimals of scores */
    bool score_only; /* text: nothing but the number */
    bool brief;      /* text: short signatures */
    struct nmt_provenance how;
};

/** A score of one system by one metric. */
struct nmt_result {
    const struct nmt_metric_options *metric;
    const double *row;
    double score;
    bool has_interval, has_p;
    double mean, half_width; /* of resampled scores: 95 % lie within mean +- half_width, about */
    double p;                /* of the difference from the first system */
};

/** One system: a line of text for every metric, aligned; or one JSON object, or a list of them. */
int nmt_report_single(const struct nmt_report *r, const struct nmt_result *results, size_t n,
                      struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/** One score without alignment, ended by LF: what is printed for a sentence. JSON on one line. */
int nmt_report_score(const struct nmt_report *r, const struct nmt_result *result,
                     struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/**
 * Several systems: results [n_systems][n_metrics]. Text and LaTeX: a table with signatures under
 * it. JSON: a list with an object per system. TSV: a heading line, then a line per system.
 */
int nmt_report_systems(const struct nmt_report *r, const char *const *names, size_t n_systems,
                       const struct nmt_result *results, size_t n_metrics, struct nmt_buffer *out,
                       struct nmt_err *err) NMT_MUST_USE;

/** An empty line, then "NAME|signature" for every metric on a line of its own. */
int nmt_report_signatures(const struct nmt_report *r, const struct nmt_metric_options *metrics,
                          size_t n, struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/** The same as one JSON object on one line: {"BLEU": "nrefs:1|..."}. */
int nmt_report_json_signatures(const struct nmt_report *r, const struct nmt_metric_options *metrics,
                               size_t n, struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/** A number as JSON has it, shortest form that reads back the same, never without a point. */
int nmt_report_json_number(double value, struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/** value as it is after rounding to so many decimals. */
double nmt_report_rounded(double value, unsigned decimals);

#endif
