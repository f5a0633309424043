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

/** Fonts of SVG text, in which advances are about right. */
#define NMT_LABEL_FONTS "'DejaVu Sans', Verdana, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"

/**
 * Cuts `words` (separated by one space) into n labels; words that are not there are empty. l must
 * be zero. Whatever the result, nmt_labels_release frees what was taken.
 */
int nmt_labels_init(struct labels *l, const char *words, size_t n,
                    struct nmt_err *err) NMT_MUST_USE;
void nmt_labels_release(struct labels *l);

/** Adds one label more: a whole text, spaces and all. */
int nmt_labels_add(struct labels *l, const char *text, struct nmt_err *err) NMT_MUST_USE;

/** Adds label i as XML: all of it, or its first longest - 1 >= 0 clusters and an ellipsis. */
int nmt_label_add(struct nmt_buffer *out, const struct labels *l, size_t i, size_t longest,
                  struct nmt_err *err) NMT_MUST_USE;

/** Adds clean text as XML. */
int nmt_label_escape(struct nmt_buffer *out, const char *s, size_t n,
                     struct nmt_err *err) NMT_MUST_USE;

#endif
