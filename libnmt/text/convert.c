/* Lines of text to tokens and back: a segmenter, a list of ids or an applier for each thread. */
#include <nmt/convert.h>
#include <nmt/id_text.h>

#include <stdlib.h>

struct nmt_converter {
    struct nmt_convert_options opt;
    size_t n;
    struct worker {
        struct nmt_segmenter *segmenter;
        struct nmt_codes_applier *applier;
        struct nmt_ids ids;
    } workers[];
};

int nmt_converter_new(struct nmt_converter **out, const struct nmt_convert_options *opt,
                      size_t workers, struct nmt_err *err)
{
    struct nmt_converter *c = calloc(1, sizeof *c + workers * sizeof *c->workers);
    if (!c)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    c->opt = *opt;
    c->n = workers;
    int rc = 0;
    for (size_t i = 0; i < workers && rc == 0; i++) {
        struct worker *w = &c->workers[i];
        if (opt->codes)
            rc = nmt_codes_applier_new(&w->applier, opt->codes, err);
        else if (!opt->decode)
            rc = nmt_segmenter_new(&w->segmenter, opt->vocab, err);
    }
    if (rc < 0) {
        nmt_converter_free(c);
        return rc;
    }
    *out = c;
    return 0;
}

void nmt_converter_free(struct nmt_converter *c)
{
    for (size_t i = 0; c && i < c->n; i++) {
        nmt_segmenter_free(c->workers[i].segmenter);
        nmt_codes_applier_free(c->workers[i].applier);
        nmt_ids_release(&c->workers[i].ids);
    }
    free(c);
}

static int encode(const struct nmt_convert_options *o, struct nmt_segmenter *s, const char *line,
                  size_t len, uint64_t number, struct nmt_buffer *out, struct nmt_err *err)
{
    const struct nmt_segmented *cut;
    if (o->dropout > 0)
        nmt_segmenter_dropout(s, o->dropout, o->seed, number);
    NMT_TRY(nmt_segmenter_encode(s, line, len, &cut, err));
    return o->pieces ? nmt_ids_format_pieces(out, cut->ids, cut->n, o->vocab, err)
                     : nmt_ids_format(out, cut->ids, cut->n, err);
}

static int decode(const struct nmt_convert_options *o, struct nmt_ids *ids, const char *line,
                  size_t len, struct nmt_buffer *out, struct nmt_err *err)
{
    if (o->pieces)
        NMT_TRY(nmt_ids_parse_pieces(ids, line, len, o->vocab, err));
    else
        NMT_TRY(nmt_ids_parse(ids, line, len, nmt_vocab_size(o->vocab), err));
    return nmt_vocab_decode(o->vocab, ids->data, ids->n, out, err);
}

int nmt_convert_line(void *converter, size_t worker, const char *line, size_t len, uint64_t number,
                     struct nmt_buffer *out, struct nmt_err *err)
{
    struct nmt_converter *c = converter;
    const struct nmt_convert_options *o = &c->opt;
    struct worker *w = &c->workers[worker];
    if (!o->codes)
        return o->decode ? decode(o, &w->ids, line, len, out, err)
                         : encode(o, w->segmenter, line, len, number, out, err);
    if (o->dropout > 0)
        nmt_codes_applier_dropout(w->applier, o->dropout, o->seed, number);
    return nmt_codes_apply(w->applier, line, len, out, err);
}
