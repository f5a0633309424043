/* All the lines of files into one place: learning and counting. */
#ifndef NMT_FEED_H
#define NMT_FEED_H

#include <nmt/error.h>
#include <nmt/filter.h>

#include <stddef.h>
#include <stdint.h>

struct nmt_feed {
    /** Takes a line of valid UTF-8, in one of the threads: they do so at the same time, in any
     * order. */
    int (*add)(void *to, size_t worker, const char *line, size_t len, struct nmt_err *err);
    void *to;
    struct nmt_threads *threads; /* NULL: the caller alone, as worker 0 and in order */
    enum nmt_invalid invalid;    /* lines that are no text; skip leaves them out */
    uint64_t skipped;            /* so far */
    struct nmt_err first;        /* the first of them: "name:line: why" */
};

/**
 * Gives every line of a file ("-": stdin) to f->add. May be called for one file after the other.
 * A failure of f->add ends it, named by file and line: that of the first line that fails, though
 * lines behind it may have been added.
 */
int nmt_feed_file(struct nmt_feed *f, const char *path, struct nmt_err *err) NMT_MUST_USE;

#endif
