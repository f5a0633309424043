/* The words of a line, made fit to be shown. */
#ifndef NMT_LABEL_INTERNAL_H
#define NMT_LABEL_INTERNAL_H

#include <nmt/buffer.h>
#include <nmt/error.h>

#include <stddef.h>
#include <stdint.h>

/** What a reader sees as one character: `len` bytes of the text, 1 or 2 columns wide. */
struct cluster {
    uint32_t start;
    uint16_t len;
    uint16_t width;
};

/** A word: clusters [first, first + n) and bytes [start, start + len) of the text. */
struct label {
    size_t first, n;
    size_t start, len;
    size_t width;   /* columns on a terminal */
    double advance; /* estimated width in a sans-serif font, in em */
};

/** Clean text: valid UTF-8 without control characters or changes of direction. */
struct labels {
    struct nmt_buffer text;
    struct cluster *cluster;
    struct label *label;
    size_t n, n_clusters, clusters_cap;
};

/**
 * Cuts `words` (separated by one space) into n labels; words that are not there are empty. l must
 * be zero. Whatever the result, nmt_labels_release frees what was taken.
 */
int nmt_labels_init(struct labels *l, const char *words, size_t n,
                    struct nmt_err *err) NMT_MUST_USE;
void nmt_labels_release(struct labels *l);

#endif
