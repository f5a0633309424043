/*
 * A line chart: axes with round numbers from zero, a curve with dots for each series, bars behind
 * them, a legend below. Curves differ in colour and in the shape of their dots, so that they can
 * be told apart on paper, and where one hides another.
 */
#include "label_internal.h"

#include <nmt/chart.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The picture and the frame of the plot in it, in pixels; the legend's rows come below. */
enum { WIDTH = 720, LEFT = 60, RIGHT = 24, TOP = 52, PLOT = 340, AXIS = 52, ROW = 20, FONT = 12 };

/* In the legend: the sample of a line, what is left free behind it and behind a name. */
enum { SAMPLE = 24, GAP = 6, APART = 22, LONGEST = 60 };

/* The highest bar's share of the plot. */
#define BARS 0.25

/* Eight colours that can be told apart, also by the colour-blind (after Okabe and Ito). */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                       "#e69f00", "#56b4e9", "#000000", "#7f7f7f" };

/* Circle, square, triangle, diamond, about a point that the path is moved to. */
static const char *const dots[] = { "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0", "m-3-3h6v6h-6z",
                                    "m0-4.5l4 7h-8z", "m0-4.5l4.5 4.5l-4.5 4.5l-4.5-4.5z" };

/* What maps numbers to pixels. */
struct frame {
    double most_x, most_y, step_x, step_y;
};

static double pixel_x(const struct frame *f, double x)
{
    return LEFT + x / f->most_x * (WIDTH - LEFT - RIGHT);
}

static double pixel_y(const struct frame *f, double y)
{
    return TOP + PLOT - y / f->most_y * PLOT;
}

static const char *colour_of(size_t curve)
{
    return colours[curve % (sizeof colours / sizeof *colours)];
}

/* A round step that divides 0 .. most into four to seven parts. */
static double round_step(double most)
{
    double power = pow(10, floor(log10(most / 5))), part = most / 5 / power;
    return power * (part <= 1.4 ? 1 : part <= 3 ? 2 : part <= 7 ? 5 : 10);
}

static struct frame make_frame(const struct nmt_chart *c)
{
    struct frame f = { 0, 0, 0, 0 };
    for (size_t i = 0; i < c->n_curves; i++)
        for (size_t k = 0; k < c->curves[i].n; k++) {
            f.most_x = fmax(f.most_x, c->curves[i].x[k]);
            f.most_y = fmax(f.most_y, c->curves[i].y[k]);
        }
    for (size_t i = 0; i < c->n_bars; i++)
        f.most_x = fmax(f.most_x, c->bars[i].to);
    f.step_x = round_step(f.most_x > 0 ? f.most_x : 1);
    f.step_y = round_step(f.most_y > 0 ? f.most_y : 1);
    f.most_y = f.step_y * fmax(1, ceil(f.most_y / f.step_y));
    f.most_x = f.most_x > 0 ? f.most_x * 1.02 : 1;
    return f;
}

static int add_label(struct nmt_buffer *out, double x, double y, const char *how, const char *s,
                     struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, how));
    NMT_TRY(nmt_label_escape(out, s, strlen(s), err));
    return nmt_buffer_adds(out, "</text>\n", err);
}

static int add_axes(const struct nmt_chart *c, const struct frame *f, struct nmt_buffer *out,
                    struct nmt_err *err)
{
    char number[32];
    for (unsigned i = 0; i * f->step_y <= f->most_y * 1.0001; i++) {
        double y = pixel_y(f, i * f->step_y);
        NMT_TRY(nmt_buffer_addf(out, err, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n", LEFT, y,
                                WIDTH - RIGHT));
        snprintf(number, sizeof number, "%g", i * f->step_y);
        NMT_TRY(add_label(out, LEFT - 8, y + 4, " text-anchor=\"end\"", number, err));
    }
    for (unsigned i = 0; i * f->step_x <= f->most_x; i++) {
        double x = pixel_x(f, i * f->step_x);
        NMT_TRY(
            nmt_buffer_addf(out, err, "<path d=\"M%.1f %dv5\" stroke=\"#333\"/>\n", x, TOP + PLOT));
        snprintf(number, sizeof number, "%g", i * f->step_x);
        NMT_TRY(add_label(out, x, TOP + PLOT + 19, " text-anchor=\"middle\"", number, err));
    }
    NMT_TRY(nmt_buffer_addf(out, err, "<path d=\"M%d %dv%dH%d\" fill=\"none\" stroke=\"#333\"/>\n",
                            LEFT, TOP, PLOT, WIDTH - RIGHT));
    NMT_TRY(add_label(out, (LEFT + WIDTH - RIGHT) / 2.0, TOP + PLOT + 38, " text-anchor=\"middle\"",
                      c->x_label, err));
    NMT_TRY(add_label(out, LEFT - 8, TOP - 14, " text-anchor=\"end\"", c->y_label, err));
    return add_label(out, WIDTH / 2.0, 24, " text-anchor=\"middle\" font-weight=\"bold\"", c->title,
                     err);
}

static double bar_width(const struct nmt_bar *bar, const struct frame *f)
{
    return pixel_x(f, bar->to) - pixel_x(f, bar->from);
}

/* Is every bar wide enough for its number? Some numbers without the others would mislead. */
static bool have_numbers(const struct nmt_chart *c, const struct frame *f)
{
    for (size_t i = 0; i < c->n_bars; i++)
        if (bar_width(&c->bars[i], f) < 6.5 * snprintf(NULL, 0, "%.0f", c->bars[i].count) + 2)
            return false;
    return true;
}

