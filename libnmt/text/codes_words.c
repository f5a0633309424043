/* Words as subword-nmt sees them. It cuts lines as Python's splitlines does, so that VT, FF, the
 * information separators, NEL and U+2028/9 end a line, and staying there, a word. */
#include "codes_internal.h"

#include <nmt/utf8.h>

#include <string.h>

size_t nmt_codes_line_end(const char *p, size_t n)
{
    unsigned char c = (unsigned char)p[0];
    if (c == 0x0B || c == 0x0C || (c >= 0x1C && c <= 0x1E))
        return 1;
    if (n >= 2 && memcmp(p, "\xC2\x85", 2) == 0)
        return 2;
    if (n >= 3 && (memcmp(p, "\xE2\x80\xA8", 3) == 0 || memcmp(p, "\xE2\x80\xA9", 3) == 0))
        return 3;
    return 0;
}

size_t nmt_codes_word(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && p[i] != ' ' && p[i] != '\r') {
        size_t end = nmt_codes_line_end(p + i, n - i);
        if (end)
            return i + end;
        i++;
    }
    return i;
}

size_t nmt_codes_space(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && (p[i] == ' ' || p[i] == '\r'))
        i++;
    return i;
}

bool nmt_codes_ends_line(const char *word, size_t len)
{
    size_t last = 1;
    while (last < len && ((unsigned char)word[len - last] & 0xC0) == 0x80)
        last++;
    return nmt_codes_line_end(word + len - last, last) > 0;
}

/* The next place from `at` on where glossary k matches something that begins and ends between
 * characters. */
static bool find_match(const struct nmt_codes *c, size_t k, const char *word, size_t at,
                       size_t *start, size_t *end)
{
    regmatch_t m;
    while (word[at] != '\0' &&
           regexec(&c->glossaries[k].any, word + at, 1, &m, at > 0 ? REG_NOTBOL : 0) == 0) {
        *start = at + (size_t)m.rm_so;
        *end = at + (size_t)m.rm_eo;
        bool clean = ((unsigned char)word[*start] & 0xC0) != 0x80 &&
                     ((unsigned char)word[*end] & 0xC0) != 0x80;
        if (*end > *start && clean)
            return true;
        at = *start + (word[*start] != '\0');
    }
    return false;
}

static bool matches_all(const struct nmt_codes *c, size_t k, const char *word)
{
    return regexec(&c->glossaries[k].all, word, 0, NULL, 0) == 0;
}

static bool is_whole(const struct nmt_codes *c, const char *word)
{
    for (size_t k = 0; k < c->n_glossaries; k++)
        if (matches_all(c, k, word))
            return true;
    return false;
}

static int isolate(const struct nmt_codes *c, size_t k, const char *word, size_t len,
                   nmt_codes_part_fn *fn, void *arg, struct nmt_err *err);

/* Hands word[0..len) to the next glossary, as a string of its own. */
static int hand_on(const struct nmt_codes *c, size_t k, const char *word, size_t len,
                   nmt_codes_part_fn *fn, void *arg, struct nmt_err *err)
{
    struct nmt_buffer part = NMT_BUFFER_INIT;
    if (len == 0)
        return 0;
    int rc = nmt_buffer_add(&part, word, len, err);
    if (rc == 0)
        rc = nmt_buffer_addc(&part, '\0', err);
    if (rc == 0)
        rc = isolate(c, k + 1, part.data, len, fn, arg, err);
    nmt_buffer_release(&part);
    return rc;
}

static int isolate(const struct nmt_codes *c, size_t k, const char *word, size_t len,
                   nmt_codes_part_fn *fn, void *arg, struct nmt_err *err)
{
    if (k == c->n_glossaries)
        return fn(arg, word, len, c->n_glossaries > 0 && is_whole(c, word), err);
    if (matches_all(c, k, word))
        return isolate(c, k + 1, word, len, fn, arg, err);
    size_t at = 0, start, end;
    while (find_match(c, k, word, at, &start, &end)) {
        NMT_TRY(hand_on(c, k, word + at, start - at, fn, arg, err));
        NMT_TRY(hand_on(c, k, word + start, end - start, fn, arg, err));
        at = end;
    }
    if (at == 0)
        return isolate(c, k + 1, word, len, fn, arg, err);
    return hand_on(c, k, word + at, len - at, fn, arg, err);
}

int nmt_codes_isolate(const struct nmt_codes *c, const char *word, nmt_codes_part_fn *fn, void *arg,
                      struct nmt_err *err)
{
    locale_t before = c->utf8 ? uselocale(c->utf8) : (locale_t)0;
    int rc = isolate(c, 0, word, strlen(word), fn, arg, err);
    if (c->utf8)
        uselocale(before);
    return rc;
}
