/*
 * From what was searched to a line: its text, the words in it with the tokens each was made of, and
 * what the reader asked for besides.
 */
#include "words_internal.h"

#include <stdlib.h>
#include <string.h>

int nmt_made_words_add(struct nmt_made_words *words, struct nmt_made_word w, struct nmt_err *err)
{
    if (words->n == words->cap) {
        uint32_t cap = words->cap ? words->cap * 2 : 64;
        struct nmt_made_word *more = NULL;
        if (cap > words->cap)
            more = realloc(words->at, (size_t)cap * sizeof *more);
        if (!more)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        words->at = more;
        words->cap = cap;
    }
    words->at[words->n++] = w;
    return 0;
}

static size_t total(const struct nmt_making *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_parts; i++)
        n += l->part[i].found->n;
    return n;
}

/* --- the text ------------------------------------------------------------------------------ */

/* Text of all parts, a space between two, and the words in it. */
static int make_text(struct nmt_making *l, struct nmt_buffer *text, uint32_t *n_words,
                     struct nmt_err *err)
{
    const struct nmt_vocab *v = nmt_model_target_vocab(l->k->models[0]);
    text->len = 0;
    *n_words = 0;
    for (size_t i = 0; i < l->n_parts; i++) {
        const struct nmt_translation *t = l->part[i].found;
        uint32_t before = *n_words;
        size_t start = text->len;
        if (text->len > 0)
            NMT_TRY(nmt_buffer_addc(text, ' ', err));
        NMT_TRY(nmt_vocab_decode(v, t->ids, t->n, text, err));
        if (start > 0 && text->len == start + 1)
            text->len = start; /* an empty part adds no space */
        *n_words += (uint32_t)nmt_vocab_words(v, t->ids, t->n, l->token_word[i]);
        for (size_t k = 0; k < t->n; k++)
            if (l->token_word[i][k] != NMT_NO_WORD)
                l->token_word[i][k] += before;
    }
    return 0;
}

/* The text of a translation that was given, with its words as they were. */
static int take_text(struct nmt_making *l, struct nmt_buffer *text, struct nmt_err *err)
{
    const struct nmt_translated *r = l->record;
    text->len = 0;
    for (size_t i = 0; l->n_parts && i < l->part[0].found->n; i++)
        l->token_word[0][i] =
            i < r->target.n && r->target.data[i] != NMT_ID_EOS ? r->target_word[i] : NMT_NO_WORD;
    for (uint32_t w = 0; w < r->n_target_words; w++)
        NMT_TRY(nmt_made_words_add(&l->words, (struct nmt_made_word){ r->target_span[w], 0, 0, 0 },
                                   err));
    return nmt_buffer_adds(text, r->target_text, err);
}

/* The words of the text: what stands between spaces. */
static int find_words(struct nmt_making *l, const struct nmt_buffer *text, struct nmt_err *err)
{
    for (size_t at = 0; at < text->len; at++) {
        size_t start = at;
        while (at < text->len && text->data[at] != ' ')
            at++;
        struct nmt_made_word w = { { (uint32_t)start, (uint32_t)(at - start) }, 0, 0, 0 };
        if (at > start)
            NMT_TRY(nmt_made_words_add(&l->words, w, err));
    }
    return 0;
}

/* The tokens of each word. They follow each other, but for pieces that are spaces. */
static void find_tokens(struct nmt_making *l)
{
    for (uint32_t i = 0; i < l->n_parts; i++)
        for (uint32_t k = 0; k < l->part[i].found->n; k++) {
            if (l->token_word[i][k] >= l->words.n)
                continue;
            struct nmt_made_word *w = &l->words.at[l->token_word[i][k]];
            if (w->end == w->first) {
                w->part = i;
                w->first = k;
            }
            w->end = k + 1;
        }
}

static int make_words(struct nmt_making *l, struct nmt_buffer *text, struct nmt_err *err)
{
    uint32_t n_words;
    if (l->record->target_text) {
        NMT_TRY(take_text(l, text, err));
    } else {
        NMT_TRY(make_text(l, text, &n_words, err));
        NMT_TRY(find_words(l, text, err));
        if (l->words.n != n_words)
            return nmt_fail(err, NMT_ETEXT, 0, "the vocabulary's words are not those of its text");
    }
    find_tokens(l);
    return 0;
}

/* Every token but </s> for a word. */
static int take_tokens(struct nmt_making *l, struct nmt_err *err)
{
    l->words.n = 0;
    for (uint32_t i = 0; i < l->n_parts; i++)
        for (uint32_t k = 0; k < l->part[i].found->n; k++) {
            const bool end = l->part[i].found->ids[k] == NMT_ID_EOS;
            l->token_word[i][k] = end ? NMT_NO_WORD : l->words.n;
            if (!end)
                NMT_TRY(nmt_made_words_add(&l->words,
                                           (struct nmt_made_word){ { 0, 0 }, i, k, k + 1 }, err));
        }
    return 0;
}

/* --- the line ------------------------------------------------------------------------------ */

static size_t joined_size(const struct nmt_sentence *s, const struct nmt_made_words *words)
{
    size_t size = 1;
    for (uint32_t w = 0; w < (s ? s->n_words : words->n); w++)
        size += (s ? s->words[w] : words->at[w].span).len + 1;
    return size;
}

/* The words of the source, or those that were made, with a space between two. */
static void join(char *to, const char *text, const struct nmt_sentence *s,
                 const struct nmt_made_words *words)
{
    for (uint32_t w = 0; w < (s ? s->n_words : words->n); w++) {
        const struct nmt_span span = s ? s->words[w] : words->at[w].span;
        if (w > 0)
            *to++ = ' ';
        memcpy(to, text + span.start, span.len);
        to += span.len;
    }
    *to = '\0';
}

