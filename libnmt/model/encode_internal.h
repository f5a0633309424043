/* Lines cut into pieces and parts, before any network has seen them. */
#ifndef NMT_ENCODE_INTERNAL_H
#define NMT_ENCODE_INTERNAL_H

#include <nmt/encode.h>
#include <nmt/id_text.h>

#define NMT_ENCODE_MODELS_MAX NMT_STREAM_MODELS_MAX

/** Tokens [first, end) of each model that make a part of a line. */
struct nmt_part {
    uint32_t first[NMT_ENCODE_MODELS_MAX], end[NMT_ENCODE_MODELS_MAX];
};

/** One thread's means to cut lines. */
struct nmt_line_cutter {
    const struct nmt_encode_options *options;
    const struct nmt_model *const *models;
    size_t n_models;
    struct nmt_segmenter **segmenter; /* of each model; none for ids */
    const struct nmt_segmented **cut; /* of each model: the line at hand */
    struct nmt_segmented from_ids;
    struct nmt_ids ids;
    struct nmt_buffer text;
    struct nmt_part *part;
    size_t n_parts, cap_parts;
    uint32_t *word; /* scratch: for from_ids */
    size_t cap_word;
    struct nmt_span *span;
    size_t cap_span;
};

int nmt_line_cutter_init(struct nmt_line_cutter *c, const struct nmt_encode_options *o,
                         const struct nmt_model *const *models, size_t n_models,
                         struct nmt_err *err) NMT_MUST_USE;
void nmt_line_cutter_release(struct nmt_line_cutter *c);

/**
 * Fills in everything of the line's sentence but the annotations' numbers, for which there is room.
 * NMT_ETEXT and NMT_ELIMIT are faults of the line.
 */
int nmt_line_cutter_run(struct nmt_line_cutter *c, struct nmt_encoded *line,
                        struct nmt_err *err) NMT_MUST_USE;

/** Finds the parts of the line at hand: c->part. */
int nmt_line_cutter_parts(struct nmt_line_cutter *c, struct nmt_err *err) NMT_MUST_USE;

#endif
