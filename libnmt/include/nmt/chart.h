/* Curves over one axis as SVG. */
#ifndef NMT_CHART_H
#define NMT_CHART_H

#include <nmt/buffer.h>
#include <nmt/error.h>

#include <stddef.h>

/** Points from left to right. Everything is borrowed. */
struct nmt_curve {
    const char *name;
    const double *x, *y; /* [n], finite */
    size_t n;
};

struct nmt_chart {
    const char *title, *x_label, *y_label;
    const struct nmt_curve *curves; /* [n_curves] */
    size_t n_curves;
};

/** Adds a whole SVG document. A chart without a point has axes only. */
int nmt_chart_svg(const struct nmt_chart *chart, struct nmt_buffer *out,
                  struct nmt_err *err) NMT_MUST_USE;

#endif
