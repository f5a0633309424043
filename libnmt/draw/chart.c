/* A line chart: axes with round numbers from zero, a curve with dots for each series, a legend. */
#include <nmt/chart.h>

#include <nmt/utf8.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The picture and the frame of the plot in it, in pixels. */
#define WIDTH  720
#define HEIGHT 440
#define LEFT   64
#define RIGHT  24
#define TOP    48
#define BOTTOM 56

/* Eight colours that can be told apart, also by the colour-blind (after Okabe and Ito). */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                       "#e69f00", "#56b4e9", "#000000", "#f0e442" };

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
    return HEIGHT - BOTTOM - y / f->most_y * (HEIGHT - TOP - BOTTOM);
}

/* Text with what XML needs escaped; control characters and bytes that are no UTF-8 become '?'. */
static int add_text(struct nmt_buffer *out, const char *s, struct nmt_err *err)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t used = nmt_utf8_decode(s + i, n - i, &cp);
        if (used == 0 || cp < 0x20 || cp == 0x7F || cp == 0xFFFE || cp == 0xFFFF)
            NMT_TRY(nmt_buffer_addc(out, '?', err));
        else if (cp == '<' || cp == '>' || cp == '&')
            NMT_TRY(nmt_buffer_adds(out, cp == '<' ? "&lt;" : cp == '>' ? "&gt;" : "&amp;", err));
        else
            NMT_TRY(nmt_buffer_add(out, s + i, used, err));
        i += used ? used : 1;
    }
    return 0;
}

static int add_label(struct nmt_buffer *out, double x, double y, const char *how, const char *s,
                     struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, how));
    NMT_TRY(add_text(out, s, err));
    return nmt_buffer_adds(out, "</text>\n", err);
}

/* A round step that divides 0 .. most into about five parts. */
static double round_step(double most)
{
    double power = pow(10, floor(log10(most / 5))), part = most / 5 / power;
    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

static struct frame make_frame(const struct nmt_chart *c)
{
    struct frame f = { 0, 0, 0, 0 };
    for (size_t i = 0; i < c->n_curves; i++)
        for (size_t k = 0; k < c->curves[i].n; k++) {
            f.most_x = fmax(f.most_x, c->curves[i].x[k]);
            f.most_y = fmax(f.most_y, c->curves[i].y[k]);
        }
    f.step_x = round_step(f.most_x > 0 ? f.most_x : 1);
    f.step_y = round_step(f.most_y > 0 ? f.most_y : 1);
    f.most_x = f.step_x * fmax(1, ceil(f.most_x / f.step_x));
    f.most_y = f.step_y * fmax(1, ceil(f.most_y / f.step_y));
    return f;
}

static int add_axes(const struct nmt_chart *c, const struct frame *f, struct nmt_buffer *out,
                    struct nmt_err *err)
{
    char number[32];
    double bottom = HEIGHT - BOTTOM;
    for (unsigned i = 0; i * f->step_y <= f->most_y * 1.0001; i++) {
        double y = pixel_y(f, i * f->step_y);
        NMT_TRY(nmt_buffer_addf(out, err,
                                "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" "
                                "stroke=\"#ddd\"/>\n",
                                LEFT, y, WIDTH - RIGHT, y));
        snprintf(number, sizeof number, "%g", i * f->step_y);
        NMT_TRY(add_label(out, LEFT - 8, y + 4, " text-anchor=\"end\"", number, err));
    }
    for (unsigned i = 0; i * f->step_x <= f->most_x * 1.0001; i++) {
        snprintf(number, sizeof number, "%g", i * f->step_x);
        NMT_TRY(add_label(out, pixel_x(f, i * f->step_x), bottom + 18, " text-anchor=\"middle\"",
                          number, err));
    }
    NMT_TRY(nmt_buffer_addf(out, err,
                            "<path d=\"M%d %d V%.1f H%d\" fill=\"none\" stroke=\"#333\"/>\n", LEFT,
                            TOP, bottom, WIDTH - RIGHT));
    NMT_TRY(add_label(out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, " text-anchor=\"middle\"",
                      c->x_label, err));
    NMT_TRY(add_label(out, LEFT, TOP - 10, " text-anchor=\"end\"", c->y_label, err));
    return add_label(out, WIDTH / 2.0, 22, " text-anchor=\"middle\" font-weight=\"bold\"", c->title,
                     err);
}

static int add_curve(const struct nmt_curve *curve, size_t i, const struct frame *f,
                     struct nmt_buffer *out, struct nmt_err *err)
{
    const char *colour = colours[i % (sizeof colours / sizeof *colours)];
    NMT_TRY(nmt_buffer_addf(out, err,
                            "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" "
                            "points=\"",
                            colour));
    for (size_t k = 0; k < curve->n; k++)
        NMT_TRY(nmt_buffer_addf(out, err, "%s%.1f,%.1f", k ? " " : "", pixel_x(f, curve->x[k]),
                                pixel_y(f, curve->y[k])));
    NMT_TRY(nmt_buffer_adds(out, "\"/>\n", err));
    for (size_t k = 0; k < curve->n; k++)
        NMT_TRY(nmt_buffer_addf(out, err, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                                pixel_x(f, curve->x[k]), pixel_y(f, curve->y[k]), colour));
    double y = TOP + 6 + 18 * (double)i;
    NMT_TRY(nmt_buffer_addf(out, err,
                            "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\" "
                            "stroke-width=\"2\"/>\n",
                            WIDTH - RIGHT - 24, y, WIDTH - RIGHT, y, colour));
    return add_label(out, WIDTH - RIGHT - 30, y + 4, " text-anchor=\"end\"", curve->name, err);
}

int nmt_chart_svg(const struct nmt_chart *c, struct nmt_buffer *out, struct nmt_err *err)
{
    struct frame f = make_frame(c);
    NMT_TRY(nmt_buffer_addf(out, err,
                            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                            "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                            WIDTH, HEIGHT, WIDTH, HEIGHT));
    NMT_TRY(add_axes(c, &f, out, err));
    for (size_t i = 0; i < c->n_curves; i++)
        NMT_TRY(add_curve(&c->curves[i], i, &f, out, err));
    return nmt_buffer_adds(out, "</svg>\n", err);
}
