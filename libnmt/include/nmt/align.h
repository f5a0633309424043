/*
 * Word alignments as sets of links: making them from soft alignments, combining two directions,
 * judging them against gold.
 */
#ifndef NMT_ALIGN_H
#define NMT_ALIGN_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/links.h>
#include <nmt/records.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- soft alignments ------------------------------------------------------------------- */

/**
 * For every target word the source word with the largest weight (of equals the first), where that
 * weight is at least `threshold` and not 0. Weights are kept in the links.
 */
int nmt_links_best(struct nmt_links *l, const struct nmt_alignment *a, double threshold,
                   struct nmt_err *err) NMT_MUST_USE;

/** Every pair of words whose weight is at least `threshold` and not 0, with its weight. */
int nmt_links_above(struct nmt_links *l, const struct nmt_alignment *a, double threshold,
                    struct nmt_err *err) NMT_MUST_USE;

/**
 * Fills a, which must be zero or made by this function, from links and the two lines they belong
 * to: a sure link weighs 1, a possible one 1/2, another what it says. Free it with
 * nmt_links_alignment_release. NMT_ESHAPE: a link leaves the lines, message with file and number;
 * NMT_ELIMIT: the matrix would have more than NMT_LINKS_CELLS cells.
 */
int nmt_links_to_alignment(struct nmt_alignment *a, const struct nmt_links *l, const char *source,
                           size_t source_len, const char *target, size_t target_len,
                           const char *file, uint64_t number, struct nmt_err *err) NMT_MUST_USE;
void nmt_links_alignment_release(struct nmt_alignment *a);

/** Divides every row that sums to more than 1 by its sum, as a stream wants it. */
void nmt_alignment_share(struct nmt_alignment *a);

#define NMT_LINKS_CELLS ((size_t)1 << 26)

/**
 * Adds one JSON object without LF: `record` (the number given), `source` and `target` words,
 * `links` (pairs, as they are in l) and `weight` (a row for each target word).
 */
int nmt_alignment_json(const struct nmt_alignment *a, uint64_t record, const struct nmt_links *l,
                       struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/* --- symmetrisation -------------------------------------------------------------------- */

enum nmt_symmetry {
    NMT_INTERSECT,
    NMT_UNION,
    NMT_GROW_DIAG,
    NMT_GROW_DIAG_FINAL,
    NMT_GROW_DIAG_FINAL_AND
};

struct nmt_symmetrizer; /* scratch space; one for each thread */

int nmt_symmetrizer_new(struct nmt_symmetrizer **s, struct nmt_err *err) NMT_MUST_USE;
void nmt_symmetrizer_free(struct nmt_symmetrizer *s);

/**
 * Combines two alignments of one sentence pair, as atools of fast_align does (Moses' symal tries
 * points in another order). Both must be in order, as nmt_links_parse leaves them, and count the
 * source first. out is replaced and is neither of the two; its links are sure and without weight.
 */
int nmt_symmetrize(struct nmt_symmetrizer *s, enum nmt_symmetry how,
                   const struct nmt_links *forward, const struct nmt_links *reverse,
                   struct nmt_links *out, struct nmt_err *err) NMT_MUST_USE;

/* --- judging ---------------------------------------------------------------------------- */

enum nmt_possible {
    NMT_POSSIBLE_AS_IS,
    NMT_POSSIBLE_AS_SURE, /* a possible link counts as a sure one */
    NMT_POSSIBLE_IGNORE   /* as if it were not there */
};

/** Counts over all sentence pairs; S is a part of P. Start from zero. */
struct nmt_aer {
    uint64_t lines;
    uint64_t links;                /* |A| */
    uint64_t sure, possible;       /* |S|, |P| */
    uint64_t in_sure, in_possible; /* |A and S|, |A and P| */
};

void nmt_aer_add(struct nmt_aer *c, const struct nmt_links *gold, const struct nmt_links *links,
                 enum nmt_possible policy);

/**
 * precision |A and P| / |A|, recall |A and S| / |S|, aer 1 - (|A and S| + |A and P|) / (|A| + |S|)
 * (Och and Ney 2003), fmeasure their harmonic mean, 0 when one of them is. NaN where the divisor
 * is 0.
 */
struct nmt_aer_scores {
    double precision, recall, aer, fmeasure;
};
struct nmt_aer_scores nmt_aer_scores(const struct nmt_aer *c);

/** Adds the scores and counts: lines of `name value`, or a JSON object; an undefined score is `-`
 * or null. */
int nmt_aer_text(const struct nmt_aer *c, struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;
int nmt_aer_json(const struct nmt_aer *c, struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

/** Adds the lines `P: `, `R: `, `F: ` of atools. NMT_EFORMAT when a side has no links at all. */
int nmt_aer_fmeasure(const struct nmt_aer *c, struct nmt_buffer *out,
                     struct nmt_err *err) NMT_MUST_USE;

#endif
