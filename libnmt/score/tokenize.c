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
#include "unitext_internal.h"

#include <nmt/tokenize.h>

#include <nmt/buffer.h>
#include <nmt/utf8.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Up to DIGIT: nothing to decide. */
enum class { OTHER, DIGIT, SPACE, ALONE, MARK, DASH, QUOTE, WIDE, EDGE };

struct nmt_tokenizer {
    struct nmt_tokenizer_options opt;
    bool padded;                        /* the line's ends count as spaces */
    uint8_t of_byte[256];               /* class; WIDE: part of a longer character */
    enum class (*of_wide)(uint32_t cp); /* class of a character from U+0080 on */
    struct nmt_buffer lower, copy;
    struct nmt_token *tokens;
    size_t n, cap;
};

static enum class wide_space_only(uint32_t cp) { return nmt_unitext_is_space(cp) ? SPACE : OTHER; }

static enum class wide_intl(uint32_t cp) {
    return nmt_unitext_is_space(cp)         ? SPACE
           : nmt_unitext_is_punctuation(cp) ? MARK
           : nmt_unitext_is_symbol(cp)      ? ALONE
           : nmt_unitext_is_number(cp)      ? DIGIT
                                            : OTHER;
}

static enum class wide_char(uint32_t cp) { return nmt_unitext_is_space(cp) ? SPACE : ALONE; }

struct range {
    uint32_t first, last;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cp >= r[i].first && cp <= r[i].last)
            return true;
    return false;
}

/* What the reference takes for Chinese: its list, with its slip (2001-2A6D and 2F81-2FA1 where
 * 20000-2A6D6 and 2F800-2FA1D were meant). */
static enum class wide_zh(uint32_t cp)
{
    static const struct range chinese[] = {
        { 0x2001, 0x2A6D }, { 0x2E80, 0x2EFF }, { 0x2F00, 0x2FDF }, { 0x2FF0, 0x2FFF },
        { 0x3000, 0x303F }, { 0x3100, 0x312F }, { 0x31A0, 0x31BF }, { 0x31C0, 0x31EF },
        { 0x3200, 0x33FF }, { 0x3400, 0x4DB5 }, { 0x4E00, 0x9FBB }, { 0xF900, 0xFA2D },
        { 0xFA30, 0xFA6A }, { 0xFA70, 0xFAD9 }, { 0xFE10, 0xFE1F }, { 0xFE30, 0xFE4F },
        { 0xFF00, 0xFFEF },
    };
    if (nmt_unitext_is_space(cp))
        return SPACE;
    return in_ranges(cp, chinese, sizeof chinese / sizeof *chinese) ? ALONE : OTHER;
}

/* Asian and full-width punctuation of TER. */
static bool is_asian_punctuation(uint32_t cp)
{
    static const struct range marks[] = {
        { 0x3001, 0x3002 }, { 0x3008, 0x3011 }, { 0x3014, 0x301F }, { 0x30FB, 0x30FB },
        { 0xFF01, 0xFF02 }, { 0xFF08, 0xFF09 }, { 0xFF0C, 0xFF0C }, { 0xFF0E, 0xFF0E },
        { 0xFF1A, 0xFF1B }, { 0xFF1F, 0xFF1F }, { 0xFF61, 0xFF65 },
    };
    return in_ranges(cp, marks, sizeof marks / sizeof *marks);
}

/* TER's Asian characters; 3200-3F22 is the reference's 3200-32FF with a digit astray. */
static enum class wide_tercom_asian(uint32_t cp)
{
    static const struct range asian[] = {
        { 0x2E80, 0x2EFF }, { 0x31C0, 0x31EF }, { 0x3200, 0x3F22 }, { 0x3300, 0x33FF },
        { 0x3400, 0x4DBF }, { 0x4E00, 0x9FFF }, { 0xF900, 0xFAFF }, { 0xFE30, 0xFE4F },
    };
    if (nmt_unitext_is_space(cp))
        return SPACE;
    return in_ranges(cp, asian, sizeof asian / sizeof *asian) || is_asian_punctuation(cp) ? ALONE
                                                                                          : OTHER;
}

static void set_bytes(struct nmt_tokenizer *t, const char *set, enum class c)
{
    for (; *set; set++)
        t->of_byte[(unsigned char)*set] = (uint8_t)c;
}

static void set_western(struct nmt_tokenizer *t)
{
    set_bytes(t, "!\"#$%&()*+:;<=>?@/[\\]^_`{|}~", ALONE);
    set_bytes(t, ".,", MARK);
    set_bytes(t, "0123456789", DIGIT);
    set_bytes(t, "-", DASH);
}

