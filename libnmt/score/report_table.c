/* Several systems' scores: a table, a JSON list with sacreBLEU's keys, or columns between tabs. */
#include <nmt/report.h>

#include <stdio.h>
#include <string.h>

struct table {
    const struct nmt_report *r;
    const char *const *names;
    const struct nmt_result *results; /* [n_systems][n_metrics] */
    size_t n_systems, n_metrics;
};

/* Characters, as wide as they stand on a terminal if none is wide. */
static size_t width_of(const char *s, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n; i++)
        width += ((unsigned char)s[i] & 0xC0) != 0x80;
    return width;
}

/* "63.7", "63.7 (63.8 ± 1.3)", "59.4 (59.4 ± 1.3), p = 0.0010*". */
static int add_cell(const struct table *t, const struct nmt_result *x, struct nmt_buffer *out,
                    struct nmt_err *err)
{
    int w = (int)t->r->width;
    NMT_TRY(nmt_buffer_addf(out, err, "%.*f", w, x->score));
    if (x->has_interval)
        NMT_TRY(nmt_buffer_addf(out, err, " (%.*f \xC2\xB1 %.*f)", w, x->mean, w, x->half_width));
    if (x->has_p)
        NMT_TRY(nmt_buffer_addf(out, err, ", p = %.4f%s", x->p, x->p < 0.05 ? "*" : ""));
    return 0;
}

static int add_field(const struct table *t, size_t row, size_t column, struct nmt_buffer *out,
                     struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    if (column == 0)
        return nmt_buffer_adds(out, row == 0 ? "system" : t->names[row - 1], err);
    if (row == 0)
        return nmt_buffer_adds(out, nmt_metric_name(t->results[column - 1].metric, name), err);
    return add_cell(t, &t->results[(row - 1) * t->n_metrics + column - 1], out, err);
}

static int widths(const struct table *t, size_t *width, struct nmt_err *err)
{
    struct nmt_buffer field = NMT_BUFFER_INIT;
    int rc = 0;
    for (size_t row = 0; row <= t->n_systems && rc == 0; row++)
        for (size_t column = 0; column <= t->n_metrics && rc == 0; column++) {
            field.len = 0;
            rc = add_field(t, row, column, &field, err);
            size_t n = width_of(field.data, field.len);
            width[column] = n > width[column] ? n : width[column];
        }
    nmt_buffer_release(&field);
    return rc;
}

static int text_table(const struct table *t, struct nmt_buffer *out, struct nmt_err *err)
{
    size_t width[NMT_METRIC_KINDS + 1] = { 0 };
    NMT_TRY(widths(t, width, err));
    for (size_t row = 0; row <= t->n_systems; row++) {
        for (size_t column = 0; column <= t->n_metrics; column++) {
            size_t start = out->len;
            NMT_TRY(add_field(t, row, column, out, err));
            size_t n = width_of(out->data + start, out->len - start);
            if (column < t->n_metrics)
                NMT_TRY(nmt_buffer_addf(out, err, "%*s", (int)(width[column] - n + 2), ""));
        }
        NMT_TRY(nmt_buffer_addc(out, '\n', err));
    }
    NMT_TRY(nmt_buffer_addc(out, '\n', err));
    for (size_t m = 0; m < t->n_metrics; m++) {
        char name[NMT_METRIC_NAME_MAX];
        nmt_metric_name(t->results[m].metric, name);
        NMT_TRY(nmt_buffer_addf(out, err, "%s|", name));
        NMT_TRY(nmt_metric_signature(t->results[m].metric, &t->r->how, t->r->brief, out, err));
        NMT_TRY(nmt_buffer_addc(out, '\n', err));
    }
    if (t->results[t->n_systems * t->n_metrics - 1].has_p)
        NMT_TRY(nmt_buffer_adds(
            out, "p: chance of such a difference from the first system; * below 0.05\n", err));
    return 0;
}

