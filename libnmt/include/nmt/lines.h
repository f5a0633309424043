/*
 * Reading lines. Only LF ends a line; CR, NEL, U+2028 and the rest are ordinary bytes, and
 * so is NUL: a line is a pointer and a length. A last line without LF counts as a line.
 */
#ifndef NMT_LINES_H
#define NMT_LINES_H

#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nmt_lines;

/**
 * Opens path for reading; NULL or "-" is stdin. `longest` bounds a line in bytes (0: 1 GiB).
 * On success *r is the caller's and is freed with nmt_lines_close.
 */
int nmt_lines_open(struct nmt_lines **r, const char *path, size_t longest,
                   struct nmt_err *err) NMT_MUST_USE;

/** Reads from an open descriptor, which stays the caller's. `name` is copied, for messages. */
int nmt_lines_open_fd(struct nmt_lines **r, int fd, const char *name, size_t longest,
                      struct nmt_err *err) NMT_MUST_USE;

/**
 * The next line without its LF. Returns 1 and sets *line, *len (borrowed until the next
 * call; a NUL stands behind the line), 0 at the end, negative when reading failed or the line
 * is longer than the limit (NMT_ELIMIT; the rest of that line is still to be read).
 */
int nmt_lines_next(struct nmt_lines *r, char **line, size_t *len, struct nmt_err *err) NMT_MUST_USE;

/**
 * The same for files whose every line ends with LF: a last one without it has been cut, and is
 * NMT_ETRUNC.
 */
int nmt_lines_next_whole(struct nmt_lines *r, char **line, size_t *len,
                         struct nmt_err *err) NMT_MUST_USE;

/**
 * Is there a whole line, or the end of input, to be had within wait_ms without blocking
 * longer? A program that gathers a batch asks this, and works on what it has when the input
 * pauses.
 */
bool nmt_lines_ready(struct nmt_lines *r, int wait_ms);

/** "(stdin)" or the path; borrowed. */
const char *nmt_lines_name(const struct nmt_lines *r);

/** Number of the line last returned, from 1. */
uint64_t nmt_lines_number(const struct nmt_lines *r);

/** Bytes of the input up to the end of the line last returned. */
uint64_t nmt_lines_bytes(const struct nmt_lines *r);

/** Did the line last returned end with LF? Only the last one of a file may not. */
bool nmt_lines_ended(const struct nmt_lines *r);

/** Frees r and closes what nmt_lines_open opened. NULL is fine. */
void nmt_lines_close(struct nmt_lines *r);

#endif
