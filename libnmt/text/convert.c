/* Lines of text to tokens and back: a segmenter, a list of ids or an applier for each thread. */
#include "normalise_internal.h"
#include "vocab_internal.h"

#include <nmt/convert.h>
#include <nmt/id_text.h>

#include <stdlib.h>
#include <string.h>

/* Ids below this have their digits in a table: writing an id is a copy of eight bytes. */
#define MOST_DIGITS ((size_t)1 << 16)

/* An id in decimal and the space behind it. */
struct digits {
    char text[7];
    unsigned char len;
};

struct nmt_converter {
    struct nmt_convert_options opt;
    struct digits *digits; /* [n_digits]; NULL unless lines become ids */
    size_t n_digits;
    size_t n;
    struct worker {
        struct nmt_segmenter *segmenter;
        struct nmt_codes_applier *applier;
        struct nmt_ids ids;
        struct nmt_buffer spaced;
        struct nmt_normaliser normaliser; /* to look for doubtful symbols */
    } workers[];
};

static int make_digits(struct nmt_converter *c, struct nmt_err *err)
{
    size_t size = nmt_vocab_size(c->opt.vocab), n = size < MOST_DIGITS ? size : MOST_DIGITS;
    struct nmt_buffer text = NMT_BUFFER_INIT;
    int rc = 0;
    c->digits = malloc(n * sizeof *c->digits);
    if (!c->digits)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (nmt_id id = 0; id < n && rc == 0; id++) {
        text.len = 0;
        rc = nmt_ids_format(&text, &id, 1, err);
        if (rc < 0)
            break;
        struct digits *d = &c->digits[id];
        *d = (struct digits){ .len = (unsigned char)(text.len + 1) };
        memcpy(d->text, text.data, text.len);
        d->text[text.len] = ' ';
    }
    c->n_digits = n;
    nmt_buffer_release(&text);
    return rc;
}

int nmt_converter_new(struct nmt_converter **out, const struct nmt_convert_options *opt,
                      size_t workers, struct nmt_err *err)
{
    struct nmt_converter *c = calloc(1, sizeof *c + workers * sizeof *c->workers);
    if (!c)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    c->opt = *opt;
    c->n = workers;
    int rc = !opt->codes && !opt->decode && !opt->pieces ? make_digits(c, err) : 0;
    for (size_t i = 0; i < workers && rc == 0; i++) {
        struct worker *w = &c->workers[i];
        if (opt->codes)
            rc = nmt_codes_applier_new(&w->applier, opt->codes, err);
        else if (!opt->decode)
            rc = nmt_segmenter_new(&w->segmenter, opt->vocab, err);
        if (opt->vocab)
            nmt_normaliser_init(&w->normaliser, nmt_vocab_spec(opt->vocab));
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
        nmt_buffer_release(&c->workers[i].spaced);
        nmt_normaliser_release(&c->workers[i].normaliser);
    }
    if (c)
        free(c->digits);
    free(c);
}

/* The next U+2581, or end. */
static const char *next_bar(const char *p, const char *end)
{
    while (p < end && (p = memchr(p, 0xE2, (size_t)(end - p)))) {
        if (end - p >= 3 && memcmp(p, "\xE2\x96\x81", 3) == 0)
            return p;
        p++;
    }
    return end;
}

/* sentencepiece takes U+2581 in the text for a space. */
static int make_spaces(struct nmt_buffer *out, const char **line, size_t *len, struct nmt_err *err)
{
    const char *p = *line, *end = p + *len, *bar = next_bar(p, end);
    if (bar == end)
        return 0;
    out->len = 0;
    for (; bar < end; bar = next_bar(p, end)) {
        NMT_TRY(nmt_buffer_add(out, p, (size_t)(bar - p), err));
        NMT_TRY(nmt_buffer_addc(out, ' ', err));
        p = bar + 3;
    }
    NMT_TRY(nmt_buffer_add(out, p, (size_t)(end - p), err));
    *line = out->data;
    *len = out->len;
    return 0;
}

/* It takes a run of unknown words for one <unk>. */
static int join_unknown(struct nmt_ids *ids, const struct nmt_segmented *cut, struct nmt_err *err)
{
    ids->n = 0;
    for (size_t i = 0; i < cut->n; i++)
        if (i == 0 || cut->ids[i] != NMT_ID_UNK || cut->ids[i - 1] != NMT_ID_UNK)
            NMT_TRY(nmt_ids_add(ids, cut->ids[i], err));
    return 0;
}

