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

/* Whole words up to the limit, preferably to the end of a sentence in the second half. */
static int cut_by_words(struct nmt_line_cutter *c, struct nmt_err *err)
{
    const size_t bytes = c->n_models * sizeof(uint32_t);
    const uint32_t most = (uint32_t)c->options->max_length;
    uint32_t from[NMT_ENCODE_MODELS_MAX] = { 0 }, to[NMT_ENCODE_MODELS_MAX];
    uint32_t next[NMT_ENCODE_MODELS_MAX] = { 0 }, good[NMT_ENCODE_MODELS_MAX];
    const size_t n_words = c->cut[0]->n_words;
    size_t first = 0, good_word = 0, w = 0; /* words of the part: [first, w) */
    while (first < n_words) {
        memcpy(to, from, bytes);
        good_word = 0;
        for (w = first; w < n_words; w++) {
            for (size_t m = 0; m < c->n_models; m++)
                next[m] = end_of_word(c->cut[m], to[m], w);
            if (longest(c, from, next) > most)
                break;
            memcpy(to, next, bytes);
            if (2 * longest(c, from, to) >= most && ends_sentence(c->cut[0], c->text.data, w)) {
                memcpy(good, to, bytes);
                good_word = w + 1;
            }
        }
        if (w < n_words && good_word > 0) {
            memcpy(to, good, bytes);
            w = good_word;
        }
        if (w == first) { /* one word is too long */
            memcpy(to, next, bytes);
            w++;
        }
        if (longest(c, from, to) > 0)
            NMT_TRY(cut_evenly(c, from, to, err));
        memcpy(from, to, bytes);
        first = w;
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
