/* Small streams for tests: written to memory, damaged, sealed again, read from memory. */
#ifndef IO_HELPER_H
#define IO_HELPER_H

#include <nmt/buffer.h>
#include <nmt/stream.h>

#include <stddef.h>
#include <stdint.h>

/** A sentence of three words, read by two models (4 tokens each, 3 and 2 wide). */
const struct nmt_sentence *helper_sentence(void);

/** The same content through other memory, for a line without words. */
const struct nmt_sentence *helper_empty_sentence(void);

/** Two by three words, and an empty one. */
const struct nmt_alignment *helper_alignments(void);

/** The header of streams of these sentences. */
struct nmt_stream_header helper_header(enum nmt_stream_kind kind);

/** Bytes of a stream: `records` says what is in it, one letter each: s sentence, e empty, f failed,
 * a alignments (2), i ids. */
struct nmt_buffer helper_stream(enum nmt_stream_kind kind, const char *records);

/** Opens bytes as a stream called "test" (through a temporary file). *fd is to be closed. */
struct nmt_stream_reader *helper_open(enum nmt_stream_kind kind, const void *bytes, size_t n,
                                      int *fd);

/** Byte range of the i-th record, the end record included; i = 0 is the header. */
void helper_record(const struct nmt_buffer *stream, size_t i, size_t *start, size_t *n);

/** Sets every checksum and the digest of the (one) stream right again, after damage. */
void helper_seal(struct nmt_buffer *stream);

/** Reads all of a stream, comparing what is handed out with what helper_stream wrote for
 * `records`. Returns the number of records, or the error's code; *err tells more. */
int helper_read(enum nmt_stream_kind kind, const void *bytes, size_t n, const char *records,
                struct nmt_err *err);

/** All bytes of a file. */
struct nmt_buffer helper_file(const char *path);

/** A path in a new temporary folder, which helper_forget removes with the file. */
const char *helper_path(void);
void helper_forget(const char *path);

#endif
