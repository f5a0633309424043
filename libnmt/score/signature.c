/* Signatures: with which options a score was made, in sacreBLEU's words and order. */
#include <nmt/metric.h>
#include <nmt/version.h>

#include <stdio.h>

/* What every pair is added through. */
struct pairs {
    struct nmt_buffer *out;
    size_t start;
    bool brief;
};

static int add(struct pairs *p, const char *key, const char *brief, const char *value,
               struct nmt_err *err)
{
    return nmt_buffer_addf(p->out, err, "%s%s:%s", p->out->len > p->start ? "|" : "",
                           p->brief ? brief : key, value);
}

static int add_number(struct pairs *p, const char *key, const char *brief, size_t value,
                      struct nmt_err *err)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", value);
    return add(p, key, brief, text, err);
}

static const char *yes(bool b)
{
    return b ? "yes" : "no";
}

static int add_provenance(struct pairs *p, const struct nmt_provenance *how, struct nmt_err *err)
{
    if (how->n_refs)
        NMT_TRY(add_number(p, "nrefs", "#", how->n_refs, err));
    else
        NMT_TRY(add(p, "nrefs", "#", "var", err));
    if (how->bootstraps)
        NMT_TRY(add_number(p, "bs", "bs", how->bootstraps, err));
    if (how->randomizations)
        NMT_TRY(add_number(p, "ar", "ar", how->randomizations, err));
    if (how->seed)
        NMT_TRY(add(p, "seed", "rs", how->seed, err));
    return 0;
}

static int add_bleu(struct pairs *p, const struct nmt_bleu_options *o, struct nmt_err *err)
{
    char smooth[64];
    double value = nmt_bleu_smooth_value(o);
    switch (o->smoothing) {
    case NMT_SMOOTH_EXP:
        snprintf(smooth, sizeof smooth, "exp");
        break;
    case NMT_SMOOTH_FLOOR:
        snprintf(smooth, sizeof smooth, "floor[%.2f]", value);
        break;
    case NMT_SMOOTH_ADD_K:
        snprintf(smooth, sizeof smooth, "add-k[%.2f]", value);
        break;
    case NMT_SMOOTH_NONE:
        snprintf(smooth, sizeof smooth, "none");
        break;
    }
    NMT_TRY(add(p, "case", "c", o->lowercase ? "lc" : "mixed", err));
    NMT_TRY(add(p, "eff", "e", yes(o->effective_order), err));
    NMT_TRY(add(p, "tok", "tok", nmt_tokenization_name(o->tokenization), err));
    NMT_TRY(add(p, "smooth", "s", smooth, err));
    /* The reference cannot be asked for this on its command line and does not say it. */
    return o->max_order == 4 ? 0 : add_number(p, "order", "o", o->max_order, err);
}

static int add_chrf(struct pairs *p, const struct nmt_chrf_options *o, struct nmt_err *err)
{
    NMT_TRY(add(p, "case", "c", o->lowercase ? "lc" : "mixed", err));
    NMT_TRY(add(p, "eff", "e", yes(!o->eps_smoothing), err));
    NMT_TRY(add_number(p, "nc", "nc", o->char_order, err));
    NMT_TRY(add_number(p, "nw", "nw", o->word_order, err));
    return add(p, "space", "s", yes(o->whitespace), err);
}

static int add_ter(struct pairs *p, const struct nmt_ter_options *o, struct nmt_err *err)
{
    NMT_TRY(add(p, "case", "c", o->case_sensitive ? "mixed" : "lc", err));
    NMT_TRY(add(p, "tok", "t", "tercom", err));
    NMT_TRY(add(p, "norm", "nr", yes(o->normalized), err));
    NMT_TRY(add(p, "punct", "pn", yes(!o->no_punct), err));
    return add(p, "asian", "as", yes(o->asian), err);
}

int nmt_metric_signature(const struct nmt_metric_options *opt, const struct nmt_provenance *how,
                         bool brief, struct nmt_buffer *out, struct nmt_err *err)
{
    struct pairs p = { out, out->len, brief };
    NMT_TRY(add_provenance(&p, how, err));
    switch (opt->kind) {
    case NMT_METRIC_BLEU:
        NMT_TRY(add_bleu(&p, &opt->bleu, err));
        break;
    case NMT_METRIC_CHRF:
        NMT_TRY(add_chrf(&p, &opt->chrf, err));
        break;
    case NMT_METRIC_TER:
        NMT_TRY(add_ter(&p, &opt->ter, err));
        break;
    case NMT_METRIC_EXACT:
        NMT_TRY(add(&p, "case", "c", "mixed", err));
        break;
    }
    NMT_TRY(nmt_buffer_addf(out, err, "|%s:nmt-bleu-%s", brief ? "v" : "version", nmt_version()));
    return 0;
}
