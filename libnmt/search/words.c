/*
 * From token ids and attention over tokens to text and attention between words.
 *
 * The weight of a source word for a target word is the sum over the source word's pieces, averaged
 * over the target word's pieces and over the models that have an alignment model. What </s> and
 * spaces get is left out, so a row sums to at most 1.
 */
#include "words_internal.h"

#include <stdlib.h>
#include <string.h>

/* A line under way. */
struct making {
    const struct nmt_line_maker *k;
    const struct nmt_translated *record;
    const struct nmt_sentence *source;
    const struct nmt_searched_part *part;
    size_t n_parts;
    uint32_t **word; /* of each part [n]: the word of each of its tokens, in the line */
    uint32_t n_words;
    float *weight;         /* [n_words][source->n_words] */
    struct nmt_span *span; /* [n_words] of text */
};

static size_t total(const struct making *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_parts; i++)
        n += l->part[i].found->n;
    return n;
}

/* Text of all parts, a space between two, and the words in it. */
static int make_text(struct making *l, struct nmt_buffer *text, struct nmt_err *err)
{
    const struct nmt_vocab *v = nmt_model_target_vocab(l->k->models[0]);
    text->len = 0;
    l->n_words = 0;
    for (size_t i = 0; i < l->n_parts; i++) {
        const struct nmt_translation *t = l->part[i].found;
        uint32_t before = l->n_words;
        size_t start = text->len;
        if (text->len > 0)
            NMT_TRY(nmt_buffer_addc(text, ' ', err));
        NMT_TRY(nmt_vocab_decode(v, t->ids, t->n, text, err));
        if (start > 0 && text->len == start + 1)
            text->len = start; /* an empty part adds no space */
        l->n_words += (uint32_t)nmt_vocab_words(v, t->ids, t->n, l->word[i]);
        for (size_t k = 0; k < t->n; k++)
            if (l->word[i][k] != NMT_NO_WORD)
                l->word[i][k] += before;
    }
    return 0;
}

/* The text of a translation that was given, with its words as they were. */
static int take_text(struct making *l, struct nmt_buffer *text, struct nmt_err *err)
{
    const struct nmt_translated *r = l->record;
    text->len = 0;
    l->n_words = r->n_target_words;
    for (size_t i = 0; l->word && i < l->part[0].found->n; i++)
        l->word[0][i] =
            i < r->target.n && r->target.data[i] != NMT_ID_EOS ? r->target_word[i] : NMT_NO_WORD;
    return nmt_buffer_adds(text, r->target_text, err);
}

/* The words of the text: what stands between spaces. False when there are not n_words. */
static bool find_words(struct making *l, const struct nmt_buffer *text)
{
    if (l->record->target_text) {
        if (l->n_words)
            memcpy(l->span, l->record->target_span, l->n_words * sizeof *l->span);
        return true;
    }
    size_t at = 0;
    uint32_t w = 0;
    while (at < text->len) {
        size_t start = at;
        while (at < text->len && text->data[at] != ' ')
            at++;
        if (at > start && w == l->n_words)
            return false;
        if (at > start)
            l->span[w++] = (struct nmt_span){ (uint32_t)start, (uint32_t)(at - start) };
        at++;
    }
    return w == l->n_words;
}

/* Adds what one model's attention says for the tokens of one part. */
static void add_weights(struct making *l, const struct nmt_searched_part *p, const uint32_t *word,
                        size_t m)
{
    const struct nmt_annotation *a = &l->source->annotation[l->k->index[m]];
    const struct nmt_translation *t = p->found;
    uint32_t rows = 1;
    while (a->ids[p->first[m] + rows - 1] != NMT_ID_EOS)
        rows++;
    for (size_t i = 0; i < t->n; i++) {
        if (word[i] == NMT_NO_WORD)
            continue;
        float *to = l->weight + (size_t)word[i] * l->source->n_words;
        const real *alpha = t->alpha[m] + i * rows;
        for (uint32_t j = 0; j < rows; j++)
            if (a->word[p->first[m] + j] != NMT_NO_WORD)
                to[a->word[p->first[m] + j]] += (float)alpha[j];
    }
}

