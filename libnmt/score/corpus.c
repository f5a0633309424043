/*
 * Reading in step. A batch of lines is copied behind one another into one buffer; the buffer may
 * move while it grows, so cells are offsets until the batch is complete.
 */
#include "unitext_internal.h"

#include <nmt/buffer.h>
#include <nmt/corpus.h>
#include <nmt/lines.h>
#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A batch ends here, so that a stream of very long lines does not pile up. */
#define BATCH_BYTES ((size_t)4 << 20)

/* How long to wait for more of a pipe before working on what has come. */
#define PAUSE_MS 20

struct nmt_corpus {
    struct nmt_lines **files; /* systems, then references, then the source */
    size_t n_files, n_systems, n_ref_files;
    bool refs_tab;
    size_t refs_each;
    int64_t pace;    /* ms that a batch may take to gather; 0: any time */
    int64_t due;     /* when this one is to be given */
    uint64_t number; /* lines read */
    struct nmt_buffer text;
    size_t *offsets, *lens; /* [n_cells] of the batch */
    const char **cells;     /* [n_cells] */
    size_t n_cells, cells_cap;
    struct nmt_corpus_line *lines;
    size_t lines_cap;
};

const char *nmt_corpus_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "(stdin)" : path;
}

void nmt_corpus_close(struct nmt_corpus *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n_files; i++)
        nmt_lines_close(c->files[i]);
    nmt_buffer_release(&c->text);
    free(c->files);
    free(c->offsets);
    free(c->lens);
    free(c->cells);
    free(c->lines);
    free(c);
}

static int open_file(struct nmt_corpus *c, const char *path, struct nmt_err *err)
{
    NMT_TRY(nmt_lines_open(&c->files[c->n_files], path, 0, err));
    c->n_files++;
    return 0;
}

static int open_files(struct nmt_corpus *c, const struct nmt_corpus_files *f, struct nmt_err *err)
{
    size_t n_stdin = 0;
    for (size_t i = 0; i < f->n_systems; i++) {
        NMT_TRY(open_file(c, f->systems[i], err));
        n_stdin += strcmp(f->systems[i], "-") == 0;
    }
    for (size_t i = 0; i < f->n_refs; i++) {
        NMT_TRY(open_file(c, f->refs[i], err));
        n_stdin += strcmp(f->refs[i], "-") == 0;
    }
    if (f->source) {
        NMT_TRY(open_file(c, f->source, err));
        n_stdin += strcmp(f->source, "-") == 0;
    }
    if (n_stdin > 1)
        return nmt_fail(err, NMT_EUSAGE, 0, "stdin can be read for one file only");
    return 0;
}

int nmt_corpus_open(struct nmt_corpus **out, const struct nmt_corpus_files *f, struct nmt_err *err)
{
    struct nmt_corpus *c = calloc(1, sizeof *c);
    if (c)
        c->files = calloc(f->n_systems + f->n_refs + 1, sizeof(struct nmt_lines *));
    if (!c || !c->files) {
        nmt_corpus_close(c);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the corpus");
    }
    c->n_systems = f->n_systems;
    c->n_ref_files = f->n_refs;
    c->refs_tab = f->refs_tab;
    c->refs_each = f->refs_each;
    int rc = open_files(c, f, err);
    if (rc < 0)
        nmt_corpus_close(c);
    else
        *out = c;
    return rc;
}

void nmt_corpus_pace(struct nmt_corpus *c, int64_t ms)
{
    c->pace = ms;
}