static int doubt(const struct nmt_vocab *v, nmt_id id, struct nmt_err *err)
{
    return nmt_fail(err, NMT_ETEXT, 0,
                    "'%.60s': a file of sentencepiece does not tell whether text is cut into this "
                    "symbol (--import takes it for one that text is not cut into)",
                    nmt_vocab_piece(v, id, NULL));
}

/* It looks for user-defined symbols before and after normalising. Words are not cut at all. */
static int check_symbols(const struct nmt_vocab *v, struct worker *w, const char *line, size_t len,
                         struct nmt_err *err)
{
    if (nmt_vocab_doubtful(v) == NMT_ID_UNK || nmt_vocab_spec(v)->type == NMT_VOCAB_WORD)
        return 0;
    nmt_id id = nmt_vocab_find_doubtful(v, line, len);
    if (id == NMT_ID_UNK) {
        NMT_TRY(nmt_normalise_word(&w->normaliser, line, len, &line, &len, err));
        id = nmt_vocab_find_doubtful(v, line, len);
    }
    return id == NMT_ID_UNK ? 0 : doubt(v, id, err);
}

/* As nmt_ids_format does. */
static int write_ids(const struct nmt_converter *c, struct nmt_buffer *out, const nmt_id *ids,
                     size_t n, struct nmt_err *err)
{
    if (n == 0)
        return 0;
    NMT_TRY(nmt_buffer_reserve(out, n * 11 + sizeof(struct digits), err));
    char *p = out->data + out->len;
    for (size_t i = 0; i < n; i++) {
        if (ids[i] < c->n_digits) {
            memcpy(p, &c->digits[ids[i]], sizeof(struct digits));
            p += c->digits[ids[i]].len;
            continue;
        }
        out->len = (size_t)(p - out->data);
        NMT_TRY(nmt_ids_format(out, &ids[i], 1, err));
        p = out->data + out->len;
        *p++ = ' ';
    }
    out->len = (size_t)(p - 1 - out->data);
    return 0;
}

static int encode(const struct nmt_converter *c, struct worker *w, const char *line, size_t len,
                  uint64_t number, struct nmt_buffer *out, struct nmt_err *err)
{
    const struct nmt_convert_options *o = &c->opt;
    const struct nmt_segmented *cut;
    bool foreign = nmt_vocab_is_foreign(o->vocab);
    if (o->dropout > 0)
        nmt_segmenter_dropout(w->segmenter, o->dropout, o->seed, number);
    if (foreign)
        NMT_TRY(check_symbols(o->vocab, w, line, len, err));
    if (foreign)
        NMT_TRY(make_spaces(&w->spaced, &line, &len, err));
    NMT_TRY(nmt_segmenter_ids(w->segmenter, line, len, &cut, err));
    const nmt_id *ids = cut->ids;
    size_t n = cut->n;
    if (foreign && nmt_vocab_spec(o->vocab)->type == NMT_VOCAB_WORD) {
        NMT_TRY(join_unknown(&w->ids, cut, err));
        ids = w->ids.data;
        n = w->ids.n;
    }
    return o->pieces ? nmt_ids_format_pieces(out, ids, n, o->vocab, err)
                     : write_ids(c, out, ids, n, err);
}

static int decode(const struct nmt_convert_options *o, struct nmt_ids *ids, const char *line,
                  size_t len, struct nmt_buffer *out, struct nmt_err *err)
{
    if (o->pieces)
        NMT_TRY(nmt_ids_parse_pieces(ids, line, len, o->vocab, err));
    else
        NMT_TRY(nmt_ids_parse(ids, line, len, nmt_vocab_size(o->vocab), err));
    for (size_t i = 0; nmt_vocab_doubtful(o->vocab) != NMT_ID_UNK && i < ids->n; i++)
        if (nmt_vocab_doubts(o->vocab, ids->data[i]))
            return doubt(o->vocab, ids->data[i], err);
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
                         : encode(c, w, line, len, number, out, err);
    if (o->dropout > 0)
        nmt_codes_applier_dropout(w->applier, o->dropout, o->seed, number);
    return nmt_codes_apply(w->applier, line, len, out, err);
}
