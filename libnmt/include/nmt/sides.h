/* Files read side by side, line by line: line n of one belongs to line n of the others. */
#ifndef NMT_SIDES_H
#define NMT_SIDES_H

#include <nmt/error.h>
#include <nmt/lines.h>

#include <stddef.h>

#define NMT_SIDES_MAX 4

struct nmt_side {
    struct nmt_lines *file;
    char *line; /* borrowed until the next call of nmt_sides_next */
    size_t len;
};

/** Start with `= { 0 }`. */
struct nmt_sides {
    struct nmt_side at[NMT_SIDES_MAX];
    size_t n;
};

/** Opens n <= NMT_SIDES_MAX files as nmt_lines_open does. Whatever the result, nmt_sides_close. */
int nmt_sides_open(struct nmt_sides *s, const char *const *paths, size_t n, size_t longest,
                   struct nmt_err *err) NMT_MUST_USE;

/**
 * 1: a line of each, 0: all have ended; NMT_ESHAPE when some have and some have not: the rest is
 * read for a message that says how many lines each has. Otherwise as nmt_lines_next.
 */
int nmt_sides_next(struct nmt_sides *s, struct nmt_err *err) NMT_MUST_USE;

void nmt_sides_close(struct nmt_sides *s);

#endif
