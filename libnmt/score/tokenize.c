/*
 * All tokenisers in one pass over the bytes.
 *
 * The reference programs rewrite the line several times with regular expressions that only put
 * spaces in, then split it. So a token is a range of the line, and all that has to be known is
 * where a boundary falls; that depends on a character's class and on its neighbours':
 *
 *   SPACE   white space: a boundary, and dropped
 *   ALONE   a token of its own (13a's punctuation, a symbol, a Chinese character)
 *   MARK    full stop and comma (intl: all punctuation), which stick to numbers
 *   DIGIT   what marks stick to
 *   DASH    a token of its own behind a digit
 *   QUOTE   TER's apostrophe: begins a token in 's before a boundary
 *
 * A run of k marks between X before and Y behind (a boundary counts as "no digit"; the line's end
 * does only in the tokenisers that pad the line with spaces, and is neither otherwise). The first
 * pattern, non-digit then mark, eats both of them: with X no digit the marks 1, 3, 5 ... are its
 * second half and get spaces on both sides, otherwise the marks 2, 4, 6 .... The second pattern,
 * mark then non-digit, splits off every mark that has a space or a non-digit behind it. Hence the
 * marks of a run are always apart from each other, a run of two or more is apart from X, and
 *
 *   before the run   if X is no digit, or k > 1, or Y is no digit
 *   behind the run   if Y is no digit, or the last mark was a second half (k odd, X no digit;
 *                    k even, X a digit or the line's start)
 */
#include "charclass_internal.h"
#include "unitext_internal.h"

#include <nmt/tokenize.h>

#include <nmt/buffer.h>
#include <nmt/utf8.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct nmt_tokenizer {
    struct nmt_tokenizer_options opt;
    struct char_classes classes;
    struct nmt_buffer lower, copy;
    struct nmt_token *tokens;
    size_t n, cap;
};

int nmt_tokenizer_new(struct nmt_tokenizer **out, const struct nmt_tokenizer_options *opt,
                      struct nmt_err *err)
{
    struct nmt_tokenizer *t = calloc(1, sizeof *t);
    if (!t)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for a tokeniser");
    t->opt = *opt;
    nmt_charclass_set(&t->classes, opt);
    *out = t;
    return 0;
}

void nmt_tokenizer_free(struct nmt_tokenizer *t)
{
    if (!t)
        return;
    nmt_buffer_release(&t->lower);
    nmt_buffer_release(&t->copy);
    free(t->tokens);
    free(t);
}

const char *nmt_tokenization_name(enum nmt_tokenization kind)
{
    static const char *const names[] = { "13a", "none", "intl", "char", "zh", "tercom" };
    return names[kind];
}

/* The text between two boundaries; there is room, since a token has a byte at least. */
static inline void emit(struct nmt_tokenizer *t, const char *s, size_t start, size_t end)
{
    if (end > start)
        t->tokens[t->n++] = (struct nmt_token){ s + start, end - start };
}

/* The class of the character at s[i], whose bytes are put in *width. */
static inline enum char_class class_at(const struct nmt_tokenizer *t, const char *s, size_t i,
                                       size_t n, size_t *width)
{
    enum char_class c = t->classes.of_byte[(unsigned char)s[i]];
    *width = 1;
    if (c != CLASS_WIDE)
        return c;
    uint32_t cp;
    size_t used = nmt_utf8_decode(s + i, n - i, &cp);
    if (used == 0)
        return CLASS_OTHER;
    *width = used;
    return t->classes.of_wide(cp);
}

/* Cuts the run of marks at s[i] (see the head of this file). Returns where the token begins that is
 * still open, and leaves in *next where reading goes on. */
static size_t cut_marks(struct nmt_tokenizer *t, const char *s, size_t start, size_t i, size_t n,
                        enum char_class before, size_t *next)
{
    size_t k = 0, width, last = i, end = i;
    enum char_class behind = CLASS_MARK;
    for (; end < n; k++) {
        behind = class_at(t, s, end, n, &width);
        if (behind != CLASS_MARK)
            break;
        last = end;
        end += width;
    }
    if (end == n)
        behind = t->classes.padded ? CLASS_SPACE : CLASS_EDGE;
    bool digit_before = before == CLASS_DIGIT || before == CLASS_EDGE;
    bool none_behind = behind == CLASS_DIGIT || behind == CLASS_EDGE;
    *next = end;
    if (!digit_before || k > 1 || !none_behind) {
        emit(t, s, start, i);
        start = i;
    }
    for (size_t at = i; at < last; at += width) {
        class_at(t, s, at, n, &width);
        emit(t, s, start, at + width);
        start = at + width;
    }
    if (!none_behind || (k % 2 == 0) == digit_before) {
        emit(t, s, start, end);
        start = end;
    }
    return start;
}

