/*
 * Record streams: what nmt-encode writes and nmt-decode and nmt-align read. Byte by byte in
 * nmt-stream(5).
 *
 * A stream is a header, records, and an end record. Every record carries a checksum that continues
 * the one before it, so that a record that is damaged, dropped, doubled, moved or taken from
 * another stream is noticed before it is handed out; the end record holds the count and a
 * digest of everything. Streams behind each other (`cat a b`) are read as one when their headers
 * agree.
 */
#ifndef NMT_STREAM_H
#define NMT_STREAM_H

#include <nmt/error.h>
#include <nmt/output.h>
#include <nmt/records.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nmt_stream_kind {
    NMT_STREAM_ANNOTATIONS = 1,
    NMT_STREAM_ALIGNMENTS = 2,
    NMT_STREAM_IDS = 3,
};

/** Models whose annotations may ride in one stream. */
#define NMT_STREAM_MODELS_MAX 64

/** Bytes of a record's payload that reader and writer allow when they are not told otherwise. */
#define NMT_STREAM_PAYLOAD_DEFAULT ((size_t)1 << 28)

/** The most they can be told to allow. */
#define NMT_STREAM_PAYLOAD_MAX ((size_t)1 << 30)

/** What a stream says of one model. Sizes that the kind has no use for are 0. */
struct nmt_stream_model {
    uint8_t fingerprint[NMT_FINGERPRINT];
    uint32_t width;      /* annotations: numbers in one; nmt_annotation.width */
    uint32_t vocabulary; /* annotations and ids: every id is smaller */
    bool single;         /* annotations: one row for each </s> (no attention), not one a token */
};

struct nmt_stream_header {
    enum nmt_stream_kind kind;
    uint32_t n_models; /* annotations: at least 1; alignments: 0 when no model made them; ids: 1 */
    bool half;         /* annotations: in the stream they are of half precision (nmt/half.h) */
    struct nmt_stream_model model[NMT_STREAM_MODELS_MAX];
};

/* --- writing --------------------------------------------------------------------------------- */

struct nmt_stream_writer;

/**
 * Starts a stream on out (borrowed; it stays the caller's to close): writes the header and hands
 * it to the system, so that a consumer can refuse another model at once. `limit` bounds a record's
 * payload in bytes, 0: NMT_STREAM_PAYLOAD_DEFAULT. NMT_EUSAGE when out is a terminal; NMT_ESHAPE
 * when the header is not possible.
 */
int nmt_stream_writer_new(struct nmt_stream_writer **w, struct nmt_output *out,
                          const struct nmt_stream_header *header, size_t limit,
                          struct nmt_err *err) NMT_MUST_USE;

/**
 * Write one record each and pass it on (nmt_output_record). What the reader would refuse is
 * refused here: NMT_ESHAPE (sizes, spans, ids that do not agree with each other or the header; NaN
 * and infinity), NMT_ETEXT, NMT_ELIMIT (more bytes than the limit). Then nothing was written,
 * and the caller can still write a failed line in its place. The kinds are not mixed (asserted).
 */
int nmt_stream_write_sentence(struct nmt_stream_writer *w, const struct nmt_sentence *s,
                              struct nmt_err *err) NMT_MUST_USE;

/** n alignments of one source line: 1, or one for each translation of an n-best list; 0 is fine. */
int nmt_stream_write_alignments(struct nmt_stream_writer *w, const struct nmt_alignment *a,
                                size_t n, struct nmt_err *err) NMT_MUST_USE;

int nmt_stream_write_ids(struct nmt_stream_writer *w, const nmt_id *ids, size_t n,
                         struct nmt_err *err) NMT_MUST_USE;

/**
 * A line that could not be done keeps its place. `line` is its number in the input of the program
 * that gave it up (from 1); `reason` is shortened to NMT_STREAM_REASON_MAX bytes, and what is no
 * printable UTF-8 in it becomes '?'.
 */
int nmt_stream_write_failed(struct nmt_stream_writer *w, uint64_t line, const char *reason,
                            struct nmt_err *err) NMT_MUST_USE;

#define NMT_STREAM_REASON_MAX 1024

/** The end record. Nothing may be written after it; without it the stream is damaged. */
int nmt_stream_write_end(struct nmt_stream_writer *w, struct nmt_err *err) NMT_MUST_USE;

/** Frees w (not its output). NULL is fine. Does not write an end record. */
void nmt_stream_writer_free(struct nmt_stream_writer *w);

/* --- reading --------------------------------------------------------------------------------- */

struct nmt_stream_reader;

/** What nmt_stream_next found. */
enum nmt_record_type { NMT_RECORD_END = 0, NMT_RECORD_DATA = 1, NMT_RECORD_FAILED = 2 };

