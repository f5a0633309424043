/*
 * Unicode as the reference programs' libraries see it: white space, general categories and
 * lower case of Python 3.11 and of its regex module (Unicode 14 and 15).
 */
#ifndef NMT_UNITEXT_INTERNAL_H
#define NMT_UNITEXT_INTERNAL_H

#include <nmt/buffer.h>
#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What str.isspace says. */
bool nmt_unitext_is_space(uint32_t cp);

/** General categories P*, S* and N*. */
bool nmt_unitext_is_punctuation(uint32_t cp);
bool nmt_unitext_is_symbol(uint32_t cp);
bool nmt_unitext_is_number(uint32_t cp);

/**
 * Replaces out's content with str.lower of s[0..n): the full mapping, so that U+0130 becomes two
 * code points and a capital sigma at a word's end U+03C2. Bytes that are no UTF-8 stay.
 */
int nmt_unitext_lower(struct nmt_buffer *out, const char *s, size_t n,
                      struct nmt_err *err) NMT_MUST_USE;

/** The bytes of s[0..n) without the white space at its end. */
size_t nmt_unitext_trimmed(const char *s, size_t n);

#endif