static void set_classes(struct nmt_tokenizer *t)
{
    for (unsigned byte = 0x80; byte < 256; byte++)
        t->of_byte[byte] = WIDE;
    t->of_wide = wide_space_only;
    switch (t->opt.kind) {
    case NMT_TOK_13A:
        set_western(t);
        t->padded = true;
        break;
    case NMT_TOK_ZH:
        set_western(t);
        t->of_wide = wide_zh;
        break;
    case NMT_TOK_INTL:
        set_bytes(t, "!\"#%&'()*,-./:;?@[\\]_{}", MARK);
        set_bytes(t, "$+<=>^`|~", ALONE);
        set_bytes(t, "0123456789", DIGIT);
        t->of_wide = wide_intl;
        break;
    case NMT_TOK_CHAR:
        for (unsigned byte = 0; byte < 0x80; byte++)
            t->of_byte[byte] = ALONE;
        t->of_wide = wide_char;
        break;
    case NMT_TOK_TERCOM:
        t->padded = true;
        if (!t->opt.normalized)
            break;
        set_western(t);
        set_bytes(t, "'", QUOTE);
        if (t->opt.asian)
            t->of_wide = wide_tercom_asian;
        break;
    case NMT_TOK_NONE:
        break;
    }
    for (unsigned byte = 0; byte < 0x80; byte++)
        if (nmt_unitext_is_space(byte))
            t->of_byte[byte] = SPACE;
}

int nmt_tokenizer_new(struct nmt_tokenizer **out, const struct nmt_tokenizer_options *opt,
                      struct nmt_err *err)
{
    struct nmt_tokenizer *t = calloc(1, sizeof *t);
    if (!t)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for a tokeniser");
    t->opt = *opt;
    set_classes(t);
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
static inline enum class class_at(const struct nmt_tokenizer *t, const char *s, size_t i, size_t n,
                                  size_t *width) {
    enum class c = t->of_byte[(unsigned char)s[i]]; *width = 1; if (c != WIDE) return c;
    uint32_t cp;
    size_t used = nmt_utf8_decode(s + i, n - i, &cp);
    if (used == 0) return OTHER;
    *width = used;
    return t->of_wide(cp);
}

/* Cuts the run of marks at s[i] (see the head of this file). Returns where the token begins that is
 * still open, and leaves in *next where reading goes on. */
static size_t cut_marks(struct nmt_tokenizer *t, const char *s, size_t start, size_t i, size_t n,
                        enum class before, size_t *next)
{
    size_t k = 0, width, last = i, end = i;
    enum class behind = MARK;
    for (; end < n; k++) {
        behind = class_at(t, s, end, n, &width);
        if (behind != MARK)
            break;
        last = end;
        end += width;
    }
    if (end == n)
        behind = t->padded ? SPACE : EDGE;
    bool digit_before = before == DIGIT || before == EDGE;
    bool none_behind = behind == DIGIT || behind == EDGE;
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
           (n == 2 || s[2] == ' ' || t->of_byte[(unsigned char)s[2]] == ALONE);
}

static void scan(struct nmt_tokenizer *t, const char *s, size_t n)
{
    enum class prev = t->padded ? SPACE : EDGE;
    size_t start = 0, width;
    t->n = 0;
    for (size_t i = 0; i < n; i += width) {
        size_t word = i;
        while (i < n && t->of_byte[(unsigned char)s[i]] <= DIGIT)
            i++;
        if (i > word)
            prev = t->of_byte[(unsigned char)s[i - 1]];
        if (i == n)
            break;
        enum class c = class_at(t, s, i, n, &width);
        if (c == SPACE) {
            emit(t, s, start, i);
            start = i + width;
            prev = SPACE;
            continue;
        }
        switch (c) {
        case ALONE:
            emit(t, s, start, i);
            emit(t, s, i, i + width);
            start = i + width;
            break;
        case MARK:
            start = cut_marks(t, s, start, i, n, prev, &width);
            width -= i;
            break;
        case DASH:
            if (prev == DIGIT) {
                emit(t, s, start, i);
                emit(t, s, i, i + 1);
                start = i + 1;
            }
            break;
        case QUOTE:
            if (is_possessive(t, s + i, n - i)) {
                emit(t, s, start, i);
                start = i;
            }
            break;
        default:
            break;
        }
        prev = c;
    }
    emit(t, s, start, n);
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
                                       : t->opt.asian && is_asian_punctuation(cp);
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
        while (n > 0 && class_at(t, s, 0, n, &width) == SPACE) {
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