static int tsv_row(const struct table *t, size_t system, struct nmt_buffer *out,
                   struct nmt_err *err)
{
    int w = (int)t->r->width;
    NMT_TRY(nmt_buffer_adds(out, t->names[system], err));
    for (size_t m = 0; m < t->n_metrics; m++) {
        const struct nmt_result *x = &t->results[system * t->n_metrics + m];
        const struct nmt_result *last = &t->results[(t->n_systems - 1) * t->n_metrics + m];
        NMT_TRY(nmt_buffer_addf(out, err, "\t%.*f", w, x->score));
        if (x->has_interval)
            NMT_TRY(nmt_buffer_addf(out, err, "\t%.*f\t%.*f", w, x->mean, w, x->half_width));
        if (last->has_p && x->has_p)
            NMT_TRY(nmt_buffer_addf(out, err, "\t%.6g", x->p));
        else if (last->has_p)
            NMT_TRY(nmt_buffer_adds(out, "\t", err));
    }
    return nmt_buffer_addc(out, '\n', err);
}

static int tsv_table(const struct table *t, struct nmt_buffer *out, struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    NMT_TRY(nmt_buffer_adds(out, "system", err));
    for (size_t m = 0; m < t->n_metrics; m++) {
        const struct nmt_result *last = &t->results[(t->n_systems - 1) * t->n_metrics + m];
        nmt_metric_name(last->metric, name);
        NMT_TRY(nmt_buffer_addf(out, err, "\t%s", name));
        if (last->has_interval)
            NMT_TRY(nmt_buffer_addf(out, err, "\t%s mean\t%s half-width", name, name));
        if (last->has_p)
            NMT_TRY(nmt_buffer_addf(out, err, "\t%s p", name));
    }
    NMT_TRY(nmt_buffer_addc(out, '\n', err));
    for (size_t s = 0; s < t->n_systems; s++)
        NMT_TRY(tsv_row(t, s, out, err));
    return 0;
}

static int add_number_or_null(const char *key, bool has, double value, struct nmt_buffer *out,
                              struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err, "            \"%s\": ", key));
    return has ? nmt_report_json_number(value, out, err) : nmt_buffer_adds(out, "null", err);
}

/* One system's object. A plain score is a number; a tested one an object of its own, in full. */
static int json_system(const struct table *t, size_t system, struct nmt_buffer *out,
                       struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    bool tested = t->results[t->n_systems * t->n_metrics - 1].has_p;
    NMT_TRY(nmt_buffer_adds(out, "    {\n        \"system\": ", err));
    NMT_TRY(nmt_buffer_add_json(out, t->names[system], strlen(t->names[system]), err));
    for (size_t m = 0; m < t->n_metrics; m++) {
        const struct nmt_result *x = &t->results[system * t->n_metrics + m];
        NMT_TRY(nmt_buffer_addf(out, err, ",\n        \"%s\": ", nmt_metric_name(x->metric, name)));
        if (!tested) {
            NMT_TRY(nmt_report_json_number(nmt_report_rounded(x->score, t->r->width), out, err));
            continue;
        }
        NMT_TRY(nmt_buffer_adds(out, "{\n", err));
        NMT_TRY(add_number_or_null("score", true, x->score, out, err));
        NMT_TRY(nmt_buffer_adds(out, ",\n", err));
        NMT_TRY(add_number_or_null("p_value", x->has_p, x->p, out, err));
        NMT_TRY(nmt_buffer_adds(out, ",\n", err));
        NMT_TRY(add_number_or_null("mean", x->has_interval, x->mean, out, err));
        NMT_TRY(nmt_buffer_adds(out, ",\n", err));
        NMT_TRY(add_number_or_null("ci", x->has_interval, x->half_width, out, err));
        NMT_TRY(nmt_buffer_adds(out, "\n        }", err));
    }
    return nmt_buffer_adds(out, "\n    }", err);
}

static int json_list(const struct table *t, struct nmt_buffer *out, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_adds(out, "[\n", err));
    for (size_t s = 0; s < t->n_systems; s++) {
        NMT_TRY(json_system(t, s, out, err));
        NMT_TRY(nmt_buffer_adds(out, s + 1 < t->n_systems ? ",\n" : "\n", err));
    }
    return nmt_buffer_adds(out, "]\n", err);
}

int nmt_report_systems(const struct nmt_report *r, const char *const *names, size_t n_systems,
                       const struct nmt_result *results, size_t n_metrics, struct nmt_buffer *out,
                       struct nmt_err *err)
{
    struct table t = { r, names, results, n_systems, n_metrics };
    switch (r->format) {
    case NMT_REPORT_JSON:
        return json_list(&t, out, err);
    case NMT_REPORT_TSV:
        return tsv_table(&t, out, err);
    case NMT_REPORT_TEXT:
        break;
    }
    return text_table(&t, out, err);
}
