/*
 * The lines of the two sides of a bitext, read once, checked and kept outside memory: they are
 * learnt from, cut into pieces, and with subword dropout cut again and again.
 */
#ifndef NMT_TEXT_H
#define NMT_TEXT_H

#include <nmt/spool.h>

#include <stddef.h>
#include <stdint.h>

/** The lines of one side, one behind the other. Start with `= { .folder = ... }`. */
struct nmt_text {
    const char *folder; /* where to keep them, borrowed; NULL: /tmp */
    struct nmt_spool bytes;
    struct nmt_spool at; /* [n + 1] of uint64_t: where each line starts in bytes */
    size_t n;
};

void nmt_text_release(struct nmt_text *t);

/** Adds a line; when all are there, nmt_text_map lets them be read. */
int nmt_text_add(struct nmt_text *t, const char *line, size_t len,
                 struct nmt_err *err) NMT_MUST_USE;
int nmt_text_map(struct nmt_text *t, struct nmt_err *err) NMT_MUST_USE;

/** Line i, not ended by NUL. */
const char *nmt_text_line(const struct nmt_text *t, size_t i, size_t *len);

/** The lines before i have been read and are not needed soon; see nmt_spool_passed. */
void nmt_text_passed(const struct nmt_text *t, size_t i);

/** Of all lines, where they end included. */
int nmt_text_digest(const struct nmt_text *t, uint8_t digest[16], struct nmt_err *err) NMT_MUST_USE;

/** Bytes of memory that cannot be dropped. */
size_t nmt_text_memory(const struct nmt_text *t);

/**
 * Reads both sides and maps them. Different numbers of lines: NMT_ESHAPE with both counts. Invalid
 * UTF-8 or a NUL: NMT_ETEXT with file, line and byte. target_path NULL: source_path is one stream
 * of lines "source TAB target" ("-": stdin); a line without exactly one TAB is NMT_EFORMAT.
 */
int nmt_text_read_pair(struct nmt_text *source, struct nmt_text *target, const char *source_path,
                       const char *target_path, struct nmt_err *err) NMT_MUST_USE;

#endif
