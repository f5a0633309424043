/* Classes by length, and the worst sentences, as text, JSON or columns. */
#include "columns_internal.h"

#include <nmt/report_lines.h>
#include <nmt/utf8.h>

#include <stdio.h>
#include <string.h>

/* --- by length --------------------------------------------------------------------------- */

struct classes {
    const struct nmt_report *r;
    const struct nmt_by_length *b;
    const struct nmt_evaluation *e;
    const char *const *names;
};

/* "11-20", "0", "9981-", "all". */
static void name_class(const struct classes *c, size_t k, char *out, size_t size)
{
    uint64_t from, to;
    nmt_by_length_range(c->b, k, &from, &to);
    if (k == c->b->n_classes)
        snprintf(out, size, "all");
    else if (from == to)
        snprintf(out, size, "%llu", (unsigned long long)from);
    else if (to == 0)
        snprintf(out, size, "%llu-", (unsigned long long)from);
    else
        snprintf(out, size, "%llu-%llu", (unsigned long long)from, (unsigned long long)to);
}

/* The score of class k, the one behind the last being all lines. */
static double score_of(const struct classes *c, size_t k, size_t system, size_t metric)
{
    return k < c->b->n_classes
               ? nmt_by_length_score(c->b, c->e, k, system, metric)
               : nmt_metric_score(&c->e->metrics[metric],
                                  c->e->sums + nmt_evaluation_at(c->e, system, metric));
}

static uint64_t count_of(const struct classes *c, size_t k)
{
    return k < c->b->n_classes ? c->b->counts[k] : c->e->n_lines;
}

static int fill_columns(const struct classes *c, struct nmt_columns *table, struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    NMT_TRY(nmt_columns_add(table, err, "words"));
    NMT_TRY(nmt_columns_add(table, err, "sentences"));
    for (size_t i = 0; i < c->e->n_systems * c->e->n_metrics; i++) {
        nmt_metric_name(&c->e->metrics[i % c->e->n_metrics], name);
        if (c->e->n_systems > 1)
            NMT_TRY(nmt_columns_add(table, err, "%s %s", c->names[i / c->e->n_metrics], name));
        else
            NMT_TRY(nmt_columns_add(table, err, "%s", name));
    }
    for (size_t k = 0; k <= c->b->n_classes; k++) {
        if (count_of(c, k) == 0)
            continue;
        name_class(c, k, name, sizeof name);
        NMT_TRY(nmt_columns_add(table, err, "%s", name));
        NMT_TRY(nmt_columns_add(table, err, "%llu", (unsigned long long)count_of(c, k)));
        for (size_t i = 0; i < c->e->n_systems * c->e->n_metrics; i++)
            NMT_TRY(nmt_columns_add(table, err, "%.*f", (int)c->r->width,
                                    score_of(c, k, i / c->e->n_metrics, i % c->e->n_metrics)));
    }
    return 0;
}

static int columns_by_length(const struct classes *c, struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_columns table = { .n_columns = 2 + c->e->n_systems * c->e->n_metrics };
    bool tabs = c->r->format == NMT_REPORT_TSV, latex = c->r->format == NMT_REPORT_LATEX;
    int rc = fill_columns(c, &table, err);
    if (rc == 0)
        rc = nmt_columns_print(&table,
                               tabs    ? NMT_COLUMNS_TABS
                               : latex ? NMT_COLUMNS_LATEX
                                       : NMT_COLUMNS_RIGHT,
                               out, err);
    nmt_columns_release(&table);
    return rc < 0 || tabs ? rc
                          : nmt_report_signatures(c->r, c->e->metrics, c->e->n_metrics, out, err);
}

