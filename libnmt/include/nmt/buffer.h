/*
 * A byte string that grows. Invariants: data is NULL or holds cap bytes; len <= cap; the
 * content is not terminated unless nmt_buffer_str was called since the last change.
 */
#ifndef NMT_BUFFER_H
#define NMT_BUFFER_H

#include <nmt/error.h>

#include <stddef.h>

struct nmt_buffer {
    char *data;
    size_t len, cap;
};

/* clang-format off */
#define NMT_BUFFER_INIT { NULL, 0, 0 }
/* clang-format on */

/** Frees the content; the struct can be used again. */
void nmt_buffer_release(struct nmt_buffer *b);

/** Makes room for `more` bytes after len. NMT_ENOMEM when there is none (or on overflow). */
int nmt_buffer_reserve(struct nmt_buffer *b, size_t more, struct nmt_err *err) NMT_MUST_USE;

int nmt_buffer_add(struct nmt_buffer *b, const void *bytes, size_t n,
                   struct nmt_err *err) NMT_MUST_USE;
int nmt_buffer_addc(struct nmt_buffer *b, char c, struct nmt_err *err) NMT_MUST_USE;
int nmt_buffer_adds(struct nmt_buffer *b, const char *s, struct nmt_err *err) NMT_MUST_USE;
int nmt_buffer_addf(struct nmt_buffer *b, struct nmt_err *err, const char *fmt, ...) NMT_MUST_USE
    NMT_PRINTF(3, 4);

/** Adds s as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
int nmt_buffer_add_json(struct nmt_buffer *b, const char *s, size_t n,
                        struct nmt_err *err) NMT_MUST_USE;

/** The content as a C string (a NUL is written behind it), NULL when memory ran out. */
const char *nmt_buffer_str(struct nmt_buffer *b, struct nmt_err *err);

#endif
