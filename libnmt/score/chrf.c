/*
 * chrF:  F = (1 + b^2) P R / (b^2 P + R),  P and R averaged over the orders of n-grams. A character
 * is its own symbol; n-grams are counted by the tree of ngram.c, once for characters and once for
 * words.
 */
#include "ngram_internal.h"
#include "unitext_internal.h"

#include <nmt/chrf.h>
#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>

/* What stands for zero when every order is averaged. */
#define EPSILON 1e-16

/* A line as symbols; words as ranges of the text. */
struct side {
    struct nmt_buffer lower;
    uint32_t *chars; /* [n_chars] */
    size_t n_chars, chars_cap;
    struct nmt_token *words; /* [n_words] */
    uint32_t *numbers;       /* [n_words] */
    size_t n_words, words_cap;
};

struct nmt_chrf {
    struct nmt_chrf_options opt;
    struct side hyp, ref;
    struct nmt_words words;
    struct nmt_ngrams ngrams;
};

struct nmt_chrf_options nmt_chrf_defaults(void)
{
    return (struct nmt_chrf_options){ .char_order = 6, .beta = 2 };
}

int nmt_chrf_new(struct nmt_chrf **out, const struct nmt_chrf_options *opt, struct nmt_err *err)
{
    if (opt->char_order < 1 || opt->char_order > NMT_CHRF_MAX_CHAR_ORDER)
        return nmt_fail(err, NMT_ELIMIT, 0, "chrF: character order %u is not from 1 to %d",
                        opt->char_order, NMT_CHRF_MAX_CHAR_ORDER);
    if (opt->word_order > NMT_CHRF_MAX_WORD_ORDER)
        return nmt_fail(err, NMT_ELIMIT, 0, "chrF: word order %u is not from 0 to %d",
                        opt->word_order, NMT_CHRF_MAX_WORD_ORDER);
    struct nmt_chrf *c = calloc(1, sizeof *c);
    if (!c)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for chrF");
    c->opt = *opt;
    *out = c;
    return 0;
}

static void release_side(struct side *s)
{
    nmt_buffer_release(&s->lower);
    free(s->chars);
    free(s->words);
    free(s->numbers);
}

void nmt_chrf_free(struct nmt_chrf *c)
{
    if (!c)
        return;
    release_side(&c->hyp);
    release_side(&c->ref);
    nmt_words_release(&c->words);
    nmt_ngrams_release(&c->ngrams);
    free(c);
}

size_t nmt_chrf_width(const struct nmt_chrf_options *opt)
{
    return 3 * ((size_t)opt->char_order + opt->word_order);
}

/* Room for a text of n bytes: no more characters, and at most two words to a byte. */
static int reserve_side(struct side *s, size_t n, bool words, struct nmt_err *err)
{
    if (n > s->chars_cap) {
        uint32_t *chars = realloc(s->chars, 2 * n * sizeof *chars);
        if (!chars)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu characters", n);
        s->chars = chars;
        s->chars_cap = 2 * n;
    }
    if (words && n > s->words_cap) {
        struct nmt_token *tokens = realloc(s->words, 2 * n * sizeof *tokens);
        if (tokens)
            s->words = tokens;
        uint32_t *numbers = realloc(s->numbers, 2 * n * sizeof *numbers);
        if (numbers)
            s->numbers = numbers;
        if (!tokens || !numbers)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu words", n);
        s->words_cap = 2 * n;
    }
    return 0;
}

static bool is_ascii_punctuation(char c)
{
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
}

/* A word of more than one character gives its last one up if it is punctuation, else its first. */
static void add_word(struct side *s, const char *word, size_t len, size_t n_chars)
{
    size_t cut = 0;
    if (n_chars > 1 && is_ascii_punctuation(word[len - 1]))
        cut = len - 1;
    else if (n_chars > 1 && is_ascii_punctuation(word[0]))
        cut = 1;
    if (cut)
        s->words[s->n_words++] = (struct nmt_token){ word, cut };
    s->words[s->n_words++] = (struct nmt_token){ word + cut, len - cut };
}

static int read_side(struct nmt_chrf *c, struct side *s, const char *text, size_t n,
                     struct nmt_err *err)
{
    if (c->opt.lowercase) {
        NMT_TRY(nmt_unitext_lower(&s->lower, text, n, err));
        text = s->lower.data;
        n = s->lower.len;
    }
    NMT_TRY(reserve_side(s, n, c->opt.word_order > 0, err));
    s->n_chars = s->n_words = 0;
    size_t start = 0, in_word = 0;
    for (size_t i = 0, used; i <= n; i += used) {
        uint32_t cp = ' ';
        used = 1;
        if (i < n && (used = nmt_utf8_decode(text + i, n - i, &cp)) == 0) {
            cp = 0x110000u + (unsigned char)text[i];
            used = 1;
        }
        bool space = nmt_unitext_is_space(cp);
        if (i < n && (!space || c->opt.whitespace))
            s->chars[s->n_chars++] = cp;
        if (!space) {
            start = in_word++ ? start : i;
        } else if (in_word) {
            if (c->opt.word_order)
                add_word(s, text + start, i - start, in_word);
            in_word = 0;
        }
    }
    return 0;
}

