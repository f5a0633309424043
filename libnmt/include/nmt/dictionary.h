/*
 * A dictionary of words, for what a model has no word for: lines of SOURCE<TAB>TARGET.
 */
#ifndef NMT_DICTIONARY_H
#define NMT_DICTIONARY_H

#include <nmt/error.h>

#include <stddef.h>

struct nmt_dictionary;

/**
 * Loads a dictionary. Each line is one source word, a tab, and what it is translated as: one or
 * more words with one space between two. Of several lines with the same source the first counts.
 * A line that is not so is NMT_EFORMAT (NMT_ETEXT: no text), and the message names file and line.
 */
int nmt_dictionary_load(struct nmt_dictionary **d, const char *path,
                        struct nmt_err *err) NMT_MUST_USE;

/** The translation of a word (borrowed) and its bytes; NULL when there is none. */
const char *nmt_dictionary_find(const struct nmt_dictionary *d, const char *word, size_t len,
                                size_t *found_len);

/** NULL is fine. */
void nmt_dictionary_free(struct nmt_dictionary *d);

#endif
