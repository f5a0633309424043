/* Sequences of token ids as a line of text: decimal numbers, or pieces, between spaces. */
#ifndef NMT_ID_TEXT_H
#define NMT_ID_TEXT_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/id.h>
#include <nmt/vocab.h>

#include <stddef.h>

/** A sequence of ids that grows. */
struct nmt_ids {
    nmt_id *data;
    size_t n, cap;
};

void nmt_ids_release(struct nmt_ids *ids);

/** Replaces what is in ids, and adds one behind the last. */
int nmt_ids_set(struct nmt_ids *ids, const nmt_id *from, size_t n,
                struct nmt_err *err) NMT_MUST_USE;
int nmt_ids_add(struct nmt_ids *ids, nmt_id id, struct nmt_err *err) NMT_MUST_USE;

/** Reads decimal ids below `size` into ids (what was in it is replaced). NMT_ETEXT when bad. */
int nmt_ids_parse(struct nmt_ids *ids, const char *line, size_t len, size_t size,
                  struct nmt_err *err) NMT_MUST_USE;

/** The same for pieces of v. */
int nmt_ids_parse_pieces(struct nmt_ids *ids, const char *line, size_t len,
                         const struct nmt_vocab *v, struct nmt_err *err) NMT_MUST_USE;

/** Adds ids to out, decimal, or as pieces of v. */
int nmt_ids_format(struct nmt_buffer *out, const nmt_id *ids, size_t n,
                   struct nmt_err *err) NMT_MUST_USE;
int nmt_ids_format_pieces(struct nmt_buffer *out, const nmt_id *ids, size_t n,
                          const struct nmt_vocab *v, struct nmt_err *err) NMT_MUST_USE;

#endif
