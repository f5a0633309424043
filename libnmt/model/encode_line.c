/* A line becomes a sentence: checked, cut into pieces, laid out in memory. */
#include "encode_internal.h"

#include <nmt/filter.h>
#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

int nmt_line_cutter_init(struct nmt_line_cutter *c, const struct nmt_encode_options *o,
                         const struct nmt_model *const *models, size_t n_models,
                         struct nmt_err *err)
{
    *c = (struct nmt_line_cutter){ .options = o, .models = models, .n_models = n_models };
    c->segmenter = calloc(n_models, sizeof(struct nmt_segmenter *));
    c->cut = calloc(n_models, sizeof(const struct nmt_segmented *));
    if (!c->segmenter || !c->cut)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t m = 0; m < n_models && !o->ids; m++)
        NMT_TRY(nmt_segmenter_new(&c->segmenter[m], nmt_model_source_vocab(models[m]), err));
    return 0;
}

void nmt_line_cutter_release(struct nmt_line_cutter *c)
{
    for (size_t m = 0; c->segmenter && m < c->n_models; m++)
        nmt_segmenter_free(c->segmenter[m]);
    free(c->segmenter);
    free(c->cut);
    free(c->part);
    free(c->word);
    free(c->span);
    nmt_ids_release(&c->ids);
    nmt_buffer_release(&c->text);
    *c = (struct nmt_line_cutter){ 0 };
}

/* --- text -------------------------------------------------------------------------------- */

static int repair_text(struct nmt_buffer *out, const char *line, size_t len, struct nmt_err *err)
{
    out->len = 0;
    NMT_TRY(nmt_text_repair(out, line, len, err));
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i] == '\r')
            out->data[i] = ' ';
    return 0;
}

static int cut_text(struct nmt_line_cutter *c, const char *line, size_t len, struct nmt_err *err)
{
    struct nmt_err fault = NMT_ERR_INIT;
    c->text.len = 0;
    if (nmt_sentence_check(line, len, &fault) == 0)
        NMT_TRY(nmt_buffer_add(&c->text, line, len, err));
    else if (c->options->invalid == NMT_INVALID_REPLACE)
        NMT_TRY(repair_text(&c->text, line, len, err));
    else
        return nmt_fail(err, fault.code, 0, "%s", fault.msg);
    const char *text = c->text.len ? c->text.data : "";
    for (size_t m = 0; m < c->n_models; m++)
        NMT_TRY(nmt_segmenter_encode(c->segmenter[m], text, c->text.len, &c->cut[m], err));
    return 0;
}

/* --- ids --------------------------------------------------------------------------------- */

static int find_spans(struct nmt_line_cutter *c, size_t n_words, struct nmt_err *err)
{
    if (n_words > c->cap_span) {
        struct nmt_span *more = realloc(c->span, n_words * sizeof *more);
        if (!more)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        c->span = more;
        c->cap_span = n_words;
    }
    size_t at = 0, w = 0;
    while (w < n_words) {
        while (at < c->text.len && c->text.data[at] == ' ')
            at++;
        size_t start = at;
        while (at < c->text.len && c->text.data[at] != ' ')
            at++;
        if (at == start)
            return nmt_fail(err, NMT_ETEXT, 0, "the ids give a text of other words");
        c->span[w++] = (struct nmt_span){ (uint32_t)start, (uint32_t)(at - start) };
    }
    return 0;
}

/* The text that rides with ids is what the first model's vocabulary makes of them. */
static int cut_ids(struct nmt_line_cutter *c, const char *line, size_t len, struct nmt_err *err)
{
    const struct nmt_vocab *v = nmt_model_source_vocab(c->models[0]);
    size_t smallest = SIZE_MAX;
    for (size_t m = 0; m < c->n_models; m++) {
        size_t size = nmt_vocab_size(nmt_model_source_vocab(c->models[m]));
        smallest = size < smallest ? size : smallest;
    }
    NMT_TRY(nmt_ids_parse(&c->ids, line, len, smallest, err));
    for (size_t i = 0; i < c->ids.n; i++)
        if (c->ids.data[i] == NMT_ID_BOS || c->ids.data[i] == NMT_ID_EOS)
            return nmt_fail(err, NMT_ETEXT, 0, "id %u may not stand in a sentence", c->ids.data[i]);
    c->text.len = 0;
    NMT_TRY(nmt_vocab_decode(v, c->ids.data, c->ids.n, &c->text, err));
    if (c->ids.n > c->cap_word) {
        uint32_t *more = realloc(c->word, c->ids.n * sizeof *more);
        if (!more)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        c->word = more;
        c->cap_word = c->ids.n;
    }
    size_t n_words = nmt_vocab_words(v, c->ids.data, c->ids.n, c->word);
    NMT_TRY(find_spans(c, n_words, err));
    c->from_ids = (struct nmt_segmented){ c->ids.data, c->word, c->ids.n, c->span, n_words };
    for (size_t m = 0; m < c->n_models; m++)
        c->cut[m] = &c->from_ids;
    return 0;
}

/* --- layout ------------------------------------------------------------------------------ */