/* An apostrophe with an s and then a space, which the first pass also puts before punctuation. */
static bool is_possessive(const struct nmt_tokenizer *t, const char *s, size_t n)
{
    return n >= 2 && s[1] == 's' &&
           (n == 2 || s[2] == ' ' || t->classes.of_byte[(unsigned char)s[2]] == CLASS_ALONE);
}

/* Which of the bytes s[0..n), n <= 64, have something to be decided about, as bits. */
static inline uint64_t stops_among(const uint8_t *is_stop, const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    uint64_t stops = 0;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const unsigned char *v = u + i;
        int eight = is_stop[v[0]] | is_stop[v[1]] << 1 | is_stop[v[2]] << 2 | is_stop[v[3]] << 3 |
                    is_stop[v[4]] << 4 | is_stop[v[5]] << 5 | is_stop[v[6]] << 6 |
                    is_stop[v[7]] << 7;
        stops |= (uint64_t)eight << i;
    }
    for (; i < n; i++)
        stops |= (uint64_t)is_stop[u[i]] << i;
    return stops;
}

/* Where a line is being cut: the token that is open, where reading goes on, and what is before. */
struct cut {
    size_t start, next;
    enum char_class prev;
};

/* Decides about the character at s[i]. */
static inline void cut_at(struct nmt_tokenizer *t, const char *s, size_t i, size_t n,
                          struct cut *cut)
{
    size_t width;
    if (i > cut->next)
        cut->prev = t->classes.of_byte[(unsigned char)s[i - 1]];
    enum char_class c = class_at(t, s, i, n, &width);
    cut->next = i + width;
    switch (c) {
    case CLASS_SPACE:
        emit(t, s, cut->start, i);
        cut->start = i + width;
        break;
    case CLASS_ALONE:
        emit(t, s, cut->start, i);
        emit(t, s, i, i + width);
        cut->start = i + width;
        break;
    case CLASS_MARK:
        cut->start = cut_marks(t, s, cut->start, i, n, cut->prev, &cut->next);
        break;
    case CLASS_DASH:
        if (cut->prev == CLASS_DIGIT) {
            emit(t, s, cut->start, i);
            emit(t, s, i, i + 1);
            cut->start = i + 1;
        }
        break;
    case CLASS_QUOTE:
        if (is_possessive(t, s + i, n - i)) {
            emit(t, s, cut->start, i);
            cut->start = i;
        }
        break;
    default:
        break;
    }
    cut->prev = c;
}

/* Most bytes are letters: 64 at a time are looked at without a branch for those that are not. */
static void scan(struct nmt_tokenizer *t, const char *s, size_t n)
{
    struct cut cut = { 0, 0, t->classes.padded ? CLASS_SPACE : CLASS_EDGE };
    t->n = 0;
    for (size_t block = 0; block < n; block += 64) {
        uint64_t stops =
            stops_among(t->classes.is_stop, s + block, n - block < 64 ? n - block : 64);
        for (; stops; stops &= stops - 1) {
            size_t i = block + (size_t)__builtin_ctzll(stops);
            if (i >= cut.next)
                cut_at(t, s, i, n, &cut);
        }
    }
    emit(t, s, cut.start, n);
}

/* Replaces every `what` in b by one character, or by nothing when it is NUL; b only shrinks. */
static void replace(struct nmt_buffer *b, const char *what, char by)
{
    size_t len = strlen(what), kept = 0;
    for (size_t i = 0; i < b->len;) {
        if (b->len - i >= len && memcmp(b->data + i, what, len) == 0) {
            if (by)
                b->data[kept++] = by;
            i += len;
        } else {
            b->data[kept++] = b->data[i++];
        }
    }
    b->len = kept;
}

