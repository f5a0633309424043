/*
 * Cutting a line into the tokens that metrics count, exactly as the metrics' reference programs
 * do. (Nothing here is for the model: its vocabulary is nmt/vocab.h.)
 */
#ifndef NMT_TOKENIZE_H
#define NMT_TOKENIZE_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>

enum nmt_tokenization {
    NMT_TOK_13A,   /* mteval-v13a: western punctuation, four XML entities */
    NMT_TOK_NONE,  /* white space only */
    NMT_TOK_INTL,  /* mteval-v14: punctuation and symbols by their Unicode category */
    NMT_TOK_CHAR,  /* every character a token */
    NMT_TOK_ZH,    /* Chinese characters one by one, the rest as 13a */
    NMT_TOK_TERCOM /* TER's own, with the switches below */
};

struct nmt_tokenizer_options {
    enum nmt_tokenization kind;
    bool lowercase;
    bool normalized, no_punct, asian; /* NMT_TOK_TERCOM only */
};

/** A token: a byte range of the line or of the tokenizer's copy of it; not ended by NUL. */
struct nmt_token {
    const char *s;
    size_t len;
};

struct nmt_tokenizer;

int nmt_tokenizer_new(struct nmt_tokenizer **t, const struct nmt_tokenizer_options *opt,
                      struct nmt_err *err) NMT_MUST_USE;
void nmt_tokenizer_free(struct nmt_tokenizer *t);

/**
 * Cuts line[0..len), which should be valid UTF-8 (a byte that is not counts as a letter). *tokens
 * and *n are borrowed from t, and from line, until the next call.
 */
int nmt_tokenizer_run(struct nmt_tokenizer *t, const char *line, size_t len,
                      const struct nmt_token **tokens, size_t *n, struct nmt_err *err) NMT_MUST_USE;

/** "13a", "none", ...: the name in signatures and on command lines. */
const char *nmt_tokenization_name(enum nmt_tokenization kind);

#endif
