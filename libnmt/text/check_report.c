/* What was found in a bitext, for people and for scripts. */
#include <nmt/check.h>

#include <stdio.h>
#include <string.h>

#define ULL(x) ((unsigned long long)(x))

static const char *const keys[] = {
#define KEY(name, key, text, drops) key,
    NMT_FINDING_MAP(KEY)
#undef KEY
};

static const char *const texts[] = {
#define TEXT(name, key, text, drops) text,
    NMT_FINDING_MAP(TEXT)
#undef TEXT
};

static int report_found(const struct nmt_check *c, enum nmt_finding what, struct nmt_buffer *out,
                        struct nmt_err *err)
{
    const struct nmt_found *f = &c->found[what];
    char text[64];
    snprintf(text, sizeof text, "%s", texts[what]);
    if (what == NMT_FINDING_RATIO)
        snprintf(text, sizeof text, "%s %g", texts[what], c->opt.max_ratio);
    NMT_TRY(nmt_buffer_addf(out, err, "%-24s %10llu", text, ULL(f->pairs)));
    if (f->pairs > 0)
        NMT_TRY(nmt_buffer_addf(out, err, "   first: line %llu", ULL(f->line)));
    if (f->pairs > 0 && f->side >= 0)
        NMT_TRY(nmt_buffer_addf(out, err, " of %s", c->side[f->side].path));
    if (f->byte > 0)
        NMT_TRY(nmt_buffer_addf(out, err, ", byte %llu", ULL(f->byte)));
    return nmt_buffer_addc(out, '\n', err);
}

static int report_verdict(const struct nmt_check *c, struct nmt_buffer *out, struct nmt_err *err)
{
    if (nmt_check_usable(c))
        return nmt_buffer_adds(out, "usable\n", err);
    if (c->side[0].lines != c->side[1].lines)
        return nmt_buffer_adds(out, "not usable: the line counts differ\n", err);
    if (c->refused > 0)
        return nmt_buffer_addf(
            out, err, "not usable: nmt-train refuses %llu pair%s, the first in line %llu\n",
            ULL(c->refused), c->refused == 1 ? "" : "s", ULL(c->first));
    return nmt_buffer_adds(out, "not usable: no pair is clean\n", err);
}

int nmt_check_report(const struct nmt_check *c, struct nmt_buffer *out, struct nmt_err *err)
{
    uint64_t lines[2] = { c->side[0].lines, c->side[1].lines };
    for (int i = 0; i < 2; i++)
        NMT_TRY(nmt_buffer_addf(out, err, "%s: %llu lines, %llu words, %llu bytes\n",
                                c->side[i].path, ULL(lines[i]), ULL(c->side[i].words),
                                ULL(c->side[i].bytes)));
    if (lines[0] != lines[1])
        NMT_TRY(nmt_buffer_addf(out, err,
                                "line counts differ: from line %llu on %s has no partner\n",
                                ULL(c->pairs + 1), c->side[lines[0] < lines[1]].path));
    NMT_TRY(nmt_buffer_addf(out, err, "%-24s %10llu\n%-24s %10llu\n", "pairs", ULL(c->pairs),
                            "clean", ULL(c->clean)));
    for (int what = 0; what < NMT_N_FINDINGS; what++)
        NMT_TRY(report_found(c, (enum nmt_finding)what, out, err));
    return report_verdict(c, out, err);
}

static int json_side(const struct nmt_check_side *s, const char *key, struct nmt_buffer *out,
                     struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addf(out, err, "\"%s\":{\"file\":", key));
    NMT_TRY(nmt_buffer_add_json(out, s->path, strlen(s->path), err));
    return nmt_buffer_addf(out, err, ",\"lines\":%llu,\"words\":%llu,\"bytes\":%llu},",
                           ULL(s->lines), ULL(s->words), ULL(s->bytes));
}

int nmt_check_json(const struct nmt_check *c, struct nmt_buffer *out, struct nmt_err *err)
{
    static const char *const sides[] = { "source", "target" };
    NMT_TRY(nmt_buffer_addc(out, '{', err));
    for (int i = 0; i < 2; i++)
        NMT_TRY(json_side(&c->side[i], sides[i], out, err));
    NMT_TRY(nmt_buffer_addf(
        out, err,
        "\"limits\":{\"words\":%llu,\"characters\":%llu,\"ratio\":%.15g},\"pairs\":%llu,\"clean\":%"
        "llu,\"refused\":%llu,\"usable\":%s,\"findings\":{",
        ULL(c->opt.max_words), ULL(c->opt.max_characters), c->opt.max_ratio, ULL(c->pairs),
        ULL(c->clean), ULL(c->refused), nmt_check_usable(c) ? "true" : "false"));
    for (int what = 0; what < NMT_N_FINDINGS; what++) {
        const struct nmt_found *f = &c->found[what];
        NMT_TRY(nmt_buffer_addf(out, err, "%s\"%s\":{\"pairs\":%llu", what ? "," : "", keys[what],
                                ULL(f->pairs)));
        if (f->pairs > 0)
            NMT_TRY(nmt_buffer_addf(out, err, ",\"line\":%llu", ULL(f->line)));
        if (f->pairs > 0 && f->side >= 0)
            NMT_TRY(nmt_buffer_addf(out, err, ",\"side\":\"%s\"", sides[f->side]));
        if (f->byte > 0)
            NMT_TRY(nmt_buffer_addf(out, err, ",\"byte\":%llu", ULL(f->byte)));
        NMT_TRY(nmt_buffer_addc(out, '}', err));
    }
    return nmt_buffer_adds(out, "}}\n", err);
}
