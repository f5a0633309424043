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

/**
 * Fills `out` with the translation of a record that is made of these parts; without parts it is the
 * line for a sentence without tokens.
 */
int nmt_line_make(const struct nmt_line_maker *k, struct nmt_output_line *out,
                  const struct nmt_translated *record, const struct nmt_searched_part *parts,
                  size_t n_parts, struct nmt_err *err) NMT_MUST_USE;

/** A word of the text, and the tokens it was made of: [first, end) of a part. */
struct nmt_made_word {
    struct nmt_span span;
    uint32_t part, first, end;
};

struct nmt_made_words {
    struct nmt_made_word *at;
    uint32_t n, cap;
};

/** A line under way. */
struct nmt_making {
    const struct nmt_line_maker *k;
    const struct nmt_translated *record;
    const struct nmt_sentence *source;
    const struct nmt_searched_part *part;
    size_t n_parts;
    uint32_t **token_word; /* of each part [n]: the word of each of its tokens, in the line */
    struct nmt_made_words words;
    uint32_t n_source; /* words of the source (or tokens, </s> left out) */
    float *row;        /* [n_source] scratch */
};

int nmt_made_words_add(struct nmt_made_words *words, struct nmt_made_word w,
                       struct nmt_err *err) NMT_MUST_USE;

/**
 * Which words of the source the tokens of a word looked at: row [n_source] is written. Zeros
 * when no model has an alignment model.
 */
void nmt_making_weights(const struct nmt_making *l, const struct nmt_made_word *w, float *row);

/** The source word with the greatest weight, the first of equal ones; NMT_NO_WORD: none has any. */
uint32_t nmt_making_source(const struct nmt_making *l, const struct nmt_made_word *w);

/**
 * Puts what the source words mean in the place of words with <unk>; text and words follow. A
 * translation of several words takes the place of one, and each is made of the same tokens.
 */
int nmt_making_replace_unknown(struct nmt_making *l, struct nmt_buffer *text,
                               struct nmt_err *err) NMT_MUST_USE;

#endif
