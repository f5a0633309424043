/* A table of texts, printed with its columns under one another or between tabs. */
#ifndef NMT_COLUMNS_INTERNAL_H
#define NMT_COLUMNS_INTERNAL_H

#include <nmt/buffer.h>
#include <nmt/error.h>

#include <stdbool.h>
#include <stddef.h>

/** Start with zeros but for n_columns. Cells are added row by row. */
struct nmt_columns {
    size_t n_columns;
    struct nmt_buffer text;
    size_t *ends; /* [n] where each cell ends in text */
    size_t n, cap;
};

void nmt_columns_release(struct nmt_columns *c);

int nmt_columns_add(struct nmt_columns *c, struct nmt_err *err, const char *fmt, ...) NMT_MUST_USE
    NMT_PRINTF(3, 4);

/** Adds to the cell that was added last. */
int nmt_columns_more(struct nmt_columns *c, struct nmt_err *err, const char *fmt, ...) NMT_MUST_USE
    NMT_PRINTF(3, 4);

/** LATEX: a tabular with the rules of booktabs, the first row its heading. */
enum nmt_columns_style { NMT_COLUMNS_LEFT, NMT_COLUMNS_RIGHT, NMT_COLUMNS_TABS, NMT_COLUMNS_LATEX };

int nmt_columns_print(const struct nmt_columns *c, enum nmt_columns_style style,
                      struct nmt_buffer *out, struct nmt_err *err) NMT_MUST_USE;

#endif
