/*
 * Scores by the length of the source sentence, as in figure 2 of Bahdanau, Cho and Bengio 2015:
 * lines fall into classes of `step` words; a class has the scores of its lines as a corpus.
 */
#ifndef NMT_BY_LENGTH_H
#define NMT_BY_LENGTH_H

#include <nmt/error.h>
#include <nmt/evaluate.h>

#include <stddef.h>
#include <stdint.h>

/** Lines that are longer than so many classes go into the last one. */
#define NMT_BY_LENGTH_CLASSES 1000

/** Start with zeros but for step. */
struct nmt_by_length {
    size_t step; /* words; class 0 has the lines without a word, class k those of (k-1)*step+1 to
                    k*step */
    size_t n_classes; /* up to the longest line met */
    uint64_t *counts; /* [n_classes] lines */
    double *sums;     /* [n_classes][width] rows summed */
    size_t width;
};

/** Adds a line: its source, and its rows as nmt_evaluate hands them out. */
int nmt_by_length_add(struct nmt_by_length *b, const struct nmt_evaluation *e,
                      const struct nmt_corpus_line *line, const double *rows,
                      struct nmt_err *err) NMT_MUST_USE;
void nmt_by_length_release(struct nmt_by_length *b);

/** The words of class k: from .. to; to is 0 for the last possible class, which is open. */
void nmt_by_length_range(const struct nmt_by_length *b, size_t k, uint64_t *from, uint64_t *to);

/** The score of a class with lines, by a system and a metric of e. */
double nmt_by_length_score(const struct nmt_by_length *b, const struct nmt_evaluation *e, size_t k,
                           size_t system, size_t metric);

#endif
