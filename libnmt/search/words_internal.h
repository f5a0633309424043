/* From token ids and attention over tokens to text and attention between words. */
#ifndef NMT_WORDS_INTERNAL_H
#define NMT_WORDS_INTERNAL_H

#include "search/search.h"

#include <nmt/translate.h>

/** A part of a line as it was searched: tokens [first[m], first[m] + rows) of model m. */
struct nmt_searched_part {
    const struct nmt_translation *found;
    const uint32_t *first; /* [n_models] */
};

struct nmt_line_maker {
    const struct nmt_model *const *models;
    const size_t *index; /* of each model's annotation in a sentence */
    size_t n_models;
    const struct nmt_translate_options *options;
};

/** Fills `out` with the translation of a record that is made of these parts. */
int nmt_line_make(const struct nmt_line_maker *k, struct nmt_output_line *out,
                  const struct nmt_translated *record, const struct nmt_searched_part *parts,
                  size_t n_parts, struct nmt_err *err) NMT_MUST_USE;

/** The line for a sentence without tokens. */
int nmt_line_make_empty(struct nmt_output_line *out, const struct nmt_translated *record,
                        struct nmt_err *err) NMT_MUST_USE;

#endif
