/*
 * Pictures of soft alignments: as text, on a terminal, as SVG. All take what the words are from
 * the alignment's lines; what cannot be shown (control characters, bytes that are no UTF-8,
 * characters that turn the direction of writing) is drawn as a blot, so that neither a terminal
 * nor an XML reader is led astray. Weights below 0 count as 0, above 1 as 1.
 */
#ifndef NMT_DRAW_H
#define NMT_DRAW_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/records.h>

#include <stdbool.h>
#include <stddef.h>

/**
 * Adds the matrix as text separated by tabs: a line with the title and the source words, for each
 * target word a line with the word and its weights, then an empty line.
 */
int nmt_draw_matrix(const struct nmt_alignment *a, const char *title, struct nmt_buffer *out,
                    struct nmt_err *err) NMT_MUST_USE;

struct nmt_term_options {
    size_t columns; /* width of the terminal, at least 20 */
    bool ascii;     /* shades of . - + * # instead of block characters */
};

/**
 * Adds a picture for a terminal: source words along the top, written downwards, target words
 * down the left, the darker the cell the larger the weight. A pair that is too wide is drawn in
 * bands under one another. `title` stands in the first line.
 */
int nmt_draw_term(const struct nmt_alignment *a, const char *title,
                  const struct nmt_term_options *opt, struct nmt_buffer *out,
                  struct nmt_err *err) NMT_MUST_USE;

/**
 * An SVG that pictures are put into one under another, in the manner of figure 3 of Bahdanau, Cho
 * and Bengio (arXiv 1409.0473): source words along the top, turned upright, target words down
 * the left, black 0, white 1.
 */
struct nmt_svg {
    struct nmt_buffer body, titles;
    double width, height;
    size_t n;
};

/* clang-format off */
#define NMT_SVG_INIT { NMT_BUFFER_INIT, NMT_BUFFER_INIT, 0, 0, 0 }
/* clang-format on */

/** Most bytes of one SVG. */
#define NMT_SVG_MOST ((size_t)1 << 28)

/** Adds a picture; `title` stands above it when there are several. NMT_ELIMIT: the file gets too
 * large. */
int nmt_svg_add(struct nmt_svg *svg, const struct nmt_alignment *a, const char *title,
                struct nmt_err *err) NMT_MUST_USE;

/** Adds the whole file to out. svg can be filled further. */
int nmt_svg_finish(const struct nmt_svg *svg, struct nmt_buffer *out,
                   struct nmt_err *err) NMT_MUST_USE;
void nmt_svg_release(struct nmt_svg *svg);

#endif
