/*
 * Checked writing. Every byte is written or the failure is reported; a short write is not the
 * end and EINTR is no failure. A named file appears whole: it is written beside its place,
 * synced, and renamed by nmt_output_close; without that call the old file stays.
 */
#ifndef NMT_OUTPUT_H
#define NMT_OUTPUT_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nmt_output;

/**
 * Opens path for writing; NULL or "-" is stdout. Regular files (and new ones) are replaced
 * atomically; devices, pipes and sockets are written in place.
 */
int nmt_output_open(struct nmt_output **o, const char *path, struct nmt_err *err) NMT_MUST_USE;

/** Writes n bytes (buffered). NMT_EPIPE when the reader has gone, NMT_EIO otherwise. */
int nmt_output_write(struct nmt_output *o, const void *bytes, size_t n,
                     struct nmt_err *err) NMT_MUST_USE;
int nmt_output_puts(struct nmt_output *o, const char *s, struct nmt_err *err) NMT_MUST_USE;
int nmt_output_printf(struct nmt_output *o, struct nmt_err *err, const char *fmt, ...) NMT_MUST_USE
    NMT_PRINTF(3, 4);

/** Hands everything buffered to the system. */
int nmt_output_flush(struct nmt_output *o, struct nmt_err *err) NMT_MUST_USE;

/** The end of a record: flushes unless the output is a regular file, where it only costs. */
int nmt_output_record(struct nmt_output *o, struct nmt_err *err) NMT_MUST_USE;

bool nmt_output_is_terminal(const struct nmt_output *o);

/** Bytes accepted so far. */
uint64_t nmt_output_bytes(const struct nmt_output *o);

/** "(stdout)" or the path; borrowed. */
const char *nmt_output_name(const struct nmt_output *o);

/**
 * Flushes, syncs, renames and frees. Call it exactly once when all went well; its failure is a
 * failure of the work. *o becomes NULL either way.
 */
int nmt_output_close(struct nmt_output **o, struct nmt_err *err) NMT_MUST_USE;

/**
 * The same for n outputs that belong together (NULL among them is fine): all are written, synced
 * and closed before the first takes its place, so that a full disk leaves all the old files. When
 * the system stops between two renames, or refuses the second, new stands beside old.
 */
int nmt_output_close_all(struct nmt_output **o, size_t n, struct nmt_err *err) NMT_MUST_USE;

/**
 * Gives up: nothing takes the old file's place. What was written to stdout, a pipe or a device
 * before is handed on all the same, so that the output does not depend on buffers. For clean-up
 * paths; NULL is fine.
 */
void nmt_output_abandon(struct nmt_output *o);

#endif