static bool has_skipped(const char *s, size_t n)
{
    for (const char *p = s; (p = memchr(p, '<', n - (size_t)(p - s))); p++)
        if (n - (size_t)(p - s) >= 9 && memcmp(p, "<skipped>", 9) == 0)
            return true;
    return false;
}

/* What 13a and normalising TER do to the text before they cut it: most lines need nothing. The
 * entities go one after the other, so that "&amp;lt;" ends as "<". */
static int prepare(struct nmt_tokenizer *t, const char **s, size_t *n, struct nmt_err *err)
{
    bool skipped = t->opt.kind == NMT_TOK_13A && has_skipped(*s, *n);
    bool entities = memchr(*s, '&', *n) != NULL;
    if (!skipped && !entities)
        return 0;
    t->copy.len = 0;
    NMT_TRY(nmt_buffer_add(&t->copy, *s, *n, err));
    if (skipped)
        replace(&t->copy, "<skipped>", '\0');
    if (entities) {
        replace(&t->copy, "&quot;", '"');
        replace(&t->copy, "&amp;", '&');
        replace(&t->copy, "&lt;", '<');
        replace(&t->copy, "&gt;", '>');
    }
    *s = t->copy.data;
    *n = t->copy.len;
    return 0;
}

/* Takes the punctuation that TER's no-punct switch names out of the tokens, which are rewritten in
 * a copy; tokens made of nothing else vanish. */
static int drop_punctuation(struct nmt_tokenizer *t, size_t n, struct nmt_err *err)
{
    struct nmt_buffer kept = NMT_BUFFER_INIT;
    NMT_TRY(nmt_buffer_reserve(&kept, n + 1, err));
    size_t left = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct nmt_token token = t->tokens[i];
        size_t start = kept.len;
        for (size_t j = 0; j < token.len;) {
            uint32_t cp = 0;
            size_t used = nmt_utf8_decode(token.s + j, token.len - j, &cp);
            bool dropped = used == 1   ? cp && strchr(".,?:;!\"()", (int)cp)
                           : used == 0 ? false
                                       : t->opt.asian && nmt_charclass_is_asian_punctuation(cp);
            used += used == 0;
            if (!dropped) {
                memcpy(kept.data + kept.len, token.s + j, used);
                kept.len += used;
            }
            j += used;
        }
        if (kept.len > start)
            t->tokens[left++] = (struct nmt_token){ kept.data + start, kept.len - start };
    }
    t->n = left;
    nmt_buffer_release(&t->copy);
    t->copy = kept;
    return 0;
}

static int reserve_tokens(struct nmt_tokenizer *t, size_t n, struct nmt_err *err)
{
    if (n <= t->cap)
        return 0;
    size_t cap = t->cap ? t->cap : 256;
    while (cap < n)
        cap *= 2;
    struct nmt_token *bigger = realloc(t->tokens, cap * sizeof *bigger);
    if (!bigger)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu tokens", cap);
    t->tokens = bigger;
    t->cap = cap;
    return 0;
}

int nmt_tokenizer_run(struct nmt_tokenizer *t, const char *s, size_t n,
                      const struct nmt_token **tokens, size_t *n_tokens, struct nmt_err *err)
{
    if (t->opt.lowercase) {
        NMT_TRY(nmt_unitext_lower(&t->lower, s, n, err));
        s = t->lower.data;
        n = t->lower.len;
    }
    n = nmt_unitext_trimmed(s, n);
    if (t->opt.kind == NMT_TOK_13A || (t->opt.kind == NMT_TOK_TERCOM && t->opt.normalized))
        NMT_TRY(prepare(t, &s, &n, err));
    if (t->opt.kind == NMT_TOK_ZH) {
        size_t width;
        while (n > 0 && class_at(t, s, 0, n, &width) == CLASS_SPACE) {
            s += width;
            n -= width;
        }
    }
    NMT_TRY(reserve_tokens(t, n + 1, err));
    scan(t, s, n);
    if (t->opt.kind == NMT_TOK_TERCOM && t->opt.no_punct)
        NMT_TRY(drop_punctuation(t, n, err));
    *tokens = t->tokens;
    *n_tokens = t->n;
    return 0;
}
