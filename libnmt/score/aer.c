/* Alignment error rate against gold with sure and possible links (Och and Ney 2003). */
#include <nmt/align.h>

#include <math.h>

void nmt_aer_add(struct nmt_aer *c, const struct nmt_links *gold, const struct nmt_links *links,
                 enum nmt_possible policy)
{
    c->lines++;
    c->links += links->n;
    for (size_t g = 0, i = 0; g < gold->n; g++) {
        const struct nmt_link *want = &gold->at[g];
        bool sure = !want->possible || policy == NMT_POSSIBLE_AS_SURE;
        if (!sure && policy == NMT_POSSIBLE_IGNORE)
            continue;
        while (i < links->n &&
               (links->at[i].source < want->source ||
                (links->at[i].source == want->source && links->at[i].target < want->target)))
            i++;
        bool hit = i < links->n && links->at[i].source == want->source &&
                   links->at[i].target == want->target;
        c->possible++;
        c->in_possible += hit;
        c->sure += sure;
        c->in_sure += sure && hit;
    }
}

static double ratio(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

struct nmt_aer_scores nmt_aer_scores(const struct nmt_aer *c)
{
    struct nmt_aer_scores s = {
        .precision = ratio(c->in_possible, c->links),
        .recall = ratio(c->in_sure, c->sure),
        .aer = 1 - ratio(c->in_sure + c->in_possible, c->links + c->sure),
    };
    s.fmeasure = s.precision == 0 || s.recall == 0 ? 0 : 2 / (1 / s.precision + 1 / s.recall);
    if (isnan(s.precision) || isnan(s.recall))
        s.fmeasure = NAN;
    return s;
}

/* One score behind `lead`; `none` stands for one that is not defined. */
static int add_score(struct nmt_buffer *out, const char *lead, double value, const char *none,
                     struct nmt_err *err)
{
    if (isnan(value))
        return nmt_buffer_addf(out, err, "%s%s", lead, none);
    return nmt_buffer_addf(out, err, "%s%.12f", lead, value);
}

int nmt_aer_text(const struct nmt_aer *c, struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_aer_scores s = nmt_aer_scores(c);
    NMT_TRY(add_score(out, "precision ", s.precision, "-", err));
    NMT_TRY(add_score(out, "\nrecall    ", s.recall, "-", err));
    NMT_TRY(add_score(out, "\naer       ", s.aer, "-", err));
    NMT_TRY(add_score(out, "\nfmeasure  ", s.fmeasure, "-", err));
    return nmt_buffer_addf(out, err,
                           "\nlinks     %llu\nsure      %llu\npossible  %llu\n"
                           "lines     %llu\n",
                           (unsigned long long)c->links, (unsigned long long)c->sure,
                           (unsigned long long)c->possible, (unsigned long long)c->lines);
}

int nmt_aer_json(const struct nmt_aer *c, struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_aer_scores s = nmt_aer_scores(c);
    NMT_TRY(add_score(out, "{\"precision\": ", s.precision, "null", err));
    NMT_TRY(add_score(out, ", \"recall\": ", s.recall, "null", err));
    NMT_TRY(add_score(out, ", \"aer\": ", s.aer, "null", err));
    NMT_TRY(add_score(out, ", \"fmeasure\": ", s.fmeasure, "null", err));
    return nmt_buffer_addf(out, err,
                           ", \"links\": %llu, \"sure\": %llu, \"possible\": %llu, "
                           "\"lines\": %llu}\n",
                           (unsigned long long)c->links, (unsigned long long)c->sure,
                           (unsigned long long)c->possible, (unsigned long long)c->lines);
}

int nmt_aer_fmeasure(const struct nmt_aer *c, struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_aer_scores s = nmt_aer_scores(c);
    if (c->links == 0 || c->sure == 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "the %s file has no links, so there is no f-measure",
                        c->links == 0 ? "first" : "second");
    return nmt_buffer_addf(out, err, "P: %g\nR: %g\nF: %g\n", s.precision, s.recall, s.fmeasure);
}
