/* One system's scores: sacreBLEU's formats, to the byte. */
#include <nmt/report.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double nmt_report_rounded(double value, unsigned decimals)
{
    char text[400];
    snprintf(text, sizeof text, "%.*f", (int)decimals, value);
    return strtod(text, NULL);
}

int nmt_report_json_number(double value, struct nmt_buffer *out, struct nmt_err *err)
{
    char text[400];
    for (int decimals = 1; decimals <= 60; decimals++) {
        snprintf(text, sizeof text, "%.*f", decimals, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return nmt_buffer_adds(out, text, err);
}

/* "63.7", or "63.7 (μ = 63.8 ± 1.3)". */
static int add_number(const struct nmt_report *r, const struct nmt_result *x,
                      struct nmt_buffer *out, struct nmt_err *err)
{
    int w = (int)r->width;
    NMT_TRY(nmt_buffer_addf(out, err, "%.*f", w, x->score));
    if (!x->has_interval)
        return 0;
    return nmt_buffer_addf(out, err, " (\xCE\xBC = %.*f \xC2\xB1 %.*f)", w, x->mean, w,
                           x->half_width);
}

static int add_text(const struct nmt_report *r, const struct nmt_result *x, struct nmt_buffer *out,
                    struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    if (r->score_only)
        return add_number(r, x, out, err);
    NMT_TRY(nmt_buffer_addf(out, err, "%s|", nmt_metric_name(x->metric, name)));
    NMT_TRY(nmt_metric_signature(x->metric, &r->how, r->brief, out, err));
    NMT_TRY(nmt_buffer_adds(out, " = ", err));
    NMT_TRY(add_number(r, x, out, err));
    size_t before = out->len;
    NMT_TRY(nmt_buffer_addc(out, ' ', err));
    NMT_TRY(nmt_metric_details(x->metric, x->row, out, err));
    if (out->len == before + 1)
        out->len = before;
    return 0;
}

/* How members of a JSON object are separated: on lines of their own, or on one. */
static int add_key(struct nmt_buffer *out, const char *key, size_t len, bool one_line,
                   struct nmt_err *err)
{
    bool first = out->data[out->len - 1] == '{';
    NMT_TRY(nmt_buffer_adds(out, first ? "" : ",", err));
    NMT_TRY(nmt_buffer_adds(out, !one_line ? "\n " : first ? "" : " ", err));
    NMT_TRY(nmt_buffer_add_json(out, key, len, err));
    return nmt_buffer_adds(out, ": ", err);
}

static int add_member(struct nmt_buffer *out, const char *key, const char *value, size_t len,
                      bool one_line, struct nmt_err *err)
{
    NMT_TRY(add_key(out, key, strlen(key), one_line, err));
    return nmt_buffer_add_json(out, value, len, err);
}

static int add_member_number(struct nmt_buffer *out, const char *key, double value, bool one_line,
                             struct nmt_err *err)
{
    NMT_TRY(add_key(out, key, strlen(key), one_line, err));
    return nmt_report_json_number(value, out, err);
}

/* Each key:value of the signature as a member of its own. */
static int add_signature_parts(const char *signature, struct nmt_buffer *out, bool one_line,
                               struct nmt_err *err)
{
    for (const char *p = signature; *p;) {
        size_t len = strcspn(p, "|");
        const char *colon = memchr(p, ':', len);
        NMT_TRY(add_key(out, p, (size_t)(colon - p), one_line, err));
        NMT_TRY(nmt_buffer_add_json(out, colon + 1, len - (size_t)(colon - p) - 1, err));
        p += len + (p[len] == '|');
    }
    return 0;
}

static int add_interval(const struct nmt_report *r, const struct nmt_result *x,
                        struct nmt_buffer *out, bool one_line, struct nmt_err *err)
{
    char text[900];
    int w = (int)r->width;
    NMT_TRY(add_member_number(out, "confidence_mean", nmt_report_rounded(x->mean, r->width),
                              one_line, err));
    NMT_TRY(add_member_number(out, "confidence_var", nmt_report_rounded(x->half_width, r->width),
                              one_line, err));
    int n =
        snprintf(text, sizeof text, "\xCE\xBC = %.*f \xC2\xB1 %.*f", w, x->mean, w, x->half_width);
    return add_member(out, "confidence", text, (size_t)n, one_line, err);
}

static int add_json(const struct nmt_report *r, const struct nmt_result *x, bool one_line,
                    struct nmt_buffer *out, struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    struct nmt_buffer signature = NMT_BUFFER_INIT, details = NMT_BUFFER_INIT;
    int rc = nmt_metric_signature(x->metric, &r->how, false, &signature, err);
    const char *signed_by = rc == 0 ? nmt_buffer_str(&signature, err) : NULL;
    if (!signed_by || (rc = nmt_metric_details(x->metric, x->row, &details, err)) < 0)
        goto done;
    nmt_metric_name(x->metric, name);
    rc = nmt_buffer_addc(out, '{', err);
    if (rc == 0)
        rc = add_member(out, "name", name, strlen(name), one_line, err);
    if (rc == 0)
        rc = add_member_number(out, "score", nmt_report_rounded(x->score, r->width), one_line, err);
    if (rc == 0)
        rc = add_member(out, "signature", signed_by, signature.len, one_line, err);
    if (rc == 0 && x->has_interval)
        rc = add_interval(r, x, out, one_line, err);
    if (rc == 0 && details.len)
        rc = add_member(out, "verbose_score", details.data, details.len, one_line, err);
    if (rc == 0)
        rc = add_signature_parts(signed_by, out, one_line, err);
    if (rc == 0)
        rc = nmt_buffer_adds(out, one_line ? "}" : "\n}", err);
done:
    nmt_buffer_release(&signature);
    nmt_buffer_release(&details);
    return signed_by ? rc : NMT_ENOMEM;
}

int nmt_report_score(const struct nmt_report *r, const struct nmt_result *x, struct nmt_buffer *out,
                     struct nmt_err *err)
{
    if (r->format == NMT_REPORT_JSON && !r->score_only)
        NMT_TRY(add_json(r, x, true, out, err));
    else
        NMT_TRY(add_text(r, x, out, err));
    return nmt_buffer_addc(out, '\n', err);
}

static int single_json(const struct nmt_report *r, const struct nmt_result *x, size_t n,
                       struct nmt_buffer *out, struct nmt_err *err)
{
    if (n > 1)
        NMT_TRY(nmt_buffer_adds(out, "[\n", err));
    for (size_t i = 0; i < n; i++) {
        if (r->score_only)
            NMT_TRY(add_number(r, &x[i], out, err));
        else
            NMT_TRY(add_json(r, &x[i], false, out, err));
        NMT_TRY(nmt_buffer_adds(out, i + 1 < n ? ",\n" : "\n", err));
    }
    return n > 1 ? nmt_buffer_adds(out, "]\n", err) : 0;
}

/* Lines of several metrics have their equal signs under one another. */
static int single_text(const struct nmt_report *r, const struct nmt_result *x, size_t n,
                       struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_buffer line = NMT_BUFFER_INIT;
    size_t widest = 0;
    int rc = 0;
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n && rc == 0; i++) {
            line.len = 0;
            if ((rc = add_text(r, &x[i], &line, err)) < 0)
                break;
            const char *equals = memchr(line.data, '=', line.len);
            size_t left = equals ? (size_t)(equals - line.data) : 0;
            widest = left > widest ? left : widest;
            if (pass == 0)
                continue;
            if (n > 1 && !r->score_only)
                rc = nmt_buffer_addf(out, err, "%*s", (int)(widest - left), "");
            if (rc == 0)
                rc = nmt_buffer_add(out, line.data, line.len, err);
            if (rc == 0)
                rc = nmt_buffer_addc(out, '\n', err);
        }
    nmt_buffer_release(&line);
    return rc;
}

int nmt_report_single(const struct nmt_report *r, const struct nmt_result *x, size_t n,
                      struct nmt_buffer *out, struct nmt_err *err)
{
    return r->format == NMT_REPORT_JSON ? single_json(r, x, n, out, err)
                                        : single_text(r, x, n, out, err);
}
