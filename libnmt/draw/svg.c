/*
 * Alignments as SVG, in the manner of figure 3 of Bahdanau, Cho and Bengio (arXiv 1409.0473).
 *
 * No font is known here, so the room for the words is estimated from average advances; words are
 * anchored at the matrix, where an error of the estimate does not show. Cells are whole
 * units wide and drawn without anti-aliasing. The field is one black square: cells that would be
 * black are not drawn, which leaves few of them in a trained model's alignment.
 */
#include "label_internal.h"

#include <nmt/draw.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

/* In units of the picture, pixels at its own size; LONGEST in characters. */
enum { CELL = 20, FONT = 14, GAP = 6, EDGE = 16, TITLE = 30, LONGEST = 48 };

/* The room the longest word takes, in whole units. */
static double room(const struct labels *l)
{
    double most = 0;
    for (size_t i = 0; i < l->n; i++)
        most = fmax(most, fmin(l->label[i].advance, LONGEST));
    return ceil(most * FONT);
}

static int add_source(struct nmt_buffer *out, const struct labels *l, double x, double y,
                      struct nmt_err *err)
{
    for (size_t i = 0; i < l->n; i++) {
        double middle = x + (double)i * CELL + CELL / 2.0;
        NMT_TRY(nmt_buffer_addf(
            out, err, "<text transform=\"translate(%.0f %.0f) rotate(-90)\" dy=\".35em\">", middle,
            y - GAP));
        NMT_TRY(nmt_label_add(out, l, i, LONGEST, err));
        NMT_TRY(nmt_buffer_adds(out, "</text>\n", err));
    }
    return 0;
}

static int add_target(struct nmt_buffer *out, const struct labels *l, double x, double y,
                      struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_adds(out, "<g text-anchor=\"end\">\n", err));
    for (size_t i = 0; i < l->n; i++) {
        double middle = y + (double)i * CELL + CELL / 2.0;
        NMT_TRY(nmt_buffer_addf(out, err, "<text x=\"%.0f\" y=\"%.0f\" dy=\".35em\">", x - GAP,
                                middle));
        NMT_TRY(nmt_label_add(out, l, i, LONGEST, err));
        NMT_TRY(nmt_buffer_adds(out, "</text>\n", err));
    }
    return nmt_buffer_adds(out, "</g>\n", err);
}

static int add_cell(struct nmt_buffer *out, double x, double y, unsigned grey, float weight,
                    const struct labels *source, size_t s, const struct labels *target, size_t t,
                    struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err,
                            "<rect x=\"%.0f\" y=\"%.0f\" width=\"%d\" height=\"%d\" "
                            "fill=\"#%02x%02x%02x\"><title>",
                            x + (double)s * CELL, y + (double)t * CELL, CELL, CELL, grey, grey,
                            grey));
    NMT_TRY(nmt_label_add(out, source, s, SIZE_MAX, err));
    NMT_TRY(nmt_buffer_adds(out, " \xE2\x80\x93 ", err));
    NMT_TRY(nmt_label_add(out, target, t, SIZE_MAX, err));
    return nmt_buffer_addf(out, err, ": %.3f</title></rect>\n", (double)weight);
}

/* Hairlines that lead the eye from a word to its cells, too faint to be seen as content. */
static int add_grid(struct nmt_buffer *out, double x, double y, double width, double height,
                    struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_adds(
        out, "<path pointer-events=\"none\" stroke=\"#888\" stroke-opacity=\".25\" d=\"", err));
    for (double at = CELL; at < width; at += CELL)
        NMT_TRY(nmt_buffer_addf(out, err, "M%.0f %.0fv%.0f", x + at, y, height));
    for (double at = CELL; at < height; at += CELL)
        NMT_TRY(nmt_buffer_addf(out, err, "M%.0f %.0fh%.0f", x, y + at, width));
    return nmt_buffer_adds(out, "\"/>\n</g>\n", err);
}

