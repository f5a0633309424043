/* The text for learning merges: characters, codes, and words turned into symbols in place. */
#include "merge_text_internal.h"

#include "spelling_internal.h"

#include <nmt/utf8.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define AROUND    16  /* bytes that may be read beyond the text */
#define LONG_WORD 256 /* bytes */
#define MANY      32  /* symbols */

/* Makes room in an array for one more item. */
static int grow(void *array, size_t n, size_t *cap, size_t size, struct nmt_err *err)
{
    void **p = array;
    if (n < *cap)
        return 0;
    size_t more = *cap + *cap / 2 + 256;
    void *bigger = realloc(*p, more * size);
    if (!bigger)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    *p = bigger;
    *cap = more;
    return 0;
}

/* Numbers a symbol among those of its width. One byte is its own code, and set by the caller. */
static int give_code(struct nmt_merge_text *t, uint32_t symbol, struct nmt_err *err)
{
    struct nmt_merge_symbol *shape = &t->shapes[symbol];
    if (shape->width == 1)
        return 0;
    unsigned width = shape->width < NMT_MERGE_WIDTHS ? shape->width : NMT_MERGE_WIDTHS;
    struct nmt_merge_codes *codes = &t->codes[width - 1];
    if (width < NMT_MERGE_WIDTHS && codes->n >> (8 * width) != 0)
        return nmt_fail(err, NMT_ELIMIT, 0, "too many symbols");
    NMT_TRY(grow(&codes->symbols, codes->n, &codes->cap, sizeof *codes->symbols, err));
    shape->code = (uint32_t)codes->n;
    codes->symbols[codes->n++] = symbol;
    return 0;
}

/* The number of a symbol, which is made when it is new. */
static int intern(struct nmt_merge_text *t, const char *text, size_t len,
                  struct nmt_merge_symbol shape, uint32_t *symbol, struct nmt_err *err)
{
    size_t before = t->symbols.n;
    NMT_TRY(nmt_strings_add(&t->symbols, text, len, symbol, err));
    if (*symbol < before)
        return 0;
    NMT_TRY(grow(&t->shapes, before, &t->cap_shapes, sizeof *t->shapes, err));
    t->shapes[before] = shape;
    return give_code(t, *symbol, err);
}

int nmt_merge_text_init(struct nmt_merge_text *t, enum nmt_merge_rule rule, struct nmt_err *err)
{
    *t = (struct nmt_merge_text){ .rule = rule };
    uint32_t none;
    t->codes[0].symbols = calloc(256, sizeof(uint32_t)); /* digits of counts stay 0 */
    if (!t->codes[0].symbols)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    NMT_TRY(intern(t, "", 0, (struct nmt_merge_symbol){ 0, 1, 0 }, &none, err));
    for (uint32_t width = 2; width <= NMT_MERGE_WIDTHS; width++) { /* its code is 0 in all */
        t->shapes[none].width = width;
        NMT_TRY(give_code(t, none, err));
    }
    return 0;
}

void nmt_merge_text_release(struct nmt_merge_text *t)
{
    nmt_strings_release(&t->symbols);
    for (size_t i = 0; i < NMT_MERGE_WIDTHS; i++)
        free(t->codes[i].symbols);
    nmt_code_points_release(&t->inside);
    nmt_code_points_release(&t->last);
    free(t->shapes);
    free(t->words);
    free(t->bytes);
    free(t->starts ? t->starts - AROUND : NULL);
    *t = (struct nmt_merge_text){ .n = 0 };
}

static int add_character(struct nmt_merge_text *t, struct nmt_code_points *to, uint32_t cp,
                         const char *text, size_t len, uint32_t width, struct nmt_err *err)
{
    uint64_t *place = nmt_code_points_at(to, cp);
    uint32_t symbol;
    if (!place)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    NMT_TRY(intern(t, text, len, (struct nmt_merge_symbol){ 1, width, cp }, &symbol, err));
    if (width == 1)
        t->codes[0].symbols[cp] = symbol;
    *place = symbol;
    return 0;
}

int nmt_merge_text_character(struct nmt_merge_text *t, uint32_t cp, const char *spelling,
                             size_t len, struct nmt_err *err)
{
    char utf8[4];
    return add_character(t, &t->inside, cp, spelling, len, (uint32_t)nmt_utf8_encode(cp, utf8),
                         err);
}

/* --- words to symbols ------------------------------------------------------------------- */

static void start_at(struct nmt_merge_text *t, size_t place)
{
    t->starts[place / 8] |= (unsigned char)(1u << place % 8);
}

/* Writes the code of a symbol (0: of what takes no part, in so many bytes). */
static void put_symbol(struct nmt_merge_text *t, size_t width, uint32_t symbol)
{
    uint32_t code = symbol ? t->shapes[symbol].code : 0;
    start_at(t, t->n);
    for (size_t i = 0; i < width; i++, code >>= 8)
        t->bytes[t->n++] = (unsigned char)code;
}

static void put_count(struct nmt_merge_text *t, uint64_t count)
{
    unsigned shift = 0;
    while (shift < 63 && count >> (shift + 7) > 0)
        shift += 7;
    for (;; shift -= 7) {
        start_at(t, t->n);
        t->bytes[t->n++] = (unsigned char)(0x80 | (count >> shift & 0x7F));
        if (shift == 0)
            break;
    }
}

