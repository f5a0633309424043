/*
 * Where a line that is too long is cut. All models of an ensemble must read the same words in a
 * part, so parts are made of whole words; a word that is too long by itself is cut in as many
 * pieces as the model that needs most.
 */
#include "encode_internal.h"

#include <stdlib.h>
#include <string.h>

/* Where the tokens up to word w, and spaces behind it, end. */
static uint32_t end_of_word(const struct nmt_segmented *s, uint32_t first, size_t w)
{
    while (first < s->n && (s->word[first] == NMT_NO_WORD || s->word[first] <= w))
        first++;
    return first;
}

static struct nmt_part *add_part(struct nmt_line_cutter *c, struct nmt_err *err)
{
    if (c->n_parts == c->cap_parts) {
        size_t cap = 2 * c->cap_parts + 1;
        struct nmt_part *more = realloc(c->part, cap * sizeof *more);
        if (!more) {
            nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
            return NULL;
        }
        c->part = more;
        c->cap_parts = cap;
    }
    return &c->part[c->n_parts++];
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The longest that any model has between two places. */
static uint32_t longest(const struct nmt_line_cutter *c, const uint32_t *from, const uint32_t *to)
{
    uint32_t n = 0;
    for (size_t m = 0; m < c->n_models; m++)
        n = larger(n, to[m] - from[m]);
    return n;
}

/*
 * Cuts [from, to) in equal pieces of at most max_length. A model with fewer tokens than pieces
 * reads some of them twice: a part cannot be empty.
 */
static int cut_evenly(struct nmt_line_cutter *c, const uint32_t *from, const uint32_t *to,
                      struct nmt_err *err)
{
    const uint32_t most = (uint32_t)c->options->max_length, n = longest(c, from, to);
    const uint64_t pieces = (n + most - 1) / most;
    for (uint64_t k = 0; k < pieces; k++) {
        struct nmt_part *p = add_part(c, err);
        if (!p)
            return NMT_ENOMEM;
        for (size_t m = 0; m < c->n_models; m++) {
            uint64_t tokens = to[m] - from[m];
            p->first[m] = from[m] + (uint32_t)(tokens * k / pieces);
            p->end[m] = from[m] + (uint32_t)(tokens * (k + 1) / pieces);
            if (p->end[m] == p->first[m]) /* tokens < pieces: the one at this place */
                p->end[m]++;
        }
    }
    return 0;
}

static bool ends_sentence(const struct nmt_segmented *s, const char *text, size_t w)
{
    static const char *const marks[] = {
        ".", "!", "?", ";", "\xE3\x80\x82", "\xEF\xBC\x81", "\xEF\xBC\x9F"
    };
    const struct nmt_span *span = &s->words[w];
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        if (span->len >= n && memcmp(text + span->start + span->len - n, marks[i], n) == 0)
            return true;
    }
    return false;
}

/* A place between two words: words before it, and where it is in the tokens of each model. */
struct place {
    size_t word;
    uint32_t at[NMT_ENCODE_MODELS_MAX];
};

/*
 * Where the part from `from` ends. All that is left, if it fits. Else behind the last mark that
 * ends a sentence in the second half of what fits; else where the rest is shared evenly among as
 * few parts as it takes, for a last part of a word or two translates badly; else as late as
 * possible.
 */
static struct place end_of_part(const struct nmt_line_cutter *c, const struct place *from)
{
    const uint32_t most = (uint32_t)c->options->max_length;
    const size_t n_words = c->cut[0]->n_words;
    uint32_t all[NMT_ENCODE_MODELS_MAX];
    struct place to = *from, next = *from, even = { 0 }, sentence = { 0 };
    for (size_t m = 0; m < c->n_models; m++)
        all[m] = (uint32_t)c->cut[m]->n;
    const uint32_t rest = longest(c, from->at, all), parts = (rest + most - 1) / most;
    while (next.word < n_words) {
        for (size_t m = 0; m < c->n_models; m++)
            next.at[m] = end_of_word(c->cut[m], next.at[m], next.word);
        next.word++;
        const uint32_t length = longest(c, from->at, next.at);
        if (length > most)
            break;
        to = next;
        if (even.word == 0 && (uint64_t)length * parts >= rest)
            even = to;
        if (2 * length >= most && ends_sentence(c->cut[0], c->text.data, to.word - 1))
            sentence = to;
    }
    if (to.word == from->word) /* one word is too long */
        return next;
    if (to.word == n_words)
        return to;
    return sentence.word > 0 ? sentence : even.word > 0 ? even : to;
}

static int cut_by_words(struct nmt_line_cutter *c, struct nmt_err *err)
{
    struct place from = { 0 };
    while (from.word < c->cut[0]->n_words) {
        const struct place to = end_of_part(c, &from);
        if (longest(c, from.at, to.at) > 0)
            NMT_TRY(cut_evenly(c, from.at, to.at, err));
        from = to;
    }
    return 0;
}

int nmt_line_cutter_parts(struct nmt_line_cutter *c, struct nmt_err *err)
{
    const uint32_t most = (uint32_t)c->options->max_length;
    uint32_t from[NMT_ENCODE_MODELS_MAX] = { 0 }, to[NMT_ENCODE_MODELS_MAX];
    c->n_parts = 0;
    for (size_t m = 0; m < c->n_models; m++)
        to[m] = (uint32_t)c->cut[m]->n;
    const uint32_t n = longest(c, from, to);
    if (n <= most)
        return cut_evenly(c, from, to, err);
    switch (c->options->overlong) {
    case NMT_OVERLONG_SPLIT:
        return cut_by_words(c, err);
    case NMT_OVERLONG_CROP:
        for (size_t m = 0; m < c->n_models; m++)
            to[m] = to[m] < most ? to[m] : most;
        return cut_evenly(c, from, to, err);
    case NMT_OVERLONG_SKIP:
    case NMT_OVERLONG_FAIL:
        break;
    }
    return nmt_fail(err, NMT_ELIMIT, 0, "%u tokens, more than %u", n, most);
}
