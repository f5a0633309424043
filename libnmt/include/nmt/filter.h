/*
 * Line filters: a line out for a line in, in order, on many threads. What has arrived is worked
 * on when the input pauses. A line that is not text (invalid UTF-8, NUL) or that the filter
 * refuses never shifts the lines behind it. A last line without LF stays without one.
 */
#ifndef NMT_FILTER_H
#define NMT_FILTER_H

#include <nmt/buffer.h>
#include <nmt/error.h>
#include <nmt/lines.h>
#include <nmt/output.h>
#include <nmt/threads.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What becomes of a bad line: an end with an error, U+FFFD for every bad byte, an empty line. */
enum nmt_invalid { NMT_INVALID_FAIL, NMT_INVALID_REPLACE, NMT_INVALID_SKIP };

/**
 * Adds to out what becomes of a line, without LF. number counts from 1 over the whole run; worker
 * names the scratch space to use. NMT_ETEXT and NMT_ELIMIT are faults of the line, other codes end
 * the run.
 */
typedef int nmt_filter_fn(void *arg, size_t worker, const char *line, size_t len, uint64_t number,
                          struct nmt_buffer *out, struct nmt_err *err);

struct nmt_filter {
    nmt_filter_fn *fn;
    void *arg;
    struct nmt_threads *threads; /* NULL: the caller alone */
    enum nmt_invalid invalid;
    bool open;            /* the last line written has no LF yet */
    uint64_t lines;       /* read so far */
    uint64_t skipped;     /* turned into empty lines */
    struct nmt_err first; /* the first of them: "name:line: why" */
};

/**
 * Sends all of `in` through the filter. May be called for one input after the other. With out ==
 * NULL nothing is written, f->fn adds nothing, and its failures all end the run.
 */
int nmt_filter_run(struct nmt_filter *f, struct nmt_lines *in, struct nmt_output *out,
                   struct nmt_err *err) NMT_MUST_USE;

/**
 * The first fault of a line as text: NMT_ETEXT with "invalid UTF-8 at byte N" or "NUL at byte N"
 * (from 1), else 0.
 */
int nmt_text_check(const char *line, size_t len, struct nmt_err *err) NMT_MUST_USE;

/** The same for what is translated, scored or aligned: a carriage return is a fault too. */
int nmt_sentence_check(const char *line, size_t len, struct nmt_err *err) NMT_MUST_USE;

/** Adds the line to out with U+FFFD for every byte that is no text. */
int nmt_text_repair(struct nmt_buffer *out, const char *line, size_t len,
                    struct nmt_err *err) NMT_MUST_USE;

#endif