/* One class: {"from": 1, "to": 10, "sentences": 7, "scores": [{"system": "a", "BLEU": 31.2}]}. */
static int json_class(const struct classes *c, size_t k, struct nmt_buffer *out,
                      struct nmt_err *err)
{
    uint64_t from, to;
    char name[NMT_METRIC_NAME_MAX];
    nmt_by_length_range(c->b, k, &from, &to);
    NMT_TRY(nmt_buffer_addc(out, '{', err));
    if (k < c->b->n_classes)
        NMT_TRY(nmt_buffer_addf(out, err, "\"from\": %llu, ", (unsigned long long)from));
    if (k < c->b->n_classes && (to > 0 || from == 0))
        NMT_TRY(nmt_buffer_addf(out, err, "\"to\": %llu, ", (unsigned long long)to));
    NMT_TRY(nmt_buffer_addf(out, err, "\"sentences\": %llu, \"scores\": [",
                            (unsigned long long)count_of(c, k)));
    for (size_t s = 0; s < c->e->n_systems; s++) {
        NMT_TRY(nmt_buffer_adds(out, s ? ", {\"system\": " : "{\"system\": ", err));
        NMT_TRY(nmt_buffer_add_json(out, c->names[s], strlen(c->names[s]), err));
        for (size_t m = 0; m < c->e->n_metrics; m++) {
            nmt_metric_name(&c->e->metrics[m], name);
            NMT_TRY(nmt_buffer_addf(out, err, ", \"%s\": ", name));
            NMT_TRY(nmt_report_json_number(nmt_report_rounded(score_of(c, k, s, m), c->r->width),
                                           out, err));
        }
        NMT_TRY(nmt_buffer_addc(out, '}', err));
    }
    return nmt_buffer_adds(out, "]}", err);
}

static int json_by_length(const struct classes *c, struct nmt_buffer *out, struct nmt_err *err)
{
    bool first = true;
    NMT_TRY(nmt_buffer_adds(out, "{\n \"by_length\": [", err));
    for (size_t k = 0; k < c->b->n_classes; k++) {
        if (count_of(c, k) == 0)
            continue;
        NMT_TRY(nmt_buffer_adds(out, first ? "\n  " : ",\n  ", err));
        NMT_TRY(json_class(c, k, out, err));
        first = false;
    }
    NMT_TRY(nmt_buffer_adds(out, "\n ],\n \"all\": ", err));
    NMT_TRY(json_class(c, c->b->n_classes, out, err));
    NMT_TRY(nmt_buffer_adds(out, ",\n \"signatures\": ", err));
    NMT_TRY(nmt_report_json_signatures(c->r, c->e->metrics, c->e->n_metrics, out, err));
    return nmt_buffer_adds(out, "\n}\n", err);
}

int nmt_report_by_length(const struct nmt_report *r, const struct nmt_by_length *b,
                         const struct nmt_evaluation *e, const char *const *names,
                         struct nmt_buffer *out, struct nmt_err *err)
{
    struct classes c = { r, b, e, names };
    return r->format == NMT_REPORT_JSON ? json_by_length(&c, out, err)
                                        : columns_by_length(&c, out, err);
}

/* --- the worst --------------------------------------------------------------------------- */

struct losses {
    const struct nmt_report *r;
    const struct nmt_metric_options *metric;
    const char *system, *baseline;
};

/* A text under its heading. What would steer a terminal is shown as '?': these are for reading. */
static int add_shown(struct nmt_buffer *out, const char *what, const struct nmt_buffer *text,
                     struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err, "  %-10s  ", what));
    for (size_t i = 0, used; i < text->len; i += used) {
        uint32_t cp = 0;
        used = nmt_utf8_decode(text->data + i, text->len - i, &cp);
        bool steers = used == 0 || (cp < 0x20 && cp != '\t') || (cp >= 0x7F && cp < 0xA0);
        used += used == 0;
        NMT_TRY(steers ? nmt_buffer_addc(out, '?', err)
                       : nmt_buffer_add(out, text->data + i, used, err));
    }
    return nmt_buffer_addc(out, '\n', err);
}

