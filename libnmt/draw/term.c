/*
 * The alignment matrix on a terminal. A cell is two columns wide, which makes it about square and
 * gives room to wide characters in the source words, which stand upright above their column.
 * What does not fit side by side is drawn in bands of as many source words as do.
 */
#include "label_internal.h"

#include <nmt/draw.h>

#include <string.h>

enum { CELL = 2, TALLEST = 20, LEVELS = 5 };

struct picture {
    const struct nmt_alignment *a;
    struct labels source, target;
    const struct nmt_term_options *opt;
    size_t margin; /* columns of the target words */
    size_t per_band;
    struct nmt_buffer *out;
};

static int add_spaces(struct nmt_buffer *out, size_t n, struct nmt_err *err)
{
    while (n-- > 0)
        NMT_TRY(nmt_buffer_addc(out, ' ', err));
    return 0;
}

static int end_line(struct nmt_buffer *out, struct nmt_err *err)
{
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    return nmt_buffer_addc(out, '\n', err);
}

static const char *ellipsis(const struct picture *p)
{
    return p->opt->ascii ? "~" : "\xE2\x80\xA6";
}

/* A target word, flush right in the margin, clipped when it is wider. */
static int add_target(struct picture *p, const struct label *l, struct nmt_err *err)
{
    const struct labels *all = &p->target;
    if (l->width <= p->margin) {
        NMT_TRY(add_spaces(p->out, p->margin - l->width, err));
        return nmt_buffer_add(p->out, all->text.data + l->start, l->len, err);
    }
    size_t width = 0, end = l->start;
    for (size_t i = 0; i < l->n; i++) {
        const struct cluster *c = &all->cluster[l->first + i];
        if (width + c->width > p->margin - 1)
            break;
        width += c->width;
        end = c->start + c->len;
    }
    NMT_TRY(add_spaces(p->out, p->margin - 1 - width, err));
    NMT_TRY(nmt_buffer_add(p->out, all->text.data + l->start, end - l->start, err));
    return nmt_buffer_adds(p->out, ellipsis(p), err);
}

static size_t height_of(const struct label *l)
{
    return l->n < TALLEST ? l->n : TALLEST;
}

/* The part of an upright word that stands `up` rows above the matrix (0: the row next to it). */
static int add_upright(struct picture *p, const struct label *l, size_t up, struct nmt_err *err)
{
    size_t height = height_of(l), width = 0;
    if (up < height && up == 0 && l->n > TALLEST) {
        NMT_TRY(nmt_buffer_adds(p->out, ellipsis(p), err));
        width = 1;
    } else if (up < height) {
        const struct cluster *c = &p->source.cluster[l->first + height - 1 - up];
        NMT_TRY(nmt_buffer_add(p->out, p->source.text.data + c->start, c->len, err));
        width = c->width;
    }
    return add_spaces(p->out, CELL - width, err);
}

static int add_cell(struct picture *p, float weight, struct nmt_err *err)
{
    static const char *const blocks[LEVELS] = { "\xC2\xB7 ", "\xE2\x96\x91\xE2\x96\x91",
                                                "\xE2\x96\x92\xE2\x96\x92",
                                                "\xE2\x96\x93\xE2\x96\x93",
                                                "\xE2\x96\x88\xE2\x96\x88" };
    static const char *const ascii[LEVELS] = { ". ", "--", "++", "**", "##" };
    static const float from[LEVELS] = { 0.0f, 0.05f, 0.25f, 0.5f, 0.75f };
    size_t level = LEVELS - 1;
    while (level > 0 && !(weight >= from[level]))
        level--;
    return nmt_buffer_adds(p->out, (p->opt->ascii ? ascii : blocks)[level], err);
}

/* Source words [begin, end) and all target words. */
static int add_band(struct picture *p, size_t begin, size_t end, struct nmt_err *err)
{
    size_t height = 0;
    for (size_t s = begin; s < end; s++)
        if (height_of(&p->source.label[s]) > height)
            height = height_of(&p->source.label[s]);
    for (size_t up = height; up-- > 0;) {
        NMT_TRY(add_spaces(p->out, p->margin + 1, err));
        for (size_t s = begin; s < end; s++)
            NMT_TRY(add_upright(p, &p->source.label[s], up, err));
        NMT_TRY(end_line(p->out, err));
    }
    for (size_t t = 0; t < p->target.n; t++) {
        NMT_TRY(add_target(p, &p->target.label[t], err));
        NMT_TRY(nmt_buffer_addc(p->out, ' ', err));
        for (size_t s = begin; s < end; s++)
            NMT_TRY(add_cell(p, p->a->weight[t * p->source.n + s], err));
        NMT_TRY(end_line(p->out, err));
    }
    return 0;
}

static int add_picture(struct picture *p, const char *title, struct nmt_err *err)
{
    size_t columns = p->opt->columns < 20 ? 20 : p->opt->columns;
    NMT_TRY(nmt_labels_init(&p->source, p->a->source, p->a->n_source, err));
    NMT_TRY(nmt_labels_init(&p->target, p->a->target, p->a->n_target, err));
    p->margin = 1;
    for (size_t t = 0; t < p->target.n; t++)
        if (p->target.label[t].width > p->margin)
            p->margin = p->target.label[t].width;
    if (p->margin > columns / 3)
        p->margin = columns / 3;
    p->per_band = (columns - p->margin - 1) / CELL;
    const char *rule = p->opt->ascii ? "--" : "\xE2\x94\x80\xE2\x94\x80";
    NMT_TRY(nmt_buffer_addf(p->out, err, "%s %s %s\n", rule, title, rule));
    size_t s = 0;
    do {
        size_t end = p->source.n - s > p->per_band ? s + p->per_band : p->source.n;
        if (s > 0)
            NMT_TRY(nmt_buffer_addc(p->out, '\n', err));
        NMT_TRY(add_band(p, s, end, err));
        s = end;
    } while (s < p->source.n);
    return 0;
}

int nmt_draw_term(const struct nmt_alignment *a, const char *title,
                  const struct nmt_term_options *opt, struct nmt_buffer *out, struct nmt_err *err)
{
    struct picture p = { .a = a, .opt = opt, .out = out };
    int rc = add_picture(&p, title, err);
    nmt_labels_release(&p.source);
    nmt_labels_release(&p.target);
    return rc;
}
