/*
 * Where nmt-align takes alignments from: streams, links with their text, or models that align text.
 * Whichever it is, it comes as records, one for each line.
 */
#ifndef NMT_ALIGN_SOURCE_H
#define NMT_ALIGN_SOURCE_H

#include "cli.h"

#include <nmt/align.h>
#include <nmt/model.h>
#include <nmt/sides.h>
#include <nmt/stream.h>
#include <nmt/threads.h>
#include <nmt/translate.h>

/* Sentence pairs that a model aligns together. */
#define ALIGN_WINDOW     512
#define ALIGN_MODELS_MAX NMT_STREAM_MODELS_MAX

/* Where alignments come from: `next` goes to the next record and returns its type, 0 at the end. */
struct align_source {
    int (*next)(struct align_source *s, struct nmt_err *err);
    struct nmt_stream_header made_by;
    struct nmt_alignment *alignment; /* [n] of a data record, borrowed until the next call */
    uint32_t n;
    const char *reason; /* of a failed record, borrowed likewise, and its line */
    uint64_t line;
    size_t side; /* of a pair that failed: 0 the source, 1 the target */
    struct cli *cli;
    struct nmt_stream_reader *stream; /* the operand being read */
    bool has_header, one_header;
    struct nmt_alignments record;
    struct nmt_sides sides; /* links, source, target */
    struct nmt_links links;
    struct nmt_alignment pair;
    struct nmt_model *model[ALIGN_MODELS_MAX];
    size_t n_models;
    struct nmt_threads *threads;
    struct nmt_aligner *aligner;
    struct nmt_aligned window[ALIGN_WINDOW]; /* pairs read ahead of those handed out */
    size_t n_window, taken;
    uint64_t lines; /* of the window's first pair */
};

/** -m, -L or the operands, or stdin, say what it is; misuse when they contradict each other. */
int align_source_open(struct align_source *s, struct cli *cli, struct nmt_err *err) NMT_MUST_USE;
void align_source_close(struct align_source *s);

/** The operands as paths; misuse when their number is wrong or two of all inputs are stdin. */
void align_operands(struct cli *cli, const char **paths, size_t n, const char *names);

/** The links of a line. */
int align_side_links(const struct nmt_side *s, struct nmt_links *l, unsigned accept,
                     struct nmt_err *err) NMT_MUST_USE;

#endif
