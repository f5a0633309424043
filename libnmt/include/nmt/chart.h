/* Curves over one axis as SVG, with bars in the background that say what they rest on. */
#ifndef NMT_CHART_H
#define NMT_CHART_H

#include <nmt/buffer.h>
#include <nmt/error.h>

#include <stddef.h>

/** Points from left to right. Everything is borrowed. */
struct nmt_curve {
    const char *name;
    const double *x, *y; /* [n], finite, not negative */
    size_t n;
};

/** How many there are from .. to on the x axis. */
struct nmt_bar {
    double from, to, count; /* finite, not negative */
};

struct nmt_chart {
    const char *title, *x_label, *y_label;
    const struct nmt_curve *curves; /* [n_curves], named in a legend below the plot */
    size_t n_curves;
    const struct nmt_bar *bars; /* [n_bars], drawn to a scale of their own */
    size_t n_bars;
    const char *bar_label; /* what they count */
};

/** Adds a whole SVG document. A chart without a point has axes only. */
int nmt_chart_svg(const struct nmt_chart *chart, struct nmt_buffer *out,
                  struct nmt_err *err) NMT_MUST_USE;

#endif