static void make_weights(struct making *l)
{
    const size_t cells = (size_t)l->n_words * l->source->n_words;
    size_t models = 0;
    memset(l->weight, 0, cells * sizeof *l->weight);
    for (size_t m = 0; m < l->k->n_models; m++) {
        if (nmt_model_shape(l->k->models[m])->attention == NMT_NO_ATTENTION)
            continue;
        models++;
        for (size_t i = 0; i < l->n_parts; i++)
            add_weights(l, &l->part[i], l->word[i], m);
    }
    for (uint32_t w = 0; w < l->n_words; w++) {
        size_t pieces = 0;
        for (size_t i = 0; i < l->n_parts; i++)
            for (size_t k = 0; k < l->part[i].found->n; k++)
                pieces += l->word[i][k] == w;
        const float share = 1 / (float)(pieces * models);
        for (uint32_t j = 0; pieces && models && j < l->source->n_words; j++)
            l->weight[(size_t)w * l->source->n_words + j] *= share;
    }
}

/* --- unknown words ------------------------------------------------------------------------ */

/* The source word that target word w looks at most; NMT_NO_WORD: none. */
static uint32_t most_attended(const struct making *l, uint32_t w)
{
    const float *row = l->weight + (size_t)w * l->source->n_words;
    uint32_t best = NMT_NO_WORD;
    float most = 0;
    for (uint32_t j = 0; j < l->source->n_words; j++)
        if (row[j] > most) {
            most = row[j];
            best = j;
        }
    return best;
}

static bool is_unknown(const struct making *l, uint32_t w)
{
    for (size_t i = 0; i < l->n_parts; i++)
        for (size_t k = 0; k < l->part[i].found->n; k++)
            if (l->word[i][k] == w && l->part[i].found->ids[k] == NMT_ID_UNK)
                return true;
    return false;
}

/* Puts source words in the place of words with <unk>; spans follow. */
static int replace_unknown(struct making *l, struct nmt_buffer *text, struct nmt_err *err)
{
    struct nmt_buffer made = NMT_BUFFER_INIT;
    size_t from = 0;
    int rc = 0;
    for (uint32_t w = 0; w < l->n_words && rc == 0; w++) {
        const struct nmt_span old = l->span[w];
        uint32_t j = is_unknown(l, w) ? most_attended(l, w) : NMT_NO_WORD;
        rc = nmt_buffer_add(&made, text->data + from, old.start - from, err);
        l->span[w].start = (uint32_t)made.len;
        if (rc == 0 && j == NMT_NO_WORD)
            rc = nmt_buffer_add(&made, text->data + old.start, old.len, err);
        else if (rc == 0)
            rc = nmt_buffer_add(&made, l->source->text + l->source->words[j].start,
                                l->source->words[j].len, err);
        l->span[w].len = (uint32_t)made.len - l->span[w].start;
        from = old.start + old.len;
    }
    if (rc == 0)
        rc = nmt_buffer_add(&made, text->len ? text->data + from : "", text->len - from, err);
    if (rc == 0) {
        struct nmt_buffer swap = *text;
        *text = made;
        made = swap;
    }
    nmt_buffer_release(&made);
    return rc;
}

/* --- the line ------------------------------------------------------------------------------ */

static size_t joined_size(const struct nmt_span *span, uint32_t n)
{
    size_t size = 1;
    for (uint32_t w = 0; w < n; w++)
        size += span[w].len + 1;
    return size;
}

static void join(char *to, const char *text, const struct nmt_span *span, uint32_t n)
{
    for (uint32_t w = 0; w < n; w++) {
        if (w > 0)
            *to++ = ' ';
        memcpy(to, text + span[w].start, span[w].len);
        to += span[w].len;
    }
    *to = '\0';
}

