/*
 * The sentences that a system lost most on, against the perfect score or against a baseline, with
 * their texts. The worst are kept while the corpus goes by; nothing else is.
 */
#ifndef NMT_WORST_H
#define NMT_WORST_H

#include <nmt/corpus.h>
#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NMT_WORST_MAX 10000

struct nmt_worst_line {
    uint64_t number;
    double score, baseline, loss; /* baseline: NAN without one */
    char *source;                 /* NULL without a source file; these are owned */
    char **refs;                  /* [n_refs] */
    size_t n_refs;
    char *hyp, *base; /* base: NULL without a baseline */
};

/** Start with zeros but for most. */
struct nmt_worst {
    size_t most; /* how many to keep, to NMT_WORST_MAX */
    struct nmt_worst_line *lines;
    size_t n; /* the first is the worst; of two as bad, the earlier line */
};

/** Looks at a line of a system, and of the baseline if base is not NULL; larger losses are worse.
 */
int nmt_worst_add(struct nmt_worst *w, const struct nmt_corpus_line *line, const char *hyp,
                  double score, const char *base, double baseline, double loss,
                  struct nmt_err *err) NMT_MUST_USE;
void nmt_worst_release(struct nmt_worst *w);

#endif
