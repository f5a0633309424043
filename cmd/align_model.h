/* Alignments of a given bitext by a model, for nmt-align: windows of pairs through libnmt. */
#ifndef NMT_ALIGN_MODEL_H
#define NMT_ALIGN_MODEL_H

#include <nmt/error.h>
#include <nmt/records.h>
#include <nmt/stream.h>

struct align_model;

/** threads 0: the processors there are. */
int align_model_open(struct align_model **a, const char *model, const char *source,
                     const char *target, size_t threads, struct nmt_err *err);

/** The header of a stream of what it makes. */
void align_model_header(const struct align_model *a, struct nmt_stream_header *h);

/**
 * The next pair: NMT_RECORD_DATA with its alignment, NMT_RECORD_FAILED with a reason (both borrowed
 * until the next call), NMT_RECORD_END, or negative.
 */
int align_model_next(struct align_model *a, struct nmt_alignment **alignment, const char **reason,
                     struct nmt_err *err);

/** Name and line of the last pair's source. */
const char *align_model_name(const struct align_model *a);
uint64_t align_model_line(const struct align_model *a);

void align_model_close(struct align_model *a);

#endif
