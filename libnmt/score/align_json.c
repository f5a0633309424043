/* An alignment as one JSON object. */
#include <nmt/align.h>

#include <math.h>
#include <string.h>

static int add_words(struct nmt_buffer *out, const char *name, const char *text, uint32_t n,
                     struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err, "\"%s\": [", name));
    for (uint32_t i = 0; i < n; i++) {
        size_t len = strcspn(text, " ");
        NMT_TRY(nmt_buffer_adds(out, i ? ", " : "", err));
        NMT_TRY(nmt_buffer_add_json(out, text, len, err));
        text += len + (text[len] == ' ');
    }
    return nmt_buffer_adds(out, "], ", err);
}

static int add_row(struct nmt_buffer *out, const float *row, uint32_t n, struct nmt_err *err)
{
    for (uint32_t s = 0; s < n; s++) {
        const char *comma = s ? ", " : "";
        NMT_TRY(isfinite(row[s]) ? nmt_buffer_addf(out, err, "%s%.6g", comma, (double)row[s])
                                 : nmt_buffer_addf(out, err, "%snull", comma));
    }
    return 0;
}

int nmt_alignment_json(const struct nmt_alignment *a, uint64_t record, const struct nmt_links *l,
                       struct nmt_buffer *out, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err, "{\"record\": %llu, ", (unsigned long long)record));
    NMT_TRY(add_words(out, "source", a->source, a->n_source, err));
    NMT_TRY(add_words(out, "target", a->target, a->n_target, err));
    NMT_TRY(nmt_buffer_adds(out, "\"links\": [", err));
    for (size_t i = 0; i < l->n; i++)
        NMT_TRY(nmt_buffer_addf(out, err, "%s[%u, %u]", i ? ", " : "", l->at[i].source,
                                l->at[i].target));
    NMT_TRY(nmt_buffer_adds(out, "], \"weight\": [", err));
    for (uint32_t t = 0; t < a->n_target; t++) {
        NMT_TRY(nmt_buffer_adds(out, t ? ", [" : "[", err));
        NMT_TRY(add_row(out, a->weight + (size_t)t * a->n_source, a->n_source, err));
        NMT_TRY(nmt_buffer_addc(out, ']', err));
    }
    return nmt_buffer_adds(out, "]}", err);
}
