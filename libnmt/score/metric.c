/* The metrics behind one interface. */
#include "unitext_internal.h"

#include <nmt/metric.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct nmt_metric {
    struct nmt_metric_options opt;
    struct nmt_bleu *bleu;
    struct nmt_chrf *chrf;
    struct nmt_ter *ter;
};

int nmt_metric_new(struct nmt_metric **out, const struct nmt_metric_options *opt,
                   struct nmt_err *err)
{
    int rc = 0;
    struct nmt_metric *m = calloc(1, sizeof *m);
    if (!m)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for a metric");
    m->opt = *opt;
    switch (opt->kind) {
    case NMT_METRIC_BLEU:
        rc = nmt_bleu_new(&m->bleu, &opt->bleu, err);
        break;
    case NMT_METRIC_CHRF:
        rc = nmt_chrf_new(&m->chrf, &opt->chrf, err);
        break;
    case NMT_METRIC_TER:
        rc = nmt_ter_new(&m->ter, &opt->ter, err);
        break;
    case NMT_METRIC_EXACT:
        break;
    }
    if (rc < 0)
        nmt_metric_free(m);
    else
        *out = m;
    return rc;
}

void nmt_metric_free(struct nmt_metric *m)
{
    if (!m)
        return;
    nmt_bleu_free(m->bleu);
    nmt_chrf_free(m->chrf);
    nmt_ter_free(m->ter);
    free(m);
}

size_t nmt_metric_width(const struct nmt_metric_options *opt)
{
    switch (opt->kind) {
    case NMT_METRIC_BLEU:
        return nmt_bleu_width(&opt->bleu);
    case NMT_METRIC_CHRF:
        return nmt_chrf_width(&opt->chrf);
    case NMT_METRIC_TER:
        return NMT_TER_WIDTH;
    case NMT_METRIC_EXACT:
        return 2;
    }
    return 0;
}

/* Exact match: 1 and 1 when the line is one of its references to the byte, white space at the end
 * apart; 0 and 1 otherwise. */
static void exact_line(const char *hyp, size_t hyp_len, const char *const *refs,
                       const size_t *ref_lens, size_t n_refs, double *row)
{
    size_t n = nmt_unitext_trimmed(hyp, hyp_len);
    row[0] = 0;
    row[1] = 1;
    for (size_t i = 0; i < n_refs; i++)
        if (nmt_unitext_trimmed(refs[i], ref_lens[i]) == n && memcmp(refs[i], hyp, n) == 0)
            row[0] = 1;
}

int nmt_metric_line(struct nmt_metric *m, const char *hyp, size_t hyp_len, const char *const *refs,
                    const size_t *ref_lens, size_t n_refs, double *row, struct nmt_err *err)
{
    switch (m->opt.kind) {
    case NMT_METRIC_BLEU:
        return nmt_bleu_line(m->bleu, hyp, hyp_len, refs, ref_lens, n_refs, row, err);
    case NMT_METRIC_CHRF:
        return nmt_chrf_line(m->chrf, hyp, hyp_len, refs, ref_lens, n_refs, row, err);
    case NMT_METRIC_TER:
        return nmt_ter_line(m->ter, hyp, hyp_len, refs, ref_lens, n_refs, row, err);
    case NMT_METRIC_EXACT:
        exact_line(hyp, hyp_len, refs, ref_lens, n_refs, row);
        return 0;
    }
    return 0;
}

static double score(const struct nmt_metric_options *opt, const double *row, bool single)
{
    switch (opt->kind) {
    case NMT_METRIC_BLEU:
        return nmt_bleu_score_row(&opt->bleu, row, single).score;
    case NMT_METRIC_CHRF:
        return nmt_chrf_score_row(&opt->chrf, row, single);
    case NMT_METRIC_TER:
        return nmt_ter_score_row(row, single);
    case NMT_METRIC_EXACT:
        return row[1] > 0 ? 100 * row[0] / row[1] : 0;
    }
    return 0;
}

double nmt_metric_score(const struct nmt_metric_options *opt, const double *row)
{
    return score(opt, row, false);
}

double nmt_metric_score_single(const struct nmt_metric_options *opt, const double *row)
{
    return score(opt, row, true);
}

double nmt_metric_score_exchanged(const struct nmt_metric_options *opt, const double *row)
{
    struct nmt_metric_options whole = *opt;
    whole.bleu.smooth_value = nmt_bleu_smooth_value(&opt->bleu);
    if (opt->bleu.smoothing == NMT_SMOOTH_ADD_K)
        whole.bleu.smooth_value = floor(whole.bleu.smooth_value);
    return score(&whole, row, false);
}

bool nmt_metric_is_error_rate(const struct nmt_metric_options *opt)
{
    return opt->kind == NMT_METRIC_TER;
}

const char *nmt_metric_name(const struct nmt_metric_options *opt, char out[NMT_METRIC_NAME_MAX])
{
    switch (opt->kind) {
    case NMT_METRIC_BLEU:
        snprintf(out, NMT_METRIC_NAME_MAX, "BLEU");
        break;
    case NMT_METRIC_CHRF:
        snprintf(out, NMT_METRIC_NAME_MAX, "chrF%u%.*s", opt->chrf.beta, (int)opt->chrf.word_order,
                 "+++++");
        break;
    case NMT_METRIC_TER:
        snprintf(out, NMT_METRIC_NAME_MAX, "TER");
        break;
    case NMT_METRIC_EXACT:
        snprintf(out, NMT_METRIC_NAME_MAX, "EM");
        break;
    }
    return out;
}

int nmt_metric_details(const struct nmt_metric_options *opt, const double *row,
                       struct nmt_buffer *out, struct nmt_err *err)
{
    if (opt->kind != NMT_METRIC_BLEU)
        return 0;
    struct nmt_bleu_score s = nmt_bleu_score_row(&opt->bleu, row, false);
    for (unsigned k = 0; k < s.max_order; k++)
        NMT_TRY(nmt_buffer_addf(out, err, "%s%.1f", k ? "/" : "", s.precision[k]));
    return nmt_buffer_addf(out, err, " (BP = %.3f ratio = %.3f hyp_len = %.0f ref_len = %.0f)",
                           s.brevity_penalty, s.ref_len > 0 ? s.hyp_len / s.ref_len : 0, s.hyp_len,
                           s.ref_len);
}
