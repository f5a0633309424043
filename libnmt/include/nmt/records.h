/*
 * What flows between the programs, one struct a record: annotations from nmt-encode to
 * nmt-decode, alignments from nmt-decode to nmt-align. How they lie in a stream is in
 * nmt-stream(5) and libnmt/io/.
 */
#ifndef NMT_RECORDS_H
#define NMT_RECORDS_H

#include <nmt/arena.h>
#include <nmt/buffer.h>
#include <nmt/id.h>
#include <nmt/vocab.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The fingerprint of a model: the first 16 bytes of its digest. */
#define NMT_FINGERPRINT 16

/**
 * One model's reading of a source sentence. A line that was too long is in parts, each closed by
 * </s> and read by itself; they follow each other.
 */
struct nmt_annotation {
    uint32_t n;     /* source tokens with </s> */
    uint32_t rows;  /* annotations: n, or one a part for a model without attention */
    uint32_t width; /* numbers in an annotation: 2n of the paper, or n without attention */
    nmt_id *ids;    /* [n], the last is </s> */
    uint32_t *word; /* [n] word of the raw line, NMT_NO_WORD for </s> and spaces */
    float *h;       /* [rows][width] h_j = [forward; backward], in the order of the tokens */
};

/**
 * A source sentence with one annotation per model (several: an ensemble). For a line without words
 * no model runs: n and rows of every annotation are 0.
 *
 * A sentence that is written may point anywhere. One that is read owns its memory: start with
 * `= { 0 }`, read into it as often as you like, end with nmt_sentence_release.
 */
struct nmt_sentence {
    char *text; /* the raw line, ended by NUL; text_len bytes */
    uint32_t text_len;
    uint32_t n_words, n_models;
    struct nmt_span *words;            /* [n_words] byte ranges of text */
    struct nmt_annotation *annotation; /* [n_models] */
    struct nmt_arena memory;           /* of a sentence that was read: holds all of the above */
};

void nmt_sentence_release(struct nmt_sentence *s);

/**
 * How a sentence becomes one vector: not at all; the mean of all its annotations; or the state of
 * each direction when it has read all tokens, which is [forward of the last; backward of the
 * first], of a line in parts the mean of those of its parts.
 */
enum nmt_pool { NMT_POOL_NONE, NMT_POOL_MEAN, NMT_POOL_LAST };

/** Writes it to v [a->width]; false, and nothing written, when there are no annotations. */
bool nmt_annotation_pool(const struct nmt_annotation *a, enum nmt_pool pool, float *v);

/**
 * Adds a sentence as one JSON object with LF: `record` (the number given), `text`, `words`, and
 * `models`, for each `ids`, `word` (null: none) and `annotations`, or when they are pooled `vector`
 * (null: the line has no tokens).
 */
int nmt_sentence_json(const struct nmt_sentence *s, uint64_t record, enum nmt_pool pool,
                      struct nmt_buffer *b, struct nmt_err *err) NMT_MUST_USE;

/** Adds a matrix [rows][width] as a .npy file; numpy.load reads one after the other. */
int nmt_matrix_npy(const float *h, size_t rows, size_t width, struct nmt_buffer *b,
                   struct nmt_err *err) NMT_MUST_USE;

/** The same for a vector: that of an annotation, or NaN when it is NULL or has none. */
int nmt_pooled_npy(const struct nmt_annotation *a, enum nmt_pool pool, size_t width,
                   struct nmt_buffer *b, struct nmt_err *err) NMT_MUST_USE;

/** Which words of the source each word of the target was made from. */
struct nmt_alignment {
    uint32_t n_source, n_target;
    char *source, *target; /* the two lines, words separated by one space, ended by NUL */
    float *weight;         /* [n_target][n_source]; a row sums to at most 1 (</s> has the rest);
                              NULL: they were too many, and cannot be written */
};

/** Most weights of an alignment that fits into a record. */
#define NMT_ALIGNMENT_CELLS ((size_t)1 << 26)

/** The greatest of a row's n weights, the first of equal ones; NMT_NO_WORD: none is above 0. */
uint32_t nmt_weights_best(const float *row, uint32_t n);

/** One record of an alignment stream: one alignment, or one for each line of an n-best list. */
struct nmt_alignments {
    uint32_t n;
    struct nmt_alignment *alignment; /* [n] */
    struct nmt_arena memory;         /* as in struct nmt_sentence */
};

void nmt_alignments_release(struct nmt_alignments *a);

#endif
