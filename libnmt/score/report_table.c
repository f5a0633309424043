/* Several systems' scores: a table, a JSON list with sacreBLEU's keys, or columns between tabs. */
#include "columns_internal.h"

#include <nmt/report.h>

#include <string.h>

/* How a line begins that LaTeX does not read. */
#define COMMENT "% "

struct table {
    const struct nmt_report *r;
    const char *const *names;
    const struct nmt_result *results; /* [n_systems][n_metrics] */
    size_t n_systems, n_metrics;
};

/* "63.7", "63.7 (63.8 ± 1.3)", "59.4 (59.4 ± 1.3), p = 0.0010*". */
static int add_cell(const struct table *t, const struct nmt_result *x, struct nmt_columns *columns,
                    struct nmt_err *err)
{
    int w = (int)t->r->width;
    NMT_TRY(nmt_columns_add(columns, err, "%.*f", w, x->score));
    if (x->has_interval)
        NMT_TRY(
            nmt_columns_more(columns, err, " (%.*f \xC2\xB1 %.*f)", w, x->mean, w, x->half_width));
    if (x->has_p)
        NMT_TRY(nmt_columns_more(columns, err, ", p = %.4f%s", x->p, x->p < 0.05 ? "*" : ""));
    return 0;
}

static int fill_columns(const struct table *t, struct nmt_columns *columns, struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    NMT_TRY(nmt_columns_add(columns, err, "system"));
    for (size_t m = 0; m < t->n_metrics; m++)
        NMT_TRY(nmt_columns_add(columns, err, "%s", nmt_metric_name(t->results[m].metric, name)));
    for (size_t s = 0; s < t->n_systems; s++) {
        NMT_TRY(nmt_columns_add(columns, err, "%s", t->names[s]));
        for (size_t m = 0; m < t->n_metrics; m++)
            NMT_TRY(add_cell(t, &t->results[s * t->n_metrics + m], columns, err));
    }
    return 0;
}

int nmt_report_signatures(const struct nmt_report *r, const struct nmt_metric_options *metrics,
                          size_t n, struct nmt_buffer *out, struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    const char *lead = r->format == NMT_REPORT_LATEX ? COMMENT : "";
    NMT_TRY(nmt_buffer_addc(out, '\n', err));
    for (size_t m = 0; m < n; m++) {
        NMT_TRY(nmt_buffer_addf(out, err, "%s%s|", lead, nmt_metric_name(&metrics[m], name)));
        NMT_TRY(nmt_metric_signature(&metrics[m], &r->how, r->brief, out, err));
        NMT_TRY(nmt_buffer_addc(out, '\n', err));
    }
    return 0;
}

int nmt_report_json_signatures(const struct nmt_report *r, const struct nmt_metric_options *metrics,
                               size_t n, struct nmt_buffer *out, struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    for (size_t m = 0; m < n; m++) {
        NMT_TRY(nmt_buffer_addf(out, err, "%s\"%s\": \"", m ? ", " : "{",
                                nmt_metric_name(&metrics[m], name)));
        NMT_TRY(nmt_metric_signature(&metrics[m], &r->how, r->brief, out, err));
        NMT_TRY(nmt_buffer_addc(out, '"', err));
    }
    return nmt_buffer_addc(out, '}', err);
}

/* For readers: columns, and below them what they are. */
static int printed_table(const struct table *t, struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_columns columns = { .n_columns = 1 + t->n_metrics };
    struct nmt_metric_options metrics[NMT_METRIC_KINDS];
    for (size_t m = 0; m < t->n_metrics; m++)
        metrics[m] = *t->results[m].metric;
    int rc = fill_columns(t, &columns, err);
    bool latex = t->r->format == NMT_REPORT_LATEX;
    if (rc == 0)
        rc = nmt_columns_print(&columns, latex ? NMT_COLUMNS_LATEX : NMT_COLUMNS_LEFT, out, err);
    nmt_columns_release(&columns);
    NMT_TRY(rc);
    NMT_TRY(nmt_report_signatures(t->r, metrics, t->n_metrics, out, err));
    if (!t->results[t->n_systems * t->n_metrics - 1].has_p)
        return 0;
    return nmt_buffer_addf(out, err,
                           "%sp: chance of such a difference from the first system; * below 0.05\n",
                           latex ? COMMENT : "");
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
    case NMT_REPORT_LATEX:
        break;
    }
    return printed_table(&t, out, err);
}
