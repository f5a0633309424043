/* Pictures: what reaches a terminal or an XML reader is harmless, and every line fits. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/draw.h>
#include <nmt/random.h>
#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static struct nmt_alignment alignment(char *source, uint32_t n_source, char *target,
                                      uint32_t n_target)
{
    struct nmt_alignment a = { n_source, n_target, source, target, NULL };
    a.weight = calloc((size_t)n_source * n_target + 1, sizeof *a.weight);
    cr_assert(a.weight != NULL);
    return a;
}

static const char *term(const struct nmt_alignment *a, size_t columns, bool ascii,
                        struct nmt_buffer *out)
{
    struct nmt_term_options opt = { columns, ascii };
    out->len = 0;
    cr_assert(eq(int, nmt_draw_term(a, "1", &opt, out, NULL), 0));
    return nmt_buffer_str(out, NULL);
}

Test(draw, shades_change_at_their_bounds)
{
    char source[] = "a b c d e f g h i", target[] = "x";
    struct nmt_alignment a = alignment(source, 9, target, 1);
    static const float w[] = { 0, 0.049f, 0.05f, 0.249f, 0.25f, 0.499f, 0.5f, 0.749f, 0.75f };
    memcpy(a.weight, w, sizeof w);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    cr_assert(eq(str, (char *)term(&a, 80, true, &out),
                 "-- 1 --\n  a b c d e f g h i\nx . . ----++++****##\n"));
    a.weight[0] = -3;
    a.weight[1] = 7;
    cr_assert(strstr(term(&a, 80, true, &out), "x . ##----") != NULL);
    nmt_buffer_release(&out);
    free(a.weight);
}

Test(draw, wide_and_combining_characters_keep_the_columns)
{
    char source[] = "\xE6\x97\xA5\xE6\x9C\xAC e\xCC\x81t", target[] = "\xE6\x98\xA0 ab";
    struct nmt_alignment a = alignment(source, 2, target, 2);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    cr_assert(eq(str, (char *)term(&a, 80, true, &out),
                 "-- 1 --\n"
                 "   \xE6\x97\xA5"
                 "e\xCC\x81\n"
                 "   \xE6\x9C\xAC"
                 "t\n"
                 "\xE6\x98\xA0 . .\n"
                 "ab . .\n"));
    nmt_buffer_release(&out);
    free(a.weight);
}

static size_t columns_of(const char *s, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t used = nmt_utf8_decode(s + i, n - i, &cp);
        cr_assert(used > 0, "the picture is no UTF-8");
        width += (size_t)utf8proc_charwidth((utf8proc_int32_t)cp);
        i += used;
    }
    return width;
}

Test(draw, no_line_is_wider_than_the_terminal)
{
    char source[400] = "", target[] =
                               "Donaudampfschifffahrtsgesellschaft a "
                               "\xE3\x81\x82\xE3\x82\x8A\xE3\x81\x8C\xE3\x81\xA8\xE3\x81\x86"
                               "\xE3\x81\x94\xE3\x81\x96\xE3\x81\x84\xE3\x81\xBE\xE3\x81\x99";
    for (int i = 0; i < 57; i++)
        strcat(source, i ? " w\xE6\x97\xA5z" : "first");
    struct nmt_alignment a = alignment(source, 57, target, 3);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    for (size_t columns = 20; columns < 160; columns += 7) {
        const char *p = term(&a, columns, false, &out);
        size_t rows = 0;
        for (const char *lf; (lf = strchr(p, '\n')); p = lf + 1, rows++)
            cr_assert(columns_of(p, (size_t)(lf - p)) <= columns);
        cr_assert(eq(int, *p, '\0'));
        cr_assert(rows >= 3);
    }
    nmt_buffer_release(&out);
    free(a.weight);
}

static bool is_harmless(const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t used = nmt_utf8_decode(s + i, n - i, &cp);
        if (used == 0 || (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0) ||
            (cp >= 0x202A && cp <= 0x202E) || cp == 0xFFFE || cp == 0xFFFF)
            return false;
        i += used;
    }
    return true;
}

Test(draw, random_bytes_cannot_steer_anything)
{
    struct nmt_random r = { 7, 8, 0 };
    struct nmt_buffer out = NMT_BUFFER_INIT;
    for (int round = 0; round < 300; round++) {
        char source[64], target[64];
        for (size_t i = 0; i < 63; i++) {
            source[i] = (char)(1 + nmt_random_below(&r, 255));
            target[i] = (char)(1 + nmt_random_below(&r, 255));
        }
        source[63] = target[63] = '\0';
        struct nmt_alignment a = alignment(source, 5, target, 4);
        for (size_t i = 0; i < 20; i++)
            a.weight[i] = (float)nmt_random_uniform(&r);
        term(&a, 40, false, &out);
        cr_assert(is_harmless(out.data, out.len));
        out.len = 0;
        cr_assert(eq(int, nmt_draw_matrix(&a, "1", &out, NULL), 0));
        cr_assert(is_harmless(out.data, out.len));
        struct nmt_svg svg = NMT_SVG_INIT;
        out.len = 0;
        cr_assert(eq(int, nmt_svg_add(&svg, &a, "1", NULL), 0));
        cr_assert(eq(int, nmt_svg_finish(&svg, &out, NULL), 0));
        cr_assert(is_harmless(out.data, out.len));
        nmt_svg_release(&svg);
        free(a.weight);
    }
    nmt_buffer_release(&out);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    while ((text = strstr(text, what)) != NULL) {
        text += strlen(what);
        n++;
    }
    return n;
}

Test(draw, svg_escapes_words_and_draws_only_what_is_not_black)
{
    char source[] = "<b>&\"x\" y", target[] = "u v";
    struct nmt_alignment a = alignment(source, 2, target, 2);
    memcpy(a.weight, (float[]){ 1, 0, 0.001f, 0.5f }, 4 * sizeof(float));
    struct nmt_svg svg = NMT_SVG_INIT;
    struct nmt_buffer out = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_svg_add(&svg, &a, "one & only", NULL), 0));
    cr_assert(eq(int, nmt_svg_finish(&svg, &out, NULL), 0));
    const char *text = nmt_buffer_str(&out, NULL);
    cr_assert(eq(sz, count(text, ">&lt;b&gt;&amp;&quot;x&quot;</text>"), 1));
    cr_assert(eq(sz, count(text, "</title></rect>"), 2));
    cr_assert(eq(sz, count(text, "fill=\"#ffffff\""), 1));
    cr_assert(eq(sz, count(text, "fill=\"#808080\""), 1));
    cr_assert(eq(sz, count(text, "one &amp; only"), 0));
    /* With a second picture both have titles, and the sheet is higher. */
    cr_assert(eq(int, nmt_svg_add(&svg, &a, "one & only", NULL), 0));
    out.len = 0;
    cr_assert(eq(int, nmt_svg_finish(&svg, &out, NULL), 0));
    cr_assert(eq(sz, count(nmt_buffer_str(&out, NULL), "one &amp; only"), 2));
    nmt_svg_release(&svg);
    nmt_buffer_release(&out);
    free(a.weight);
}

Test(draw, words_that_are_missing_are_empty)
{
    char source[] = "a", target[] = "";
    struct nmt_alignment a = alignment(source, 3, target, 2);
    struct nmt_buffer out = NMT_BUFFER_INIT;
    cr_assert(eq(int, nmt_draw_matrix(&a, "9", &out, NULL), 0));
    cr_assert(eq(str, (char *)nmt_buffer_str(&out, NULL),
                 "9\ta\t\t\n\t0.0000\t0.0000\t0.0000\n\t0.0000\t0.0000\t0.0000\n\n"));
    term(&a, 80, false, &out);
    nmt_buffer_release(&out);
    free(a.weight);
}