/* The rest of a file that is ahead: how many lines it has in all. */
static int count_lines(struct nmt_lines *file, uint64_t *total, struct nmt_err *err)
{
    char *line;
    size_t len;
    int rc;
    while ((rc = nmt_lines_next(file, &line, &len, err)) == 1)
        ;
    *total = nmt_lines_number(file);
    return rc;
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* One file has ended, another has not. */
static int fail_counts(struct nmt_corpus *c, size_t ended, size_t other, struct nmt_err *err)
{
    uint64_t total, short_total = nmt_lines_number(c->files[ended]);
    NMT_TRY(count_lines(c->files[other], &total, err));
    size_t first = ended < other ? ended : other, second = ended < other ? other : ended;
    uint64_t n_first = first == ended ? short_total : total;
    uint64_t n_second = second == ended ? short_total : total;
    return nmt_fail(err, NMT_ESHAPE, 0, "%s has %llu line%s, but %s has %llu",
                    nmt_lines_name(c->files[first]), (unsigned long long)n_first, plural(n_first),
                    nmt_lines_name(c->files[second]), (unsigned long long)n_second);
}

static int reserve_cells(struct nmt_corpus *c, size_t n, struct nmt_err *err)
{
    if (n <= c->cells_cap)
        return 0;
    size_t cap = c->cells_cap ? c->cells_cap : 1024;
    while (cap < n)
        cap *= 2;
    size_t *offsets = realloc(c->offsets, cap * sizeof *offsets);
    if (offsets)
        c->offsets = offsets;
    size_t *lens = realloc(c->lens, cap * sizeof *lens);
    if (lens)
        c->lens = lens;
    const char **cells = realloc(c->cells, cap * sizeof *cells);
    if (cells)
        c->cells = cells;
    if (!offsets || !lens || !cells)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu lines", cap);
    c->cells_cap = cap;
    return 0;
}

static int add_cell(struct nmt_corpus *c, const char *s, size_t len, struct nmt_err *err)
{
    NMT_TRY(reserve_cells(c, c->n_cells + 1, err));
    c->offsets[c->n_cells] = c->text.len;
    c->lens[c->n_cells] = len;
    c->n_cells++;
    NMT_TRY(nmt_buffer_reserve(&c->text, len + 1, err));
    memcpy(c->text.data + c->text.len, s, len);
    c->text.data[c->text.len + len] = '\0';
    c->text.len += len + 1;
    return 0;
}

/* The references of a line with tabs. A field without text is no reference, unless all are. */
static int add_fields(struct nmt_corpus *c, const char *s, size_t len, size_t *n,
                      struct nmt_err *err)
{
    for (size_t at = 0; at <= len;) {
        const char *tab = memchr(s + at, '\t', len - at);
        size_t field = tab ? (size_t)(tab - s) - at : len - at;
        size_t kept = nmt_unitext_trimmed(s + at, field);
        if (kept > 0) {
            NMT_TRY(add_cell(c, s + at, kept, err));
            ++*n;
        }
        at += field + 1;
    }
    if (*n == 0) {
        NMT_TRY(add_cell(c, "", 0, err));
        *n = 1;
    }
    return 0;
}

/* The same with a given number of references, whatever is in them; the last one has the tabs that
 * are left. */
static int add_exactly(struct nmt_corpus *c, const struct nmt_lines *file, const char *s,
                       size_t len, struct nmt_err *err)
{
    for (size_t n = 1; n <= c->refs_each; n++) {
        const char *tab = n < c->refs_each ? memchr(s, '\t', len) : NULL;
        if (n < c->refs_each && !tab)
            return nmt_fail(err, NMT_ETEXT, c->number + 1,
                            "%s:%llu: %zu references between tabs, not %zu", nmt_lines_name(file),
                            (unsigned long long)c->number + 1, n, c->refs_each);
        size_t field = tab ? (size_t)(tab - s) : len;
        NMT_TRY(add_cell(c, s, field, err));
        s += field + (tab != NULL);
        len -= field + (tab != NULL);
    }
    return 0;
}

/* The next line of every file. 1, or 0 when they end together. */
static int read_line(struct nmt_corpus *c, struct nmt_corpus_line *l, struct nmt_err *err)
{
    size_t n_ended = 0;
    l->n_refs = 0;
    for (size_t i = 0; i < c->n_files; i++) {
        char *s;
        size_t len;
        int rc = nmt_lines_next(c->files[i], &s, &len, err);
        if (rc < 0)
            return rc;
        if (rc == 0 && n_ended++ < i)
            return fail_counts(c, i, 0, err);
        if (rc == 0)
            continue;
        if (n_ended > 0)
            return fail_counts(c, 0, i, err);
        size_t bad = nmt_utf8_valid(s, len);
        if (bad < len)
            return nmt_fail(err, NMT_ETEXT, c->number + 1, "%s:%llu: invalid UTF-8 at byte %zu",
                            nmt_lines_name(c->files[i]), (unsigned long long)c->number + 1,
                            bad + 1);
        len = nmt_unitext_trimmed(s, len);
        bool is_ref = i >= c->n_systems && i < c->n_systems + c->n_ref_files;
        if (is_ref && c->refs_each > 0) {
            NMT_TRY(add_exactly(c, c->files[i], s, len, err));
            l->n_refs = c->refs_each;
        } else if (is_ref && c->refs_tab) {
            NMT_TRY(add_fields(c, s, len, &l->n_refs, err));
        } else {
            NMT_TRY(add_cell(c, s, len, err));
            l->n_refs += is_ref;
        }
    }
    return n_ended == 0;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Is the next line for this batch too: it comes without a wait, and none is due? */
static bool gathers(struct nmt_corpus *c)
{
    if (c->pace > 0 && now_ms() >= c->due)
        return false;
    for (size_t i = 0; i < c->n_files; i++)
        if (!nmt_lines_ready(c->files[i], PAUSE_MS))
            return false;
    return true;
}

/* Offsets become pointers. */
static void fill_in(struct nmt_corpus *c, size_t n)
{
    for (size_t i = 0; i < c->n_cells; i++)
        c->cells[i] = c->text.data + c->offsets[i];
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        struct nmt_corpus_line *l = &c->lines[i];
        l->hyps = c->cells + at;
        l->hyp_lens = c->lens + at;
        at += c->n_systems;
        l->refs = c->cells + at;
        l->ref_lens = c->lens + at;
        at += l->n_refs;
        bool has_source = c->n_files > c->n_systems + c->n_ref_files;
        l->source = has_source ? c->cells[at] : NULL;
        l->source_len = has_source ? c->lens[at] : 0;
        at += has_source;
    }
}

int nmt_corpus_read(struct nmt_corpus *c, size_t most, const struct nmt_corpus_line **lines,
                    size_t *n_out, struct nmt_err *err)
{
    if (most > c->lines_cap) {
        struct nmt_corpus_line *bigger = realloc(c->lines, most * sizeof *bigger);
        if (!bigger)
            return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu lines", most);
        c->lines = bigger;
        c->lines_cap = most;
    }
    size_t n = 0;
    c->text.len = 0;
    c->n_cells = 0;
    while (n < most && c->text.len < BATCH_BYTES && (n == 0 || gathers(c))) {
        int rc = read_line(c, &c->lines[n], err);
        if (rc < 0)
            return rc;
        if (rc == 0)
            break;
        if (n == 0 && c->pace > 0)
            c->due = now_ms() + c->pace;
        c->lines[n++].number = ++c->number;
    }
    if (c->number == 0)
        return nmt_fail(err, NMT_ETEXT, 0, "%s: there is no hypothesis",
                        nmt_lines_name(c->files[0]));
    fill_in(c, n);
    *lines = c->lines;
    *n_out = n;
    return n > 0;
}
