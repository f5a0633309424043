/* A hypothesis and its references, cut into tokens, and the tokens numbered. */
#ifndef NMT_SEGMENTS_INTERNAL_H
#define NMT_SEGMENTS_INTERNAL_H

#include "ngram_internal.h"

#include <nmt/error.h>
#include <nmt/tokenize.h>

#include <stddef.h>
#include <stdint.h>

/** One line. Everything is borrowed from the struct nmt_segments until the next cut. */
struct nmt_segment {
    const struct nmt_token *tokens; /* [n] */
    uint32_t *symbols;              /* [n] equal for equal tokens; NMT_WORD_NONE: in no reference */
    size_t n;
};

/** Start with zeros but for opt. */
struct nmt_segments {
    struct nmt_tokenizer_options opt;
    struct nmt_tokenizer **tokenizers; /* [cap]: a line's tokens live as long as its tokenizer's */
    struct nmt_segment *lines;         /* [cap]: the hypothesis, then the references */
    size_t n, cap;
    size_t ref_tokens; /* in all references */
    uint32_t *symbols;
    size_t symbols_cap;
};

void nmt_segments_release(struct nmt_segments *s);

/** Tokenises; the symbols are not set yet. The lines must stay until the next cut. */
int nmt_segments_cut(struct nmt_segments *s, const char *hyp, size_t hyp_len,
                     const char *const *refs, const size_t *ref_lens, size_t n_refs,
                     const struct nmt_segment **hyp_out, const struct nmt_segment **refs_out,
                     struct nmt_err *err) NMT_MUST_USE;

/** Numbers the tokens of the references, and those of the hypothesis that occur there. */
int nmt_segments_number(struct nmt_segments *s, struct nmt_words *words,
                        struct nmt_err *err) NMT_MUST_USE;

#endif
