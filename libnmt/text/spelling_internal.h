/*
 * How text is spelt in pieces. A space is U+2581 (as in sentencepiece); so that U+2581 itself is
 * not lost, U+2582 is an escape: U+2582 '_' is a real U+2581, U+2582 U+2582 a real U+2582. The
 * spelling of a text contains no space, U+2581 in it is always a space, and every text has one
 * spelling. A "symbol" is one character of the text in its spelling.
 */
#ifndef NMT_SPELLING_INTERNAL_H
#define NMT_SPELLING_INTERNAL_H

#include <nmt/buffer.h>

#include <stddef.h>

#define NMT_SPACE        "\xE2\x96\x81" /* U+2581 */
#define NMT_ESCAPE       "\xE2\x96\x82" /* U+2582 */
#define NMT_REAL_SPACE   NMT_ESCAPE "_"
#define NMT_REAL_ESCAPE  NMT_ESCAPE NMT_ESCAPE
#define NMT_SPACE_LEN    ((size_t)3)
#define NMT_SYMBOL_BYTES 6 /* most bytes of a symbol */

/** Bytes of the first symbol of spelling[0..n), 0 when there is none (bad UTF-8 or escape). */
size_t nmt_spelling_symbol(const char *spelling, size_t n);

/** Writes the spelling of one character (n bytes of UTF-8) to out; returns its length. */
size_t nmt_spelling_of(const char *character, size_t n, char out[NMT_SYMBOL_BYTES]);

/** Adds the spelling of text (valid UTF-8). */
int nmt_spell(struct nmt_buffer *out, const char *text, size_t n, struct nmt_err *err) NMT_MUST_USE;

/** Adds the text of a spelling (which nmt_spelling_symbol must accept throughout). */
int nmt_unspell(struct nmt_buffer *out, const char *spelling, size_t n,
                struct nmt_err *err) NMT_MUST_USE;

#endif
