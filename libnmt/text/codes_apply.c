/*
 * Applying codes. A word is joined as subword-nmt does it, all places of the best pair in one
 * step; then pieces that are not in the vocabulary are undone. What a word became is remembered
 * as text, marks and all.
 */
#include "bpe_internal.h"
#include "codes_internal.h"

#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>

#define CACHED_WORD 256
#define CACHE_LIMIT ((size_t)1 << 26)

/* A string waiting to be found in the vocabulary or undone. */
struct undoing {
    const char *text;
    size_t len;
    bool final;
};

struct nmt_codes_applier {
    const struct nmt_codes *c;
    struct nmt_strings cache; /* value: where in `known` what it became starts, with its length */
    struct nmt_buffer known;
    struct nmt_joiner joiner;
    uint32_t *symbols, *from, *starts;
    size_t cap_symbols;
    struct undoing *stack;
    size_t n_stack, cap_stack;
    struct nmt_buffer key, word, made;
    size_t n_made; /* pieces in `made` */
    double dropout;
    struct nmt_random random;
};

int nmt_codes_applier_new(struct nmt_codes_applier **out, const struct nmt_codes *c,
                          struct nmt_err *err)
{
    struct nmt_codes_applier *a = calloc(1, sizeof *a);
    if (!a)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    a->c = c;
    *out = a;
    return 0;
}

void nmt_codes_applier_free(struct nmt_codes_applier *a)
{
    if (!a)
        return;
    nmt_strings_release(&a->cache);
    nmt_buffer_release(&a->known);
    nmt_joiner_release(&a->joiner);
    nmt_buffer_release(&a->key);
    nmt_buffer_release(&a->word);
    nmt_buffer_release(&a->made);
    free(a->symbols);
    free(a->from);
    free(a->starts);
    free(a->stack);
    free(a);
}

void nmt_codes_applier_dropout(struct nmt_codes_applier *a, double p, uint64_t seed, uint64_t line)
{
    a->dropout = p;
    a->random = (struct nmt_random){ seed, line, 0 };
}

static int grow_symbols(struct nmt_codes_applier *a, size_t n, struct nmt_err *err)
{
    if (n <= a->cap_symbols)
        return 0;
    uint32_t **arrays[] = { &a->symbols, &a->from, &a->starts };
    size_t cap = n + n / 2 + 64;
    for (size_t i = 0; i < 3; i++) {
        uint32_t *bigger = realloc(*arrays[i], cap * sizeof *bigger);
        if (!bigger)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        *arrays[i] = bigger;
    }
    a->cap_symbols = cap;
    return 0;
}

/* The number of text with an end behind it, NMT_STRINGS_NONE when it is not there. */
static int find(struct nmt_codes_applier *a, const struct nmt_strings *in, const char *text,
                size_t len, const char *end, uint32_t *number, struct nmt_err *err)
{
    a->key.len = 0;
    NMT_TRY(nmt_buffer_add(&a->key, text, len, err));
    NMT_TRY(nmt_buffer_adds(&a->key, end, err));
    *number = nmt_strings_find(in, a->key.data, a->key.len);
    return 0;
}

static int add_piece(struct nmt_codes_applier *a, const char *text, size_t len, struct nmt_err *err)
{
    if (a->n_made++ > 0)
        NMT_TRY(nmt_buffer_adds(&a->made, NMT_SEPARATOR " ", err));
    return nmt_buffer_add(&a->made, text, len, err);
}

static int push(struct nmt_codes_applier *a, const char *text, size_t len, bool final,
                struct nmt_err *err)
{
    if (a->n_stack == a->cap_stack) {
        size_t cap = a->cap_stack * 2 + 16;
        struct undoing *stack = realloc(a->stack, cap * sizeof *stack);
        if (!stack)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
        a->stack = stack;
        a->cap_stack = cap;
    }
    a->stack[a->n_stack++] = (struct undoing){ text, len, final };
    return 0;
}

/* Adds a piece, or what is left when the merges that made it are undone until all its parts are
 * in the vocabulary or nothing makes them. A stack, for merges may be nested deeply. */
static int add_known(struct nmt_codes_applier *a, const char *text, size_t len, bool final,
                     struct nmt_err *err)
{
    const struct nmt_codes *c = a->c;
    NMT_TRY(push(a, text, len, final, err));
    while (a->n_stack > 0) {
        struct undoing u = a->stack[--a->n_stack];
        uint32_t number, symbol;
        NMT_TRY(find(a, &c->vocabulary, u.text, u.len, u.final ? "" : NMT_SEPARATOR, &number, err));
        NMT_TRY(find(a, &c->symbols, u.text, u.len, u.final ? NMT_WORD_END : "", &symbol, err));
        struct nmt_undo undo = { 0, 0 };
        if (symbol != NMT_STRINGS_NONE)
            undo = c->undo[symbol];
        if (number != NMT_STRINGS_NONE || !undo.left) {
            NMT_TRY(add_piece(a, u.text, u.len, err));
            continue;
        }
        size_t end = u.final ? strlen(NMT_WORD_END) : 0, right = c->symbols.items[undo.right].len;
        NMT_TRY(push(a, nmt_strings_get(&c->symbols, undo.right), right < end ? 0 : right - end,
                     u.final, err));
        NMT_TRY(push(a, nmt_strings_get(&c->symbols, undo.left), c->symbols.items[undo.left].len,
                     false, err));
    }
    return 0;
}