static int add_bars(const struct nmt_chart *c, const struct frame *f, struct nmt_buffer *out,
                    struct nmt_err *err)
{
    bool numbers = have_numbers(c, f);
    char number[32];
    double most = 1;
    for (size_t i = 0; i < c->n_bars; i++)
        most = fmax(most, c->bars[i].count);
    for (size_t i = 0; i < c->n_bars; i++) {
        const struct nmt_bar *bar = &c->bars[i];
        double x = pixel_x(f, bar->from), width = bar_width(bar, f);
        double height = fmax(1, bar->count / most * BARS * PLOT);
        NMT_TRY(nmt_buffer_addf(out, err,
                                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                                "fill=\"#e8e8e8\"/>\n",
                                x, TOP + PLOT - height, fmax(width - 1, 1), height));
        if (!numbers)
            continue;
        snprintf(number, sizeof number, "%.0f", bar->count);
        NMT_TRY(add_label(out, x + width / 2, TOP + PLOT - height - 3,
                          " text-anchor=\"middle\" font-size=\"10\" fill=\"#888\"", number, err));
    }
    return 0;
}

static int add_dot(size_t curve, double x, double y, struct nmt_buffer *out, struct nmt_err *err)
{
    return nmt_buffer_addf(out, err, "<path d=\"M%.1f %.1f%s\" fill=\"%s\" stroke=\"#fff\"/>\n", x,
                           y, dots[curve % (sizeof dots / sizeof *dots)], colour_of(curve));
}

static int add_curve(const struct nmt_curve *curve, size_t i, const struct frame *f,
                     struct nmt_buffer *out, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err,
                            "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" "
                            "points=\"",
                            colour_of(i)));
    for (size_t k = 0; k < curve->n; k++)
        NMT_TRY(nmt_buffer_addf(out, err, "%s%.1f,%.1f", k ? " " : "", pixel_x(f, curve->x[k]),
                                pixel_y(f, curve->y[k])));
    NMT_TRY(nmt_buffer_adds(out, "\"/>\n", err));
    for (size_t k = 0; k < curve->n; k++)
        NMT_TRY(add_dot(i, pixel_x(f, curve->x[k]), pixel_y(f, curve->y[k]), out, err));
    return 0;
}

/* --- the legend -------------------------------------------------------------------------- */

/* What it names: the curves, then the bars if there are any. */
struct legend {
    const struct nmt_chart *c;
    struct labels names;
    double x, y; /* where the next entry goes */
};

static int add_entry(struct legend *l, size_t i, struct nmt_buffer *out, struct nmt_err *err)
{
    const struct label *name = &l->names.label[i];
    double width = SAMPLE + GAP + fmin(name->advance, LONGEST) * FONT + APART;
    if (l->x > LEFT && l->x + width - APART > WIDTH - RIGHT) {
        l->x = LEFT;
        l->y += ROW;
    }
    if (i < l->c->n_curves) {
        NMT_TRY(nmt_buffer_addf(out, err,
                                "<path d=\"M%.1f %.1fh%d\" stroke=\"%s\" stroke-width=\"2\"/>\n",
                                l->x, l->y - 4, SAMPLE, colour_of(i)));
        NMT_TRY(add_dot(i, l->x + SAMPLE / 2.0, l->y - 4, out, err));
    } else {
        NMT_TRY(nmt_buffer_addf(out, err,
                                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"10\" "
                                "fill=\"#e8e8e8\"/>\n",
                                l->x, l->y - 9, SAMPLE));
    }
    NMT_TRY(nmt_buffer_addf(out, err, "<text x=\"%.1f\" y=\"%.1f\">", l->x + SAMPLE + GAP, l->y));
    NMT_TRY(nmt_label_add(out, &l->names, i, LONGEST, err));
    l->x += width;
    return nmt_buffer_adds(out, "</text>\n", err);
}

static int add_legend(struct legend *l, struct nmt_buffer *out, struct nmt_err *err)
{
    for (size_t i = 0; i < l->c->n_curves; i++)
        NMT_TRY(nmt_labels_add(&l->names, l->c->curves[i].name, err));
    if (l->c->n_bars)
        NMT_TRY(nmt_labels_add(&l->names, l->c->bar_label, err));
    for (size_t i = 0; i < l->names.n; i++)
        NMT_TRY(add_entry(l, i, out, err));
    return 0;
}

static int add_plot(const struct nmt_chart *c, struct nmt_buffer *out, struct nmt_err *err)
{
    struct frame f = make_frame(c);
    NMT_TRY(add_bars(c, &f, out, err));
    NMT_TRY(add_axes(c, &f, out, err));
    for (size_t i = 0; i < c->n_curves; i++)
        NMT_TRY(add_curve(&c->curves[i], i, &f, out, err));
    return 0;
}

int nmt_chart_svg(const struct nmt_chart *c, struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_buffer body = NMT_BUFFER_INIT;
    struct legend legend = { .c = c, .x = LEFT, .y = TOP + PLOT + AXIS + ROW };
    int rc = add_plot(c, &body, err);
    if (rc == 0)
        rc = add_legend(&legend, &body, err);
    double height = legend.y + ROW;
    if (rc == 0)
        rc = nmt_buffer_addf(out, err,
                             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
                             "height=\"%.0f\" viewBox=\"0 0 %d %.0f\" "
                             "font-family=\"" NMT_LABEL_FONTS "\" font-size=\"%d\">\n"
                             "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                             WIDTH, height, WIDTH, height, FONT);
    if (rc == 0)
        rc = nmt_buffer_add(out, body.data, body.len, err);
    if (rc == 0)
        rc = nmt_buffer_adds(out, "</svg>\n", err);
    nmt_labels_release(&legend.names);
    nmt_buffer_release(&body);
    return rc;
}
