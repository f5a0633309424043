/*
 * BLEU:  BP * exp( 1/N sum_n ln p_n ),  p_n = matches / n-grams of the hypothesis, clipped by
 * the references, summed over all lines;  BP = exp(1 - r/h) where the hypothesis is shorter (h)
 * than the references (r).  Papineni et al., ACL 2002; details and smoothing as in sacreBLEU.
 */
#include "ngram_internal.h"
#include "segments_internal.h"

#include <nmt/bleu.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ln 0, as far as the reference is concerned. */
#define LOG_OF_ZERO (-9999999999.0)

struct nmt_bleu {
    struct nmt_bleu_options opt;
    struct nmt_segments segments;
    struct nmt_words words;
    struct nmt_ngrams ngrams;
    double sum[2 + 2 * NMT_BLEU_MAX_ORDER];
};

struct nmt_bleu_options nmt_bleu_defaults(void)
{
    return (struct nmt_bleu_options){
        .tokenization = NMT_TOK_13A, .smoothing = NMT_SMOOTH_EXP, .smooth_value = -1, .max_order = 4
    };
}

int nmt_bleu_new(struct nmt_bleu **out, const struct nmt_bleu_options *opt, struct nmt_err *err)
{
    if (opt->max_order < 1 || opt->max_order > NMT_BLEU_MAX_ORDER)
        return nmt_fail(err, NMT_ELIMIT, 0, "BLEU: order %u is not from 1 to %d", opt->max_order,
                        NMT_BLEU_MAX_ORDER);
    struct nmt_bleu *b = calloc(1, sizeof *b);
    if (!b)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for BLEU");
    b->opt = *opt;
    b->segments.opt.kind = opt->tokenization;
    b->segments.opt.lowercase = opt->lowercase;
    *out = b;
    return 0;
}

void nmt_bleu_free(struct nmt_bleu *b)
{
    if (!b)
        return;
    nmt_segments_release(&b->segments);
    nmt_words_release(&b->words);
    nmt_ngrams_release(&b->ngrams);
    free(b);
}

size_t nmt_bleu_width(const struct nmt_bleu_options *opt)
{
    return 2 + 2 * (size_t)opt->max_order;
}

/* The length of the reference nearest to the hypothesis; of two as near, the shorter one. */
static size_t nearest_length(const struct nmt_segment *refs, size_t n_refs, size_t hyp)
{
    size_t best = refs[0].n;
    for (size_t i = 1; i < n_refs; i++) {
        size_t n = refs[i].n, far = n > hyp ? n - hyp : hyp - n;
        size_t best_far = best > hyp ? best - hyp : hyp - best;
        if (far < best_far || (far == best_far && n < best))
            best = n;
    }
    return best;
}

int nmt_bleu_line(struct nmt_bleu *b, const char *hyp, size_t hyp_len, const char *const *refs,
                  const size_t *ref_lens, size_t n_refs, double *row, struct nmt_err *err)
{
    unsigned order = b->opt.max_order;
    uint64_t match[NMT_BLEU_MAX_ORDER] = { 0 };
    const struct nmt_segment *ref, *h;
    NMT_TRY(nmt_segments_cut(&b->segments, hyp, hyp_len, refs, ref_lens, n_refs, &h, &ref, err));
    NMT_TRY(nmt_segments_number(&b->segments, &b->words, err));
    size_t ref_tokens = b->segments.ref_tokens;
    NMT_TRY(nmt_ngrams_clear(&b->ngrams, ref_tokens * order, err));
    for (size_t i = 0; i < n_refs; i++)
        NMT_TRY(nmt_ngrams_add(&b->ngrams, ref[i].symbols, ref[i].n, order, err));
    nmt_ngrams_match(&b->ngrams, h->symbols, h->n, order, match);
    row[0] = (double)h->n;
    row[1] = (double)nearest_length(ref, n_refs, h->n);
    for (size_t k = 0; k < order; k++) {
        row[2 + k] = (double)match[k];
        row[2 + order + k] = h->n > k ? (double)(h->n - k) : 0;
    }
    return 0;
}

int nmt_bleu_add(struct nmt_bleu *b, const char *hyp, size_t hyp_len, const char *const *refs,
                 const size_t *ref_lens, size_t n_refs, struct nmt_err *err)
{
    double row[2 + 2 * NMT_BLEU_MAX_ORDER];
    NMT_TRY(nmt_bleu_line(b, hyp, hyp_len, refs, ref_lens, n_refs, row, err));
    for (size_t i = 0; i < nmt_bleu_width(&b->opt); i++)
        b->sum[i] += row[i];
    return 0;
}

void nmt_bleu_clear(struct nmt_bleu *b)
{
    memset(b->sum, 0, sizeof b->sum);
}

struct nmt_bleu_score nmt_bleu_score(const struct nmt_bleu *b)
{
    return nmt_bleu_score_row(&b->opt, b->sum, false);
}

double nmt_bleu_smooth_value(const struct nmt_bleu_options *opt)
{
    if (opt->smooth_value >= 0)
        return opt->smooth_value;
    return opt->smoothing == NMT_SMOOTH_FLOOR ? 0.1 : 1.0;
}

static double sum(double a, double b, bool single)
{
    return single ? (double)(float)(a + b) : a + b;
}

/* Fills in the precisions and returns how many orders the score is made of. */
static unsigned smoothed_precisions(const struct nmt_bleu_options *opt, struct nmt_bleu_score *s,
                                    bool single)
{
    double value = nmt_bleu_smooth_value(opt), halving = 1;
    unsigned effective = s->max_order;
    for (unsigned k = 0; k < s->max_order; k++) {
        if (opt->smoothing == NMT_SMOOTH_ADD_K && k > 0) {
            s->match[k] = sum(s->match[k], value, single);
            s->total[k] = sum(s->total[k], value, single);
        }
        if (s->total[k] == 0)
            break;
        if (opt->effective_order)
            effective = k + 1;
        if (s->match[k] != 0) {
            s->precision[k] = 100.0 * s->match[k] / s->total[k];
        } else if (opt->smoothing == NMT_SMOOTH_EXP) {
            halving *= 2;
            s->precision[k] = 100.0 / (halving * s->total[k]);
        } else if (opt->smoothing == NMT_SMOOTH_FLOOR) {
            s->precision[k] = 100.0 * value / s->total[k];
        }
    }
    return effective;
}

struct nmt_bleu_score nmt_bleu_score_row(const struct nmt_bleu_options *opt, const double *row,
                                         bool single)
{
    struct nmt_bleu_score s = { .hyp_len = row[0], .ref_len = row[1], .max_order = opt->max_order };
    bool any = false;
    for (unsigned k = 0; k < s.max_order; k++) {
        s.match[k] = row[2 + k];
        s.total[k] = row[2 + s.max_order + k];
        any |= s.match[k] != 0;
    }
    s.brevity_penalty = s.hyp_len >= s.ref_len ? 1
                        : s.hyp_len > 0        ? exp(1 - s.ref_len / s.hyp_len)
                                               : 0;
    if (!any)
        return s;
    unsigned effective = smoothed_precisions(opt, &s, single);
    double logs = 0;
    for (unsigned k = 0; k < effective; k++)
        logs += s.precision[k] == 0 ? LOG_OF_ZERO : log(s.precision[k]);
    s.score = s.brevity_penalty * exp(logs / effective);
    return s;
}