static int text_line(const struct losses *s, const struct nmt_worst_line *l, struct nmt_buffer *out,
                     struct nmt_err *err)
{
    int w = (int)s->r->width;
    NMT_TRY(
        nmt_buffer_addf(out, err, "\nline %llu: %.*f", (unsigned long long)l->number, w, l->score));
    if (l->has_base)
        NMT_TRY(
            nmt_buffer_addf(out, err, ", baseline %.*f, lost %.*f", w, l->baseline, w, l->loss));
    NMT_TRY(nmt_buffer_addc(out, '\n', err));
    if (l->has_source)
        NMT_TRY(add_shown(out, "source", &l->source, err));
    for (size_t i = 0; i < l->n_refs; i++)
        NMT_TRY(add_shown(out, "reference", &l->refs[i], err));
    if (l->has_base)
        NMT_TRY(add_shown(out, "baseline", &l->base, err));
    return add_shown(out, "hypothesis", &l->hyp, err);
}

static int add_text_member(struct nmt_buffer *out, const char *key, const char *text, size_t len,
                           struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err, ", \"%s\": ", key));
    return nmt_buffer_add_json(out, text, len, err);
}

static int json_line(const struct losses *s, const struct nmt_worst_line *l, struct nmt_buffer *out,
                     struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    nmt_metric_name(s->metric, name);
    NMT_TRY(nmt_buffer_addf(out, err, "{\"line\": %llu", (unsigned long long)l->number));
    NMT_TRY(add_text_member(out, "system", s->system, strlen(s->system), err));
    NMT_TRY(add_text_member(out, "metric", name, strlen(name), err));
    NMT_TRY(nmt_buffer_adds(out, ", \"score\": ", err));
    NMT_TRY(nmt_report_json_number(nmt_report_rounded(l->score, s->r->width), out, err));
    if (l->has_base) {
        NMT_TRY(nmt_buffer_adds(out, ", \"baseline_score\": ", err));
        NMT_TRY(nmt_report_json_number(nmt_report_rounded(l->baseline, s->r->width), out, err));
    }
    if (l->has_source)
        NMT_TRY(add_text_member(out, "source", l->source.data, l->source.len, err));
    NMT_TRY(nmt_buffer_adds(out, ", \"references\": [", err));
    for (size_t i = 0; i < l->n_refs; i++) {
        NMT_TRY(nmt_buffer_adds(out, i ? ", " : "", err));
        NMT_TRY(nmt_buffer_add_json(out, l->refs[i].data, l->refs[i].len, err));
    }
    NMT_TRY(nmt_buffer_addc(out, ']', err));
    if (l->has_base)
        NMT_TRY(add_text_member(out, "baseline", l->base.data, l->base.len, err));
    NMT_TRY(add_text_member(out, "hypothesis", l->hyp.data, l->hyp.len, err));
    return nmt_buffer_adds(out, "}\n", err);
}

int nmt_report_worst(const struct nmt_report *r, const struct nmt_worst *w,
                     const struct nmt_metric_options *metric, const char *system,
                     const char *baseline, struct nmt_buffer *out, struct nmt_err *err)
{
    struct losses s = { r, metric, system, baseline };
    char name[NMT_METRIC_NAME_MAX];
    if (r->format == NMT_REPORT_TEXT) {
        NMT_TRY(nmt_buffer_addf(out, err, "%s: %s by %s", system,
                                baseline                           ? "largest losses"
                                : nmt_metric_is_error_rate(metric) ? "highest rates"
                                                                   : "lowest scores",
                                nmt_metric_name(metric, name)));
        NMT_TRY(baseline ? nmt_buffer_addf(out, err, " against %s\n", baseline)
                         : nmt_buffer_addc(out, '\n', err));
    }
    for (size_t i = 0; i < w->n; i++)
        NMT_TRY(r->format == NMT_REPORT_TEXT ? text_line(&s, &w->lines[i], out, err)
                                             : json_line(&s, &w->lines[i], out, err));
    return 0;
}
