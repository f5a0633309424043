/* A byte string that grows by doubling. */
#include <nmt/buffer.h>
#include <nmt/utf8.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nmt_buffer_release(struct nmt_buffer *b)
{
    free(b->data);
    *b = (struct nmt_buffer)NMT_BUFFER_INIT;
}

int nmt_buffer_reserve(struct nmt_buffer *b, size_t more, struct nmt_err *err)
{
    if (more <= b->cap - b->len)
        return 0;
    if (more > SIZE_MAX / 2 - b->len)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu more bytes", more);
    size_t cap = b->cap ? b->cap : 64;
    while (cap - b->len < more)
        cap *= 2;
    char *data = realloc(b->data, cap);
    if (!data)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu bytes", cap);
    b->data = data;
    b->cap = cap;
    return 0;
}

int nmt_buffer_add(struct nmt_buffer *b, const void *bytes, size_t n, struct nmt_err *err)
{
    if (n == 0)
        return 0;
    NMT_TRY(nmt_buffer_reserve(b, n, err));
    memcpy(b->data + b->len, bytes, n);
    b->len += n;
    return 0;
}

int nmt_buffer_addc(struct nmt_buffer *b, char c, struct nmt_err *err)
{
    return nmt_buffer_add(b, &c, 1, err);
}

int nmt_buffer_adds(struct nmt_buffer *b, const char *s, struct nmt_err *err)
{
    return nmt_buffer_add(b, s, strlen(s), err);
}

int nmt_buffer_addf(struct nmt_buffer *b, struct nmt_err *err, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    int rc = n < 0 ? nmt_fail(err, NMT_EIO, 0, "cannot format a message")
                   : nmt_buffer_reserve(b, (size_t)n + 1, err);
    if (rc == 0) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
    return rc;
}

int nmt_buffer_add_json(struct nmt_buffer *b, const char *s, size_t n, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_addc(b, '"', err));
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t used = nmt_utf8_decode(s + i, n - i, &cp);
        if (used == 0) {
            NMT_TRY(nmt_buffer_adds(b, "\xEF\xBF\xBD", err));
            i++;
            continue;
        }
        if (cp == '"' || cp == '\\')
            NMT_TRY(nmt_buffer_addf(b, err, "\\%c", (char)cp));
        else if (cp == '\n')
            NMT_TRY(nmt_buffer_adds(b, "\\n", err));
        else if (cp == '\t')
            NMT_TRY(nmt_buffer_adds(b, "\\t", err));
        else if (cp < 0x20 || cp == 0x7f)
            NMT_TRY(nmt_buffer_addf(b, err, "\\u%04x", (unsigned)cp));
        else
            NMT_TRY(nmt_buffer_add(b, s + i, used, err));
        i += used;
    }
    return nmt_buffer_addc(b, '"', err);
}

const char *nmt_buffer_str(struct nmt_buffer *b, struct nmt_err *err)
{
    if (nmt_buffer_reserve(b, 1, err) < 0)
        return NULL;
    b->data[b->len] = '\0';
    return b->data;
}
