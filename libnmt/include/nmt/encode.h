/*
 * From lines of text to annotation records: cutting into pieces, the policies for lines that are
 * no text or too long, and the encoders of one or several models, in batches on many threads.
 */
#ifndef NMT_ENCODE_H
#define NMT_ENCODE_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/filter.h>
#include <nmt/model.h>
#include <nmt/records.h>
#include <nmt/stream.h>
#include <nmt/threads.h>

/**
 * What becomes of a line of more tokens than the limit: it is cut into parts that are translated
 * one by one (at the end of a sentence if there is one in the second half, else between words); its
 * end is dropped; it fails; everything fails.
 */
enum nmt_overlong { NMT_OVERLONG_SPLIT, NMT_OVERLONG_CROP, NMT_OVERLONG_SKIP, NMT_OVERLONG_FAIL };

#define NMT_WORDS_OVERLONG "split crop skip fail"

struct nmt_encode_options {
    bool ids; /* lines are token ids of the source vocabulary, in decimal */
    enum nmt_invalid invalid;
    enum nmt_overlong overlong;
    size_t max_length; /* tokens of a part, without </s>; at least 1 */
    size_t batch;      /* parts that run through a model together; at least 1 */
    size_t memory; /* bytes beyond the models, for all that reads, encodes and holds; 0: no bound.
                      The networks take a quarter of it, a record at most an eighth */
    struct nmt_threads *threads; /* NULL: the caller alone; borrowed */
};

/** Skip, split, 400 tokens, batches of 64. */
struct nmt_encode_options nmt_encode_defaults(void);

/** A line and the record it becomes. Start with `= { 0 }`. */
struct nmt_encoded {
    struct nmt_buffer line; /* in; without LF */
    bool too_long;          /* in: the line was not read to its end, `line` is not looked at */
    struct nmt_sentence sentence; /* out, when fault.code is 0; good until the next run */
    struct nmt_err fault;         /* out: why there is no sentence; names no line */
};

void nmt_encoded_release(struct nmt_encoded *e);

/** The programs' "encoder" is this one: the network inside is model/encoder.h. */
struct nmt_line_encoder;

/** The models are borrowed; the options copied. */
int nmt_line_encoder_new(struct nmt_line_encoder **e, const struct nmt_model *const *models,
                         size_t n_models, const struct nmt_encode_options *o,
                         struct nmt_err *err) NMT_MUST_USE;
void nmt_line_encoder_free(struct nmt_line_encoder *e);

/**
 * Encodes n lines. A line that cannot be done has its fault set; with a policy of `fail` it is
 * returned as the error, err->at its index in lines, from 1: those before it are done, those behind
 * it are not. A line without words has a sentence without tokens, and no model runs. A line of
 * several parts has a </s> behind each.
 */
int nmt_line_encoder_run(struct nmt_line_encoder *e, struct nmt_encoded *lines, size_t n,
                         struct nmt_err *err) NMT_MUST_USE;

/**
 * Bytes that a line of so many may take at most, as a record and on the way. A caller that bounds
 * its memory gathers lines up to an eighth of it, or one line, and lets go of large ones afterwards
 * (nmt_encoded_trim).
 */
size_t nmt_line_encoder_cost(const struct nmt_line_encoder *e, size_t len);

/** Gives back the memory of a line that holds more than so many bytes. */
void nmt_encoded_trim(struct nmt_encoded *line, size_t bytes);

/** The header of the stream such records go into. */
void nmt_line_encoder_header(const struct nmt_line_encoder *e, struct nmt_stream_header *h);

#endif
