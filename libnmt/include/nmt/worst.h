/*
 * The sentences that a system lost most on, against the perfect score or against a baseline, with
 * their texts. The worst are kept while the corpus goes by; nothing else is.
 */
#ifndef NMT_WORST_H
#define NMT_WORST_H

#include <nmt/buffer.h>
#include <nmt/corpus.h>
#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NMT_WORST_MAX 10000

struct nmt_worst_line {
    uint64_t number;
    double score, baseline, loss; /* baseline: NAN without one */
    bool has_source, has_base;
    struct nmt_buffer source, base, hyp; /* texts are owned */
    struct nmt_buffer *refs;             /* [n_refs] */
    size_t n_refs;
};

/** Start with zeros but for most. */
struct nmt_worst {
    size_t most; /* how many to keep, to NMT_WORST_MAX */
    struct nmt_worst_line *lines;
    size_t n; /* the first is the worst; of two as bad, the earlier line */
};

/**
 * Looks at a line of a system; larger losses are worse. The first system is on its own (baseline is
 * NAN), any other is compared with the first.
 */
int nmt_worst_add(struct nmt_worst *w, const struct nmt_corpus_line *line, size_t system,
                  double score, double baseline, double loss, struct nmt_err *err) NMT_MUST_USE;
void nmt_worst_release(struct nmt_worst *w);

#endif