static int add_field(struct nmt_buffer *out, const struct nmt_alignment *a,
                     const struct labels *source, const struct labels *target, double x, double y,
                     struct nmt_err *err)
{
    double width = (double)source->n * CELL, height = (double)target->n * CELL;
    NMT_TRY(
        nmt_buffer_addf(out, err,
                        "<g shape-rendering=\"crispEdges\">\n"
                        "<rect x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" fill=\"#000\" "
                        "stroke=\"#000\" stroke-width=\"2\"/>\n",
                        x, y, width, height));
    for (size_t t = 0; t < target->n; t++)
        for (size_t s = 0; s < source->n; s++) {
            float weight = a->weight[t * source->n + s];
            float inside = weight > 0 ? weight < 1 ? weight : 1 : 0;
            unsigned grey = (unsigned)lround((double)inside * 255);
            if (grey == 0)
                continue;
            NMT_TRY(add_cell(out, x, y, grey, inside, source, s, target, t, err));
            if (out->len > NMT_SVG_MOST)
                return nmt_fail(err, NMT_ELIMIT, 0, "the SVG would be larger than %zu bytes",
                                NMT_SVG_MOST);
        }
    return add_grid(out, x, y, width, height, err);
}

/* One picture, its corner at 0 0; *width and *height receive the space it takes. */
static int add_picture(struct nmt_buffer *out, const struct nmt_alignment *a,
                       const struct labels *source, const struct labels *target, double *width,
                       double *height, struct nmt_err *err)
{
    double x = EDGE + room(target) + GAP, y = EDGE + room(source) + GAP;
    NMT_TRY(add_source(out, source, x, y, err));
    NMT_TRY(add_target(out, target, x, y, err));
    NMT_TRY(add_field(out, a, source, target, x, y, err));
    *width = x + (double)source->n * CELL + EDGE;
    *height = y + (double)target->n * CELL + EDGE;
    return 0;
}

static int add_group(struct nmt_svg *svg, const struct nmt_alignment *a, const char *title,
                     struct labels *source, struct labels *target, struct nmt_err *err)
{
    double top = svg->height + TITLE, width, height;
    NMT_TRY(nmt_labels_init(source, a->source, a->n_source, err));
    NMT_TRY(nmt_labels_init(target, a->target, a->n_target, err));
    NMT_TRY(nmt_buffer_addf(&svg->titles, err, "<text x=\"%d\" y=\"%.0f\">", EDGE, top));
    NMT_TRY(nmt_label_escape(&svg->titles, title, strlen(title), err));
    NMT_TRY(nmt_buffer_adds(&svg->titles, "</text>\n", err));
    NMT_TRY(nmt_buffer_addf(&svg->body, err, "<g transform=\"translate(0 %.0f)\">\n", top));
    NMT_TRY(add_picture(&svg->body, a, source, target, &width, &height, err));
    NMT_TRY(nmt_buffer_adds(&svg->body, "</g>\n", err));
    svg->width = width > svg->width ? width : svg->width;
    svg->height = top + height;
    svg->n++;
    return 0;
}

int nmt_svg_add(struct nmt_svg *svg, const struct nmt_alignment *a, const char *title,
                struct nmt_err *err)
{
    struct labels source = { 0 }, target = { 0 };
    size_t body = svg->body.len, titles = svg->titles.len;
    int rc = add_group(svg, a, title, &source, &target, err);
    if (rc < 0) {
        svg->body.len = body;
        svg->titles.len = titles;
    }
    nmt_labels_release(&source);
    nmt_labels_release(&target);
    return rc;
}

int nmt_svg_finish(const struct nmt_svg *svg, struct nmt_buffer *out, struct nmt_err *err)
{
    /* A single picture needs no title: the view begins below it. */
    double top = svg->n == 1 ? TITLE : 0;
    double width = svg->n ? svg->width : 2 * EDGE;
    double height = svg->n ? svg->height - top : 2 * EDGE;
    NMT_TRY(nmt_buffer_addf(out, err,
                            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" "
                            "height=\"%.0f\" viewBox=\"0 %.0f %.0f %.0f\" "
                            "font-family=\"" NMT_LABEL_FONTS "\" font-size=\"%d\">\n"
                            "<title>word alignment</title>\n"
                            "<rect y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" fill=\"#fff\"/>\n",
                            width, height, top, width, height, FONT, top, width, height));
    if (svg->n > 1) {
        NMT_TRY(nmt_buffer_adds(out, "<g fill=\"#777\">\n", err));
        NMT_TRY(nmt_buffer_add(out, svg->titles.data, svg->titles.len, err));
        NMT_TRY(nmt_buffer_adds(out, "</g>\n", err));
    }
    NMT_TRY(nmt_buffer_add(out, svg->body.data, svg->body.len, err));
    return nmt_buffer_adds(out, "</svg>\n", err);
}

void nmt_svg_release(struct nmt_svg *svg)
{
    nmt_buffer_release(&svg->body);
    nmt_buffer_release(&svg->titles);
    *svg = (struct nmt_svg)NMT_SVG_INIT;
}
