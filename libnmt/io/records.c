/* What all kinds of records need: messages, checks, release. */
#include "io_internal.h"

#include <nmt/utf8.h>

#include <stdarg.h>
#include <stdio.h>

int nmt_fail_where(struct nmt_err *err, int code, const struct nmt_where *at, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (at->record == 0)
        return nmt_fail(err, code, 0, "%s: %s", at->name, text);
    return nmt_fail(err, code, at->record, "%s: record %llu: %s", at->name,
                    (unsigned long long)at->record, text);
}

int nmt_line_check(const char *s, size_t n, const char *what, const struct nmt_where *at,
                   struct nmt_err *err)
{
    if (n == 0)
        return 0;
    if (memchr(s, '\0', n) || memchr(s, '\n', n))
        return nmt_fail_where(err, NMT_ETEXT, at, "NUL or line end inside the %s", what);
    size_t good = nmt_utf8_valid(s, n);
    if (good != n)
        return nmt_fail_where(err, NMT_ETEXT, at, "invalid UTF-8 at byte %zu of the %s", good + 1,
                              what);
    return 0;
}

bool nmt_all_finite(const float *v, size_t n)
{
    uint32_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, v + i, 4);
        bad |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return !bad;
}

bool nmt_all_below(const nmt_id *ids, size_t n, uint32_t bound)
{
    uint32_t bad = 0;
    for (size_t i = 0; i < n; i++)
        bad |= ids[i] >= bound;
    return !bad;
}

void nmt_sentence_release(struct nmt_sentence *s)
{
    nmt_arena_release(&s->memory);
    *s = (struct nmt_sentence){ 0 };
}

void nmt_alignments_release(struct nmt_alignments *a)
{
    nmt_arena_release(&a->memory);
    *a = (struct nmt_alignments){ 0 };
}
