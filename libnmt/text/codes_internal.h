/* What codes are inside: symbols, merges, glossaries and the vocabulary that pieces must be in. */
#ifndef NMT_CODES_INTERNAL_H
#define NMT_CODES_INTERNAL_H

#include "merges_internal.h"
#include "strings_internal.h"

#include <nmt/buffer.h>
#include <nmt/codes.h>

#include <locale.h>
#include <regex.h>

#define NMT_WORD_END  "</w>"
#define NMT_SEPARATOR "@@"

struct nmt_codes {
    bool old;                   /* version 0.1: the end of a word is a symbol of its own */
    struct nmt_strings symbols; /* number 0 is the empty one */
    struct nmt_merges merges;   /* ids are numbers of symbols */
    struct nmt_undo {
        uint32_t left, right; /* 0, 0: no merge makes the symbol */
    } * undo;                 /* [symbols.n] */
    size_t cap_undo;
    struct nmt_strings vocabulary;
    struct nmt_glossary {
        regex_t any, all; /* somewhere in a word, the whole word */
    } * glossaries;
    size_t n_glossaries;
    locale_t utf8; /* for the expressions; (locale_t)0 when the system has none */
};

/** Bytes of a character behind which a word ends although it is no space (VT, U+2028 ...), or 0. */
size_t nmt_codes_line_end(const char *p, size_t n);

/** Is the last character of a word (len > 0) one of those? */
bool nmt_codes_ends_line(const char *word, size_t len);

/** Bytes of the word that begins at p[0..n): up to a space or CR, or behind a line end. */
size_t nmt_codes_word(const char *p, size_t n);

/** Bytes of spaces and CR at p[0..n). */
size_t nmt_codes_space(const char *p, size_t n);

/** What becomes of a part of a word: `whole` when a glossary keeps it from being cut. */
typedef int nmt_codes_part_fn(void *arg, const char *part, size_t len, bool whole,
                              struct nmt_err *err);

/** Cuts a word (ended by NUL) at what the glossaries match, and hands over the parts in order. */
int nmt_codes_isolate(const struct nmt_codes *c, const char *word, nmt_codes_part_fn *fn, void *arg,
                      struct nmt_err *err) NMT_MUST_USE;

#endif
