/* Reports beyond one number: classes by length, and the worst sentences with their texts. */
#ifndef NMT_REPORT_LINES_H
#define NMT_REPORT_LINES_H

#include <nmt/buffer.h>
#include <nmt/by_length.h>
#include <nmt/error.h>
#include <nmt/evaluate.h>
#include <nmt/report.h>
#include <nmt/worst.h>

#include <stddef.h>

/**
 * A row for every class that has lines, and one for all: words of the source, sentences, and scores
 * of every system (with its name, if there are several) and metric.
 */
int nmt_report_by_length(const struct nmt_report *r, const struct nmt_by_length *b,
                         const struct nmt_evaluation *e, const char *const *names,
                         struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/** The worst lines of one system by one metric; baseline: its name, or NULL. */
int nmt_report_worst(const struct nmt_report *r, const struct nmt_worst *w,
                     const struct nmt_metric_options *metric, const char *system,
                     const char *baseline, struct nmt_buffer *out,
                     struct nmt_err *err) NMT_MUST_USE;

#endif
