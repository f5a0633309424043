/*
 * TER (Snover et al., AMTA 2006) as sacreBLEU computes it after Tercom: edits and shifts of phrases
 * that turn the hypothesis into the reference, in percent of the reference's words.
 */
#ifndef NMT_TER_H
#define NMT_TER_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>

struct nmt_ter_options {
    bool normalized; /* undo entities, split western punctuation off */
    bool no_punct;   /* delete western punctuation */
    bool asian;      /* do the same for Asian characters and punctuation */
    bool case_sensitive;
};

struct nmt_ter;

int nmt_ter_new(struct nmt_ter **t, const struct nmt_ter_options *opt,
                struct nmt_err *err) NMT_MUST_USE;
void nmt_ter_free(struct nmt_ter *t);

/** A row: edits, words of the reference (several references: fewest edits, mean length). */
#define NMT_TER_WIDTH 2

int nmt_ter_line(struct nmt_ter *t, const char *hyp, size_t hyp_len, const char *const *refs,
                 const size_t *ref_lens, size_t n_refs, double *row,
                 struct nmt_err *err) NMT_MUST_USE;

/** Percent; 100 for edits against nothing, 0 for none. single: as for nmt_chrf_score_row. */
double nmt_ter_score_row(const double *row, bool single);

#endif