static uint32_t symbol_or_unknown(uint32_t number)
{
    return number == NMT_STRINGS_NONE ? NMT_SYMBOL_UNKNOWN : number;
}

/* The symbols of a word; the end of the word belongs to the last one, or is one more (0.1). */
static int to_symbols(struct nmt_codes_applier *a, const char *word, size_t len, size_t *n,
                      struct nmt_err *err)
{
    *n = 0;
    for (size_t i = 0, step; i < len; i += step) {
        uint32_t cp, number;
        step = nmt_utf8_decode(word + i, len - i, &cp);
        bool last = i + step == len && !a->c->old;
        NMT_TRY(find(a, &a->c->symbols, word + i, step, last ? NMT_WORD_END : "", &number, err));
        a->starts[*n] = (uint32_t)i;
        a->symbols[(*n)++] = symbol_or_unknown(number);
    }
    if (a->c->old) {
        uint32_t number = nmt_strings_find(&a->c->symbols, NMT_WORD_END, strlen(NMT_WORD_END));
        a->starts[*n] = (uint32_t)len;
        a->symbols[(*n)++] = symbol_or_unknown(number);
    }
    a->starts[*n] = (uint32_t)len;
    return 0;
}

/* A part of a word becomes pieces. */
static int cut_part(void *arg, const char *part, size_t len, bool whole, struct nmt_err *err)
{
    struct nmt_codes_applier *a = arg;
    uint32_t cp;
    if (whole || nmt_utf8_decode(part, len, &cp) == len)
        return add_piece(a, part, len, err);
    size_t n;
    NMT_TRY(grow_symbols(a, len + 2, err));
    NMT_TRY(to_symbols(a, part, len, &n, err));
    size_t all = n;
    NMT_TRY(nmt_bpe_join(&a->joiner, &a->c->merges, NMT_JOIN_ALL, a->symbols, a->from, &n,
                         a->dropout, &a->random, err));
    if (a->c->old && a->from[n - 1] == all - 1)
        n--; /* the end of the word has joined nothing */
    for (size_t i = 0; i < n; i++) {
        size_t start = a->starts[a->from[i]], end = i + 1 < n ? a->starts[a->from[i + 1]] : len;
        if (a->c->vocabulary.n > 0)
            NMT_TRY(add_known(a, part + start, end - start, i + 1 == n, err));
        else
            NMT_TRY(add_piece(a, part + start, end - start, err));
    }
    return 0;
}

static int remember(struct nmt_codes_applier *a, const char *word, size_t len, struct nmt_err *err)
{
    if (a->cache.used + a->known.len + a->cache.n_slots * sizeof(uint64_t) > CACHE_LIMIT) {
        nmt_strings_empty(&a->cache);
        a->known.len = 0;
    }
    uint32_t number, size = (uint32_t)a->made.len;
    NMT_TRY(nmt_strings_add(&a->cache, word, len, &number, err));
    a->cache.items[number].value = (uint32_t)a->known.len;
    NMT_TRY(nmt_buffer_add(&a->known, &size, sizeof size, err));
    return nmt_buffer_add(&a->known, a->made.data, a->made.len, err);
}

static int apply_word(struct nmt_codes_applier *a, const char *word, size_t len,
                      struct nmt_buffer *out, struct nmt_err *err)
{
    bool cached = len <= CACHED_WORD && a->dropout == 0;
    uint32_t number = cached ? nmt_strings_find(&a->cache, word, len) : NMT_STRINGS_NONE, size;
    if (number != NMT_STRINGS_NONE) {
        const char *known = a->known.data + a->cache.items[number].value;
        memcpy(&size, known, sizeof size);
        return nmt_buffer_add(out, known + sizeof size, size, err);
    }
    a->made.len = a->word.len = a->n_made = 0;
    NMT_TRY(nmt_buffer_add(&a->word, word, len, err));
    NMT_TRY(nmt_buffer_addc(&a->word, '\0', err));
    NMT_TRY(a->c->n_glossaries ? nmt_codes_isolate(a->c, a->word.data, cut_part, a, err)
                               : cut_part(a, word, len, false, err));
    NMT_TRY(nmt_buffer_add(out, a->made.data, a->made.len, err));
    return cached ? remember(a, word, len, err) : 0;
}

int nmt_codes_apply(struct nmt_codes_applier *a, const char *line, size_t len,
                    struct nmt_buffer *out, struct nmt_err *err)
{
    size_t bad = nmt_utf8_valid(line, len);
    if (bad < len)
        return nmt_fail(err, NMT_ETEXT, 0, "invalid UTF-8 at byte %zu", bad + 1);
    if (len > (size_t)1 << 31)
        return nmt_fail(err, NMT_ELIMIT, 0, "line is longer than 2^31 bytes");
    bool at_start = true; /* of a line, in the sense of splitlines */
    for (size_t i = 0; i < len;) {
        size_t space = nmt_codes_space(line + i, len - i);
        /* White space around a line is kept as it is; inside it is one space. */
        bool keep = at_start || i + space == len || memchr(line + i, '\r', space);
        NMT_TRY(nmt_buffer_add(out, keep ? line + i : " ", keep || !space ? space : 1, err));
        i += space;
        size_t word = nmt_codes_word(line + i, len - i);
        if (word > 0)
            NMT_TRY(apply_word(a, line + i, word, out, err));
        i += word;
        at_start = word > 0 && nmt_codes_ends_line(line + i - word, word);
    }
    return 0;
}
