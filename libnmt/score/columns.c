/* Columns: all cells are known before the first is printed. */
#include "columns_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nmt_columns_release(struct nmt_columns *c)
{
    nmt_buffer_release(&c->text);
    free(c->ends);
    *c = (struct nmt_columns){ .n_columns = c->n_columns };
}

static int add(struct nmt_columns *c, struct nmt_err *err, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    int rc = nmt_buffer_reserve(&c->text, (size_t)n + 1, err);
    if (rc == 0) {
        vsnprintf(c->text.data + c->text.len, (size_t)n + 1, fmt, again);
        c->text.len += (size_t)n;
        c->ends[c->n - 1] = c->text.len;
    }
    va_end(again);
    return rc;
}

int nmt_columns_add(struct nmt_columns *c, struct nmt_err *err, const char *fmt, ...)
{
    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 64;
        size_t *ends = realloc(c->ends, cap * sizeof *ends);
        if (!ends)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for a table");
        c->ends = ends;
        c->cap = cap;
    }
    c->n++;
    va_list args;
    va_start(args, fmt);
    int rc = add(c, err, fmt, args);
    va_end(args);
    return rc;
}

int nmt_columns_more(struct nmt_columns *c, struct nmt_err *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int rc = add(c, err, fmt, args);
    va_end(args);
    return rc;
}

static size_t start_of(const struct nmt_columns *c, size_t cell)
{
    return cell ? c->ends[cell - 1] : 0;
}

/* Characters, as wide as they stand on a terminal if none is wide. */
static size_t width_of(const struct nmt_columns *c, size_t cell)
{
    size_t width = 0;
    for (size_t i = start_of(c, cell); i < c->ends[cell]; i++)
        width += ((unsigned char)c->text.data[i] & 0xC0) != 0x80;
    return width;
}

static size_t widest(const struct nmt_columns *c, size_t column)
{
    size_t most = 0;
    for (size_t cell = column; cell < c->n; cell += c->n_columns)
        most = width_of(c, cell) > most ? width_of(c, cell) : most;
    return most;
}

static int add_cell(const struct nmt_columns *c, size_t cell, struct nmt_buffer *out,
                    struct nmt_err *err)
{
    size_t start = start_of(c, cell);
    return nmt_buffer_add(out, c->text.data + start, c->ends[cell] - start, err);
}

/* What stands for a character that LaTeX takes for a command; NULL when it is itself. */
static const char *latex_of(const char *s, size_t *used)
{
    static const char *const commands[][2] = {
        { "&", "\\&" },
        { "%", "\\%" },
        { "$", "\\$" },
        { "#", "\\#" },
        { "_", "\\_" },
        { "{", "\\{" },
        { "}", "\\}" },
        { "~", "\\textasciitilde{}" },
        { "^", "\\textasciicircum{}" },
        { "\\", "\\textbackslash{}" },
        { "\xC2\xB1", "$\\pm$" },
    };
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        *used = strlen(commands[i][0]);
        if (strncmp(s, commands[i][0], *used) == 0)
            return commands[i][1];
    }
    *used = 1;
    return NULL;
}

static int add_latex_cell(const struct nmt_columns *c, size_t cell, struct nmt_buffer *out,
                          struct nmt_err *err)
{
    for (size_t i = start_of(c, cell), used; i < c->ends[cell]; i += used) {
        const char *command = latex_of(c->text.data + i, &used);
        NMT_TRY(command ? nmt_buffer_adds(out, command, err)
                        : nmt_buffer_addc(out, c->text.data[i], err));
    }
    return 0;
}

static int print_latex(const struct nmt_columns *c, struct nmt_buffer *out, struct nmt_err *err)
{
    NMT_TRY(nmt_buffer_adds(out, "\\begin{tabular}{l", err));
    for (size_t k = 1; k < c->n_columns; k++)
        NMT_TRY(nmt_buffer_addc(out, 'r', err));
    NMT_TRY(nmt_buffer_adds(out, "}\n\\toprule\n", err));
    for (size_t cell = 0; cell < c->n; cell++) {
        NMT_TRY(add_latex_cell(c, cell, out, err));
        bool last = cell % c->n_columns + 1 == c->n_columns;
        NMT_TRY(nmt_buffer_adds(out, last ? " \\\\\n" : " & ", err));
        if (cell + 1 == c->n_columns)
            NMT_TRY(nmt_buffer_adds(out, "\\midrule\n", err));
    }
    return nmt_buffer_adds(out, "\\bottomrule\n\\end{tabular}\n", err);
}

int nmt_columns_print(const struct nmt_columns *c, enum nmt_columns_style style,
                      struct nmt_buffer *out, struct nmt_err *err)
{
    if (style == NMT_COLUMNS_LATEX)
        return print_latex(c, out, err);
    size_t *width = calloc(c->n_columns, sizeof *width);
    int rc = width ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory for a table");
    for (size_t k = 0; rc == 0 && k < c->n_columns; k++)
        width[k] = widest(c, k);
    for (size_t cell = 0; rc == 0 && cell < c->n; cell++) {
        size_t column = cell % c->n_columns;
        bool last = column + 1 == c->n_columns;
        int pad = (int)(width ? width[column] - width_of(c, cell) : 0);
        if (style == NMT_COLUMNS_RIGHT)
            rc = nmt_buffer_addf(out, err, "%*s", pad, "");
        if (rc == 0)
            rc = add_cell(c, cell, out, err);
        if (rc == 0 && style == NMT_COLUMNS_LEFT && !last)
            rc = nmt_buffer_addf(out, err, "%*s", pad, "");
        if (rc == 0)
            rc = nmt_buffer_adds(out, last ? "\n" : style == NMT_COLUMNS_TABS ? "\t" : "  ", err);
    }
    free(width);
    return rc;
}
