/* UTF-8, strictly: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef NMT_UTF8_H
#define NMT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/** Decodes the first character of s[0..n). Returns its bytes (1 to 4), 0 when it is invalid. */
size_t nmt_utf8_decode(const char *s, size_t n, uint32_t *cp);

/** Writes cp to out[0..4). Returns the bytes written, 0 when cp is no Unicode scalar value. */
size_t nmt_utf8_encode(uint32_t cp, char *out);

/** Returns n when s[0..n) is valid, otherwise the offset of the first bad byte. */
size_t nmt_utf8_valid(const char *s, size_t n);

#endif