/* The counts of one kind of n-gram, into row[3 * order]. */
static int count(struct nmt_chrf *c, const uint32_t *hyp, size_t n_hyp, const uint32_t *ref,
                 size_t n_ref, unsigned order, double *row, struct nmt_err *err)
{
    uint64_t match[NMT_CHRF_MAX_CHAR_ORDER] = { 0 };
    NMT_TRY(nmt_ngrams_clear(&c->ngrams, n_ref * order, err));
    NMT_TRY(nmt_ngrams_add(&c->ngrams, ref, n_ref, order, err));
    nmt_ngrams_match(&c->ngrams, hyp, n_hyp, order, match);
    for (size_t k = 0; k < order; k++) {
        row[3 * k] = n_hyp > k && n_ref > k ? (double)(n_hyp - k) : 0;
        row[3 * k + 1] = n_ref > k ? (double)(n_ref - k) : 0;
        row[3 * k + 2] = (double)match[k];
    }
    return 0;
}

static int count_words(struct nmt_chrf *c, double *row, struct nmt_err *err)
{
    struct side *h = &c->hyp, *r = &c->ref;
    NMT_TRY(nmt_words_clear(&c->words, r->n_words, err));
    for (size_t i = 0; i < r->n_words; i++)
        r->numbers[i] = nmt_words_add(&c->words, r->words[i].s, r->words[i].len);
    for (size_t i = 0; i < h->n_words; i++)
        h->numbers[i] = nmt_words_find(&c->words, h->words[i].s, h->words[i].len);
    return count(c, h->numbers, h->n_words, r->numbers, r->n_words, c->opt.word_order, row, err);
}

int nmt_chrf_line(struct nmt_chrf *c, const char *hyp, size_t hyp_len, const char *const *refs,
                  const size_t *ref_lens, size_t n_refs, double *row, struct nmt_err *err)
{
    double this_row[3 * (NMT_CHRF_MAX_CHAR_ORDER + NMT_CHRF_MAX_WORD_ORDER)], best = -1;
    size_t width = nmt_chrf_width(&c->opt);
    if (n_refs == 0)
        return nmt_fail(err, NMT_EUSAGE, 0, "a line has no reference");
    NMT_TRY(read_side(c, &c->hyp, hyp, hyp_len, err));
    for (size_t i = 0; i < n_refs; i++) {
        NMT_TRY(read_side(c, &c->ref, refs[i], ref_lens[i], err));
        NMT_TRY(count(c, c->hyp.chars, c->hyp.n_chars, c->ref.chars, c->ref.n_chars,
                      c->opt.char_order, this_row, err));
        if (c->opt.word_order)
            NMT_TRY(count_words(c, this_row + 3 * (size_t)c->opt.char_order, err));
        double score = n_refs > 1 ? nmt_chrf_score_row(&c->opt, this_row, false) : 0;
        if (score > best) {
            best = score;
            memcpy(row, this_row, width * sizeof *row);
        }
    }
    return 0;
}

/* The quotient, or what stands for it when there is nothing to divide by. */
static double quotient(double part, double whole, bool single)
{
    if (whole <= 0)
        return EPSILON;
    return single ? (double)((float)part / (float)whole) : part / whole;
}

double nmt_chrf_score_row(const struct nmt_chrf_options *opt, const double *row, bool single)
{
    size_t orders = (size_t)opt->char_order + opt->word_order, effective = 0;
    double factor = (double)opt->beta * opt->beta, sum = 0, p = 0, r = 0;
    for (size_t k = 0; k < orders; k++, row += 3) {
        double precision = quotient(row[2], row[0], single);
        double recall = quotient(row[2], row[1], single);
        double below = factor * precision + recall;
        sum += below > 0 ? (1 + factor) * precision * recall / below : EPSILON;
        if (row[0] > 0 && row[1] > 0) {
            p += precision;
            r += recall;
            effective++;
        }
    }
    if (opt->eps_smoothing)
        return 100 * sum / (double)orders;
    if (effective == 0 || p + r == 0)
        return 0;
    p /= (double)effective;
    r /= (double)effective;
    return 100 * ((1 + factor) * p * r / (factor * p + r));
}
