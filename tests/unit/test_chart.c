/* Line charts: what is in the picture, and that no name breaks it. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/chart.h>

#include <string.h>

static const char *svg(const struct nmt_chart *c, struct nmt_buffer *out)
{
    out->len = 0;
    cr_assert(eq(int, nmt_chart_svg(c, out, NULL), 0));
    const char *text = nmt_buffer_str(out, NULL);
    cr_assert(eq(int, strncmp(text, "<svg ", 5), 0));
    cr_assert(eq(str, (char *)text + out->len - 7, "</svg>\n"));
    return text;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, what)); p++)
        n++;
    return n;
}

static const double x[] = { 5, 15, 25 }, y[] = { 30, 42, 0 }, z[] = { 31, 41, 1 };
static const struct nmt_bar bars[] = { { 0, 10, 7 }, { 10, 20, 1400 }, { 20, 30, 1 } };

static struct nmt_chart chart(const struct nmt_curve *curves, size_t n)
{
    return (struct nmt_chart){ .title = "T & T",
                               .x_label = "words",
                               .y_label = "BLEU",
                               .curves = curves,
                               .n_curves = n,
                               .bars = bars,
                               .n_bars = 3,
                               .bar_label = "sentences" };
}

Test(chart, every_curve_has_its_dots_and_its_place_in_the_legend)
{
    const struct nmt_curve curves[] = { { "one", x, y, 3 }, { "two", x, z, 3 } };
    struct nmt_chart c = chart(curves, 2);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    const char *text = svg(&c, &out);
    cr_expect(eq(sz, count(text, "<polyline "), 2));
    /* Three dots and one in the legend; circles for the first, squares for the second. */
    cr_expect(eq(sz, count(text, "a3.5 3.5 0 1 0 7 0"), 4));
    cr_expect(eq(sz, count(text, "h6v6h-6z"), 4));
    cr_expect(eq(sz, count(text, ">one</text>"), 1));
    cr_expect(eq(sz, count(text, ">two</text>"), 1));
    cr_expect(eq(sz, count(text, ">T &amp; T</text>"), 1));
    cr_expect(eq(sz, count(text, ">1400</text>"), 1));
    cr_expect(eq(sz, count(text, ">sentences</text>"), 1));
    nmt_buffer_release(&out);
}

Test(chart, points_lie_where_the_axes_say)
{
    const struct nmt_curve curves[] = { { "one", x, y, 3 } };
    struct nmt_chart c = chart(curves, 1);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    /* 0 .. 30.6 over pixels 60 .. 696, 0 .. 50 over pixels 392 .. 52. */
    cr_expect(eq(sz, count(svg(&c, &out), "points=\"163.9,188.0 371.8,106.4 579.6,392.0\""), 1));
    nmt_buffer_release(&out);
}

Test(chart, numbers_of_bars_stand_there_for_all_or_for_none)
{
    const struct nmt_bar narrow[] = { { 0, 10, 7 }, { 10, 1000, 1400 } };
    struct nmt_chart c = chart(NULL, 0);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    cr_expect(eq(sz, count(svg(&c, &out), "font-size=\"10\""), 3));
    c.bars = narrow;
    c.n_bars = 2;
    cr_expect(eq(sz, count(svg(&c, &out), "font-size=\"10\""), 0));
    nmt_buffer_release(&out);
}

Test(chart, names_cannot_break_out_and_long_ones_are_cut)
{
    char longest[400];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const struct nmt_curve curves[] = { { "</text><script>\x1b\n\xff", x, y, 3 },
                                        { longest, x, z, 3 } };
    struct nmt_chart c = chart(curves, 2);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    const char *text = svg(&c, &out);
    cr_expect(eq(sz, count(text, "<script"), 0));
    cr_expect(eq(sz, count(text, "\x1b"), 0));
    cr_expect(eq(sz, count(text, "&lt;/text&gt;&lt;script&gt;"), 1));
    cr_expect(eq(sz, count(text, longest), 0));
    cr_expect(eq(sz, count(text, "x\xE2\x80\xA6</text>"), 1));
    nmt_buffer_release(&out);
}

Test(chart, a_chart_without_a_point_has_axes_only)
{
    const struct nmt_curve curves[] = { { "none", NULL, NULL, 0 } };
    struct nmt_chart c = chart(curves, 1);
    c.n_bars = 0;
    struct nmt_buffer out = NMT_BUFFER_INIT;
    const char *text = svg(&c, &out);
    cr_expect(eq(sz, count(text, "nan"), 0));
    cr_expect(eq(sz, count(text, "inf"), 0));
    cr_expect(eq(sz, count(text, ">words</text>"), 1));
    nmt_buffer_release(&out);
}