/* Weights that a line's alignment may have: that of a record, or its share of what is allowed. */
static size_t most_cells(const struct nmt_translate_options *o)
{
    const size_t share = o->memory / 16 / o->search.n_best / sizeof(float);
    return o->memory > 0 && share < NMT_ALIGNMENT_CELLS ? share : NMT_ALIGNMENT_CELLS;
}

/* Everything of a line that has no memory of its own, laid out or measured. */
static void lay_out(struct nmt_output_line *out, struct nmt_arena *arena,
                    const struct nmt_making *l, const struct nmt_translate_options *o)
{
    const size_t cells = (size_t)l->words.n * l->n_source;
    const struct nmt_sentence *s = l->source;
    out->n_words = l->words.n;
    out->alignment = (struct nmt_alignment){ .n_source = l->n_source, .n_target = l->words.n };
    out->token_log_prob = nmt_arena_take(arena, total(l), sizeof *out->token_log_prob);
    out->link = o->links ? nmt_arena_take(arena, l->words.n, sizeof *out->link) : NULL;
    if (!o->alignments)
        return;
    out->alignment.source = nmt_arena_take(arena, joined_size(s, NULL), 1);
    out->alignment.target = nmt_arena_take(arena, joined_size(NULL, &l->words), 1);
    if (cells <= most_cells(o))
        out->alignment.weight = nmt_arena_take(arena, cells ? cells : 1, sizeof(float));
}

/* What was asked for besides the text. */
static int fill(struct nmt_output_line *out, const struct nmt_making *l,
                const struct nmt_translate_options *o, struct nmt_err *err)
{
    const struct nmt_sentence *s = l->source;
    struct nmt_arena measure = { NULL, 0, 0 };
    lay_out(out, &measure, l, o);
    NMT_TRY(nmt_arena_grow(&out->memory, measure.used, err));
    lay_out(out, &out->memory, l, o);
    for (uint32_t w = 0; out->link && w < l->words.n; w++)
        out->link[w] = nmt_making_source(l, &l->words.at[w]);
    if (!o->alignments)
        return 0;
    join(out->alignment.source, s->text, s, NULL);
    join(out->alignment.target, out->text.len ? out->text.data : "", NULL, &l->words);
    for (uint32_t w = 0; out->alignment.weight && w < l->words.n; w++)
        nmt_making_weights(l, &l->words.at[w], out->alignment.weight + (size_t)w * l->n_source);
    return 0;
}

static int add_ids(struct nmt_output_line *out, const struct nmt_making *l, struct nmt_err *err)
{
    size_t at = 0;
    double coverage = 0;
    out->ids.n = 0;
    out->log_prob = 0;
    out->finished = true;
    for (size_t i = 0; i < l->n_parts; i++) {
        const struct nmt_translation *t = l->part[i].found;
        for (size_t k = 0; k < t->n; k++)
            NMT_TRY(nmt_ids_add(&out->ids, t->ids[k], err));
        memcpy(out->token_log_prob + at, t->token_log_prob, t->n * sizeof(real));
        at += t->n;
        out->log_prob += t->log_prob;
        coverage += t->coverage;
        out->finished &= t->finished;
    }
    out->score = at ? nmt_length_score(&l->k->options->search, out->log_prob, at) + coverage : 0;
    return 0;
}

static uint32_t count_tokens(const struct nmt_annotation *a)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++)
        n += a->ids[i] != NMT_ID_EOS;
    return n;
}

/* The arrays of a line under way, laid out or measured. */
static void lay_out_making(struct nmt_making *l, struct nmt_arena *arena)
{
    l->row = nmt_arena_take(arena, l->n_source, sizeof *l->row);
    l->token_word = nmt_arena_take(arena, l->n_parts, sizeof *l->token_word);
    for (size_t i = 0; i < l->n_parts; i++) {
        uint32_t *word = nmt_arena_take(arena, l->part[i].found->n, sizeof *word);
        if (l->token_word)
            l->token_word[i] = word;
    }
}

static int make(struct nmt_making *l, struct nmt_output_line *out, struct nmt_err *err)
{
    const struct nmt_translate_options *o = l->k->options;
    NMT_TRY(make_words(l, &out->text, err));
    if (o->replace_unk && !l->record->forced)
        NMT_TRY(nmt_making_replace_unknown(l, &out->text, err));
    if (o->tokens)
        NMT_TRY(take_tokens(l, err));
    NMT_TRY(fill(out, l, o, err));
    return add_ids(out, l, err);
}

int nmt_line_make(const struct nmt_line_maker *k, struct nmt_output_line *out,
                  const struct nmt_translated *record, const struct nmt_searched_part *parts,
                  size_t n_parts, struct nmt_err *err)
{
    struct nmt_making l = {
        .k = k, .record = record, .source = &record->source, .part = parts, .n_parts = n_parts
    };
    struct nmt_arena measure = { NULL, 0, 0 }, scratch = measure;
    const struct nmt_annotation *first = &record->source.annotation[k->index[0]];
    l.n_source = k->options->tokens ? count_tokens(first) : record->source.n_words;
    lay_out_making(&l, &measure);
    NMT_TRY(nmt_arena_init(&scratch, measure.used, err));
    lay_out_making(&l, &scratch);
    int rc = make(&l, out, err);
    free(l.words.at);
    nmt_arena_release(&scratch);
    return rc;
}