/**
 * Opens path, or stdin when it is NULL or "-", for records of one kind. Reads nothing yet.
 * `limit` bounds a record's payload in bytes, 0: NMT_STREAM_PAYLOAD_DEFAULT; it is checked before
 * anything is allocated, and memory grows with the bytes that really arrive. A larger record is
 * passed over and comes as one that failed; one of more than NMT_STREAM_PAYLOAD_DEFAULT ends the
 * stream. NMT_EUSAGE when the input is a terminal.
 */
int nmt_stream_open(struct nmt_stream_reader **r, const char *path, enum nmt_stream_kind kind,
                    size_t limit, struct nmt_err *err) NMT_MUST_USE;

/** Reads from an open descriptor, which stays the caller's. `name` is copied, for messages. */
int nmt_stream_open_fd(struct nmt_stream_reader **r, int fd, const char *name,
                       enum nmt_stream_kind kind, size_t limit, struct nmt_err *err) NMT_MUST_USE;

/**
 * Reads (if need be) and hands out the header, borrowed until nmt_stream_close. Errors are those
 * of nmt_stream_next. Optional: nmt_stream_next does it too.
 */
int nmt_stream_header(struct nmt_stream_reader *r, const struct nmt_stream_header **header,
                      struct nmt_err *err) NMT_MUST_USE;

/**
 * Which of the stream's models has this fingerprint? Reads the header if need be; sets *index, its
 * place in nmt_sentence.annotation. NMT_EMODEL when the stream was made by other models. A
 * consumer that wants exactly its models also compares their number with header->n_models.
 */
int nmt_stream_find_model(struct nmt_stream_reader *r, const uint8_t fingerprint[NMT_FINGERPRINT],
                          size_t *index, struct nmt_err *err) NMT_MUST_USE;

/**
 * Goes to the next record: returns its type (NMT_RECORD_DATA, NMT_RECORD_FAILED), or
 * NMT_RECORD_END (0) when the input has ended as it should; negative:
 *   NMT_ETRUNC   the input ends without an end record
 *   NMT_EFORMAT  no stream, another kind, another version, an impossible field, bytes behind the
 * end NMT_ECRC     damaged, or not the record that belongs here NMT_ELIMIT   a record is larger
 * than the limit NMT_EMODEL   a second stream in the input has another header NMT_EIO, NMT_ENOMEM
 * An error is final: the same call fails again. Messages begin "NAME: record N: ", err->at = N.
 */
int nmt_stream_next(struct nmt_stream_reader *r, struct nmt_err *err) NMT_MUST_USE;

/**
 * Would nmt_stream_next return within wait_ms? True also when an end or an error is what it would
 * return. A program that gathers a batch asks this, and works on what it has when the input
 * pauses. Reads what is there, and waits no longer.
 */
bool nmt_stream_ready(struct nmt_stream_reader *r, int wait_ms);

/** The same for the header: has it come, or an error in its place? */
bool nmt_stream_header_ready(struct nmt_stream_reader *r, int wait_ms);

/** After nmt_stream_ready said no: has a part of a record come, so that the rest is on its way? */
bool nmt_stream_begun(const struct nmt_stream_reader *r);

/** Bytes of the input that were taken so far. */
uint64_t nmt_stream_bytes(const struct nmt_stream_reader *r);

/**
 * Take the data record that nmt_stream_next has just returned, checked in all its parts. Memory is
 * the record's own (one block, reused from call to call, released by nmt_..._release), so that any
 * number of records can be in flight. NMT_EFORMAT, NMT_ESHAPE, NMT_ETEXT when a part is impossible,
 * NMT_ENOMEM; the error is final for the reader too.
 */
int nmt_stream_sentence(struct nmt_stream_reader *r, struct nmt_sentence *s,
                        struct nmt_err *err) NMT_MUST_USE;
int nmt_stream_alignments(struct nmt_stream_reader *r, struct nmt_alignments *a,
                          struct nmt_err *err) NMT_MUST_USE;

/** Sets *ids (borrowed until the next nmt_stream_next) and *n. */
int nmt_stream_ids(struct nmt_stream_reader *r, const nmt_id **ids, size_t *n,
                   struct nmt_err *err) NMT_MUST_USE;

/**
 * Of the failed record just returned: its line number, or 0 if it was too large to be held here;
 * and its reason (borrowed as above).
 */
uint64_t nmt_stream_failed_line(const struct nmt_stream_reader *r);
const char *nmt_stream_failed_reason(const struct nmt_stream_reader *r);

/** Number of the record last returned, from 1, counted through streams behind each other. */
uint64_t nmt_stream_number(const struct nmt_stream_reader *r);

/** "(stdin)" or the path; borrowed. */
const char *nmt_stream_name(const struct nmt_stream_reader *r);

/** Frees r and closes what nmt_stream_open opened. NULL is fine. */
void nmt_stream_close(struct nmt_stream_reader *r);

#endif
