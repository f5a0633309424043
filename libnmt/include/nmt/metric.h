/*
 * What the metrics have in common. A metric turns a hypothesis and its references into a short row
 * of numbers; rows of lines add up; a row, whether of one line or of a million, gives a score.
 * That is all that corpus scores, sentence scores, classes by length and resampling need.
 */
#ifndef NMT_METRIC_H
#define NMT_METRIC_H

#include <nmt/bleu.h>
#include <nmt/buffer.h>
#include <nmt/chrf.h>
#include <nmt/error.h>
#include <nmt/ter.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** In the order of their names. */
enum nmt_metric_kind { NMT_METRIC_BLEU, NMT_METRIC_CHRF, NMT_METRIC_EXACT, NMT_METRIC_TER };

#define NMT_METRIC_KINDS 4

struct nmt_metric_options {
    enum nmt_metric_kind kind;
    struct nmt_bleu_options bleu;
    struct nmt_chrf_options chrf;
    struct nmt_ter_options ter;
};

/** Most numbers a row can have. */
#define NMT_METRIC_WIDTH_MAX 64

/** Bytes that hold any metric's name. */
#define NMT_METRIC_NAME_MAX 48

struct nmt_metric;

/** One instance per thread. NMT_ELIMIT when an option is out of range. */
int nmt_metric_new(struct nmt_metric **m, const struct nmt_metric_options *opt,
                   struct nmt_err *err) NMT_MUST_USE;
void nmt_metric_free(struct nmt_metric *m);

/** Numbers in a row. */
size_t nmt_metric_width(const struct nmt_metric_options *opt);

/** Writes row[width] for a line with at least one reference; lines are valid UTF-8. */
int nmt_metric_line(struct nmt_metric *m, const char *hyp, size_t hyp_len, const char *const *refs,
                    const size_t *ref_lens, size_t n_refs, double *row,
                    struct nmt_err *err) NMT_MUST_USE;

/** The score of a row, 0 to 100 (TER: more when there are more edits than words). */
double nmt_metric_score(const struct nmt_metric_options *opt, const double *row);

/** The score of a bootstrap sample: in single precision what the reference has so. */
double nmt_metric_score_single(const struct nmt_metric_options *opt, const double *row);

/**
 * The score of a trial of approximate randomisation: the reference keeps its rows in whole numbers,
 * so that add-k adds the whole part of k.
 */
double nmt_metric_score_exchanged(const struct nmt_metric_options *opt, const double *row);

/** Is a greater score a worse one (TER)? */
bool nmt_metric_is_error_rate(const struct nmt_metric_options *opt);

/** "BLEU", "chrF2++", "TER", "EM": as it stands before the signature. Returns out. */
const char *nmt_metric_name(const struct nmt_metric_options *opt, char out[NMT_METRIC_NAME_MAX]);

/** Adds what stands behind the score, "91.2/72.2/58.8/48.2 (BP = ...": nothing but for BLEU. */
int nmt_metric_details(const struct nmt_metric_options *opt, const double *row,
                       struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/** How a score came about, beyond the metric's own options. */
struct nmt_provenance {
    size_t n_refs;                     /* 0: not the same for all lines */
    size_t bootstraps, randomizations; /* 0: none */
    const char *seed;                  /* as written in the signature; NULL: none */
};

/** Adds the signature, "nrefs:1|case:mixed|...": key:value pairs separated by bars. */
int nmt_metric_signature(const struct nmt_metric_options *opt, const struct nmt_provenance *how,
                         bool brief, struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

#endif