/* Is there a character to be seen? White space of all kinds, controls, and what only says how
 * others are written (U+FEFF, joiners, directions) are none. */
static bool is_visible(const struct nmt_buffer *text)
{
    for (size_t i = 0; i < text->len;) {
        uint32_t cp;
        size_t n = nmt_utf8_decode(text->data + i, text->len - i, &cp);
        const utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)cp);
        if (kind != UTF8PROC_CATEGORY_ZS && kind != UTF8PROC_CATEGORY_ZL &&
            kind != UTF8PROC_CATEGORY_ZP && kind != UTF8PROC_CATEGORY_CC &&
            kind != UTF8PROC_CATEGORY_CF)
            return true;
        i += n ? n : 1;
    }
    return false;
}

/* Nothing to read: no model has to run. */
static bool is_blank(const struct nmt_line_cutter *c)
{
    if (!c->options->ids && !is_visible(&c->text))
        return true;
    if (c->cut[0]->n_words == 0)
        return true;
    for (size_t m = 0; m < c->n_models; m++)
        if (c->cut[m]->n == 0)
            return true;
    return false;
}

static uint32_t tokens_of(const struct nmt_line_cutter *c, size_t m)
{
    uint64_t n = 0;
    for (size_t i = 0; i < c->n_parts; i++)
        n += c->part[i].end[m] - c->part[i].first[m] + 1;
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static void lay_out(struct nmt_sentence *s, struct nmt_arena *a, const struct nmt_line_cutter *c)
{
    s->text_len = (uint32_t)c->text.len;
    s->n_words = (uint32_t)c->cut[0]->n_words;
    s->n_models = (uint32_t)c->n_models;
    s->text = nmt_arena_take(a, c->text.len + 1, 1);
    s->words = nmt_arena_take(a, s->n_words, sizeof *s->words);
    s->annotation = nmt_arena_take(a, c->n_models, sizeof *s->annotation);
    for (size_t m = 0; m < c->n_models; m++) {
        const struct nmt_shape *shape = nmt_model_shape(c->models[m]);
        struct nmt_annotation x = { .n = tokens_of(c, m),
                                    .width = (uint32_t)nmt_shape_context(shape) };
        x.rows = shape->attention == NMT_NO_ATTENTION ? (uint32_t)c->n_parts : x.n;
        x.ids = nmt_arena_take(a, x.n, sizeof *x.ids);
        x.word = nmt_arena_take(a, x.n, sizeof *x.word);
        x.h = nmt_arena_take(a, (size_t)x.rows * x.width, sizeof *x.h);
        if (s->annotation)
            s->annotation[m] = x;
    }
}

static void copy_parts(struct nmt_annotation *a, const struct nmt_line_cutter *c, size_t m)
{
    const struct nmt_segmented *cut = c->cut[m];
    size_t at = 0;
    for (size_t i = 0; i < c->n_parts; i++) {
        for (uint32_t k = c->part[i].first[m]; k < c->part[i].end[m]; k++, at++) {
            a->ids[at] = cut->ids[k];
            a->word[at] = cut->word[k];
        }
        a->ids[at] = NMT_ID_EOS;
        a->word[at++] = NMT_NO_WORD;
    }
}

/* Bytes of the annotations, bounded before memory is taken. */
static int check_size(const struct nmt_line_cutter *c, struct nmt_err *err)
{
    double bytes = (double)c->text.len;
    for (size_t m = 0; m < c->n_models; m++)
        bytes += 4.0 * tokens_of(c, m) * (double)nmt_shape_context(nmt_model_shape(c->models[m]));
    if (bytes > (double)NMT_STREAM_PAYLOAD_DEFAULT)
        return nmt_fail(err, NMT_ELIMIT, 0, "%u tokens are too many for a record", tokens_of(c, 0));
    if (c->options->memory > 0 && bytes > (double)c->options->memory / 8)
        return nmt_fail(err, NMT_ELIMIT, 0, "%u tokens need more memory than is allowed",
                        tokens_of(c, 0));
    return 0;
}

int nmt_line_cutter_run(struct nmt_line_cutter *c, struct nmt_encoded *line, struct nmt_err *err)
{
    const char *text = line->line.len ? line->line.data : "";
    struct nmt_sentence *s = &line->sentence;
    if (line->line.len > INT32_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "the line is too long");
    NMT_TRY((c->options->ids ? cut_ids : cut_text)(c, text, line->line.len, err));
    c->n_parts = 0;
    if (!is_blank(c))
        NMT_TRY(nmt_line_cutter_parts(c, err));
    NMT_TRY(check_size(c, err));

    struct nmt_arena measure = { NULL, 0, 0 };
    lay_out(s, &measure, c);
    NMT_TRY(nmt_arena_grow(&s->memory, measure.used, err));
    lay_out(s, &s->memory, c);
    if (c->text.len)
        memcpy(s->text, c->text.data, c->text.len);
    s->text[c->text.len] = '\0';
    if (s->n_words)
        memcpy(s->words, c->cut[0]->words, s->n_words * sizeof *s->words);
    for (size_t m = 0; m < c->n_models; m++)
        copy_parts(&s->annotation[m], c, m);
    return 0;
}
