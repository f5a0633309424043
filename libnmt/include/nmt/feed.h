/* All the lines of files into one place: learning and counting. */
#ifndef NMT_FEED_H
#define NMT_FEED_H

#include <nmt/error.h>
#include <nmt/filter.h>

#include <stddef.h>
#include <stdint.h>

struct nmt_feed {
    int (*add)(void *to, const char *line, size_t len, struct nmt_err *err); /* what takes a line */
    void *to;
    enum nmt_invalid invalid; /* lines that are no text; skip leaves them out */
    uint64_t skipped;         /* so far */
    struct nmt_err first;     /* the first of them: "name:line: why" */
};

/**
 * Gives every line of a file ("-": stdin) to f->add. May be called for one file after the other.
 * A failure of f->add ends it, named by file and line.
 */
int nmt_feed_file(struct nmt_feed *f, const char *path, struct nmt_err *err) NMT_MUST_USE;

#endif
