/*
 * Lines of text to tokens and back, on many threads: what a line filter (nmt/filter.h) needs to
 * segment text, to decode ids, to apply codes.
 */
#ifndef NMT_CONVERT_H
#define NMT_CONVERT_H

#include <nmt/buffer.h>
#include <nmt/codes.h>
#include <nmt/error.h>
#include <nmt/vocab.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nmt_convert_options {
    /* Text to ids, or with `decode` ids to text (one of sentencepiece cuts exactly as there); or
     * ... */
    const struct nmt_vocab *vocab;
    const struct nmt_codes *codes; /* ... text to pieces of subword-nmt; both stay the caller's */
    bool decode;
    bool pieces;    /* pieces of the vocabulary instead of decimal ids */
    double dropout; /* as in nmt_segmenter_dropout, with the number of the line */
    uint64_t seed;
};

struct nmt_converter;

/** A converter for that many workers at once. */
int nmt_converter_new(struct nmt_converter **c, const struct nmt_convert_options *opt,
                      size_t workers, struct nmt_err *err) NMT_MUST_USE;
void nmt_converter_free(struct nmt_converter *c);

/** A nmt_filter_fn whose arg is the converter. */
int nmt_convert_line(void *converter, size_t worker, const char *line, size_t len, uint64_t number,
                     struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

#endif