static int make_alignment(struct nmt_output_line *out, const struct making *l, struct nmt_err *err)
{
    const struct nmt_sentence *s = l->source;
    struct nmt_arena measure = { NULL, 0, 0 }, *arena = &measure;
    const size_t source = joined_size(s->words, s->n_words);
    const size_t target = joined_size(l->span, l->n_words);
    const size_t cells = (size_t)l->n_words * s->n_words;
    for (int pass = 0; pass < 2; pass++) {
        out->token_log_prob = nmt_arena_take(arena, total(l), sizeof *out->token_log_prob);
        out->alignment.source = nmt_arena_take(arena, source, 1);
        out->alignment.target = nmt_arena_take(arena, target, 1);
        out->alignment.weight = nmt_arena_take(arena, cells, sizeof(float));
        if (pass == 0)
            NMT_TRY(nmt_arena_grow(&out->memory, measure.used, err));
        arena = &out->memory;
    }
    out->alignment.n_source = s->n_words;
    out->alignment.n_target = l->n_words;
    join(out->alignment.source, s->text, s->words, s->n_words);
    join(out->alignment.target, out->text.len ? out->text.data : "", l->span, l->n_words);
    if (l->weight && cells)
        memcpy(out->alignment.weight, l->weight, cells * sizeof(float));
    else
        memset(out->alignment.weight, 0, cells * sizeof(float));
    return 0;
}

static int add_ids(struct nmt_output_line *out, const struct making *l, struct nmt_err *err)
{
    size_t at = 0;
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
        out->finished &= t->finished;
    }
    out->score = nmt_length_score(&l->k->options->search, out->log_prob, at);
    return 0;
}

/* Words need the text, and room for what is between words needs their number. */
static int fill_line(struct making *l, struct nmt_output_line *out, struct nmt_arena *scratch,
                     struct nmt_err *err)
{
    const bool weights = l->k->options->alignments || l->k->options->replace_unk;
    struct nmt_arena measure = { NULL, 0, 0 }, *arena = &measure;
    for (int pass = 0; pass < 2; pass++) {
        const size_t cells = weights ? (size_t)l->n_words * l->source->n_words : 0;
        l->span = nmt_arena_take(arena, l->n_words, sizeof *l->span);
        l->weight = weights ? nmt_arena_take(arena, cells, sizeof *l->weight) : NULL;
        if (pass == 0)
            NMT_TRY(nmt_arena_grow(scratch, measure.used, err));
        arena = scratch;
    }
    if (!find_words(l, &out->text))
        return nmt_fail(err, NMT_ETEXT, 0, "the vocabulary's words are not those of its text");
    if (weights)
        make_weights(l);
    if (l->k->options->replace_unk)
        NMT_TRY(replace_unknown(l, &out->text, err));
    NMT_TRY(make_alignment(out, l, err));
    return add_ids(out, l, err);
}

int nmt_line_make(const struct nmt_line_maker *k, struct nmt_output_line *out,
                  const struct nmt_translated *record, const struct nmt_searched_part *parts,
                  size_t n_parts, struct nmt_err *err)
{
    struct making l = {
        .k = k, .record = record, .source = &record->source, .part = parts, .n_parts = n_parts
    };
    struct nmt_arena measure = { NULL, 0, 0 }, words = measure, scratch = measure;
    struct nmt_arena *arena = &measure;
    for (int pass = 0; pass < 2; pass++) {
        l.word = nmt_arena_take(arena, n_parts, sizeof *l.word);
        for (size_t i = 0; i < n_parts; i++) {
            uint32_t *word = nmt_arena_take(arena, parts[i].found->n, sizeof *word);
            if (l.word)
                l.word[i] = word;
        }
        if (pass == 0)
            NMT_TRY(nmt_arena_init(&words, measure.used, err));
        arena = &words;
    }
    int rc = (record->target_text ? take_text : make_text)(&l, &out->text, err);
    if (rc == 0)
        rc = fill_line(&l, out, &scratch, err);
    nmt_arena_release(&words);
    nmt_arena_release(&scratch);
    return rc;
}

int nmt_line_make_empty(struct nmt_output_line *out, const struct nmt_translated *record,
                        struct nmt_err *err)
{
    struct making l = { .record = record, .source = &record->source };
    out->text.len = 0;
    out->ids.n = 0;
    out->log_prob = out->score = 0;
    out->finished = true;
    if (record->target_text) {
        NMT_TRY(take_text(&l, &out->text, err));
        l.span = record->target_span;
    }
    return make_alignment(out, &l, err);
}