/* The symbol of a code's character, made at its first appearance. */
static int code_symbol(struct nmt_merge_text *t, const char *p, size_t len, uint32_t cp, bool last,
                       uint32_t *symbol, struct nmt_err *err)
{
    struct nmt_code_points *known = last ? &t->last : &t->inside;
    *symbol = (uint32_t)nmt_code_points_get(known, cp);
    if (*symbol)
        return 0;
    char text[NMT_CODES_SYMBOL];
    memcpy(text, p, len);
    text[len] = NMT_CODES_END;
    NMT_TRY(add_character(t, known, cp, text, len + last, (uint32_t)len + last, err));
    *symbol = (uint32_t)nmt_code_points_get(known, cp);
    return 0;
}

/* No record is shorter than what becomes of it. low [0x80]: codes of characters of one byte. */
static int put_word(struct nmt_merge_text *t, const struct nmt_word *word, const unsigned char *low,
                    struct nmt_err *err)
{
    bool codes = t->rule == NMT_MERGE_CODES;
    size_t len = word->len;
    put_count(t, word->count);
    if (len >= LONG_WORD) {
        NMT_TRY(grow(&t->words, t->n_words, &t->cap_words, sizeof *t->words, err));
        t->words[t->n_words++] = (struct nmt_long_word){ t->n, t->n + len };
    }
    if (!codes)
        put_symbol(t, 1, (uint32_t)nmt_code_points_get(&t->inside, ' '));
    for (const char *p = word->text, *end = p + word->len; p < end;) {
        uint32_t cp = 0, symbol;
        if (!codes && (unsigned char)*p < 0x80) {
            start_at(t, t->n);
            t->bytes[t->n++] = low[(unsigned char)*p++];
            continue;
        }
        size_t step = nmt_utf8_decode(p, (size_t)(end - p), &cp);
        bool last = codes && p + step == end;
        if (codes)
            NMT_TRY(code_symbol(t, p, step, cp, last, &symbol, err));
        else
            symbol = (uint32_t)nmt_code_points_get(&t->inside, cp);
        p += step;
        put_symbol(t, step + last, symbol);
    }
    return 0;
}

int nmt_merge_text_take(struct nmt_merge_text *t, struct nmt_word_counts *shards, size_t n,
                        struct nmt_err *err)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        nmt_word_counts_seal(&shards[i]);
        most += shards[i].used;
    }
    unsigned char *bits = calloc(most / 8 + 2 * AROUND, 1);
    t->bytes = bits ? malloc(most + AROUND) : NULL;
    t->starts = bits ? bits + AROUND : NULL;
    if (!t->bytes)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    struct nmt_word word;
    unsigned char low[0x80];
    for (uint32_t cp = 0; cp < sizeof low; cp++) {
        const uint32_t symbol = (uint32_t)nmt_code_points_get(&t->inside, cp);
        low[cp] = symbol ? (unsigned char)t->shapes[symbol].code : 0;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t at = 0; nmt_word_counts_next(&shards[i], &at, &word);)
            NMT_TRY(put_word(t, &word, low, err));
        nmt_word_counts_release(&shards[i]);
    }
    memset(t->bytes + t->n, 0x80, AROUND / 2); /* digits at the end, as before a word */
    for (size_t i = 0; i < 3; i++)
        start_at(t, t->n + i);
    return 0;
}

/* The start of the long word around a place, the place itself when there is none. */
static size_t long_word(const struct nmt_merge_text *t, size_t place)
{
    size_t low = 0, high = t->n_words;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place < t->words[middle].end)
            high = middle;
        else
            low = middle + 1;
    }
    return low < t->n_words && place >= t->words[low].start ? t->words[low].start : place;
}

uint64_t nmt_merge_count(const struct nmt_merge_text *t, size_t place)
{
    for (unsigned i = 0; !nmt_merge_is_digit(t, place); i++) {
        if (i == MANY)
            place = long_word(t, place);
        place = nmt_merge_previous(t, place);
    }
    uint64_t count = 0;
    for (unsigned shift = 0; nmt_merge_is_digit(t, place); shift += 7) {
        count |= (uint64_t)(t->bytes[place] & 0x7F) << shift;
        if (place == 0)
            break;
        place = nmt_merge_previous(t, place);
    }
    return count;
}

/*
 * The symbol is new, for a text is never spelt by two pairs of symbols. What stands between two
 * borders that no merge has crossed was merged as if it stood alone, since every merge is made
 * wherever it can be, from the left: so equal texts are in equal symbols.
 */
int nmt_merge_text_join(struct nmt_merge_text *t, uint32_t left, uint32_t right, uint32_t *joined,
                        struct nmt_err *err)
{
    const struct nmt_string *a = &t->symbols.items[left], *b = &t->symbols.items[right];
    const struct nmt_merge_symbol *x = &t->shapes[left], *y = &t->shapes[right];
    struct nmt_merge_symbol shape = { x->characters + y->characters, x->width + y->width, 0 };
    size_t len = a->len + b->len, before = t->symbols.n;
    (void)before;
    char *text = malloc(len + 1);
    if (!text)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    memcpy(text, nmt_strings_get(&t->symbols, left), a->len);
    memcpy(text + a->len, nmt_strings_get(&t->symbols, right), b->len);
    int rc = intern(t, text, len, shape, joined, err);
    free(text);
    assert(rc < 0 || *joined == before);
    return rc;
}
