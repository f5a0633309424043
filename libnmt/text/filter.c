/*
 * Line filters. Lines are gathered into a block; its parts are worked on by the crew, each into a
 * buffer of its own, and written in order.
 */
#include <nmt/filter.h>

#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 18)
#define BLOCK_LINES ((size_t)1 << 14)
#define PARTS       16 /* of a block: more than threads, so that all end at about the same time */
#define PART_BYTES  ((size_t)1 << 14) /* less is not worth another thread */

int nmt_text_check(const char *line, size_t len, struct nmt_err *err)
{
    size_t bad = nmt_utf8_valid(line, len);
    const char *nul = memchr(line, '\0', bad);
    if (nul)
        return nmt_fail(err, NMT_ETEXT, 0, "NUL at byte %zu", (size_t)(nul - line) + 1);
    if (bad < len)
        return nmt_fail(err, NMT_ETEXT, 0, "invalid UTF-8 at byte %zu", bad + 1);
    return 0;
}

int nmt_text_repair(struct nmt_buffer *out, const char *line, size_t len, struct nmt_err *err)
{
    for (size_t i = 0; i < len;) {
        uint32_t cp = 0;
        size_t step = nmt_utf8_decode(line + i, len - i, &cp);
        if (step == 0 || cp == 0)
            NMT_TRY(nmt_buffer_adds(out, "\xEF\xBF\xBD", err));
        else
            NMT_TRY(nmt_buffer_add(out, line + i, step, err));
        i += step ? step : 1;
    }
    return 0;
}

struct part {
    size_t first, end; /* lines of the block */
    struct nmt_buffer out, repaired;
    uint64_t skipped;
    struct nmt_err fault, err; /* the first skipped line; what ends the run */
};

struct block {
    struct nmt_filter *f;
    const char *name;
    struct nmt_buffer text;
    size_t ends[BLOCK_LINES]; /* of the lines in text */
    size_t n;
    uint64_t before; /* lines of the run before this block */
    uint64_t at;     /* lines of this input before this block */
    struct part parts[PARTS];
    size_t n_parts;
};

static int run_line(struct block *b, struct part *p, size_t i, size_t worker, struct nmt_err *err)
{
    size_t start = i ? b->ends[i - 1] : 0, len = b->ends[i] - start;
    const char *line = b->text.data ? b->text.data + start : ""; /* all lines may be empty */
    int rc = nmt_text_check(line, len, err);
    if (rc < 0 && b->f->invalid == NMT_INVALID_REPLACE) {
        *err = (struct nmt_err)NMT_ERR_INIT;
        p->repaired.len = 0;
        NMT_TRY(nmt_text_repair(&p->repaired, line, len, err));
        line = p->repaired.data;
        len = p->repaired.len;
        rc = 0;
    }
    if (rc == 0)
        rc = b->f->fn(b->f->arg, worker, line, len, b->before + i + 1, &p->out, err);
    return rc;
}

static void run_part(void *arg, size_t index, size_t worker)
{
    struct block *b = arg;
    struct part *p = &b->parts[index];
    for (size_t i = p->first; i < p->end && p->err.code == 0; i++) {
        struct nmt_err err = NMT_ERR_INIT;
        size_t start = p->out.len;
        int rc = run_line(b, p, i, worker, &err);
        if (rc < 0) {
            unsigned long long line = b->at + i + 1;
            bool fault = rc == NMT_ETEXT || rc == NMT_ELIMIT;
            bool skip = fault && b->f->invalid != NMT_INVALID_FAIL;
            nmt_fail(skip ? &p->fault : &p->err, rc, line, "%s:%llu: %s", b->name, line, err.msg);
            p->out.len = start;
            p->skipped += skip;
            if (!skip)
                break;
        }
        if (nmt_buffer_addc(&p->out, '\n', &p->err) < 0)
            break;
    }
}

static void cut_parts(struct block *b)
{
    size_t most = nmt_threads_count(b->f->threads) == 1 ? 1 : PARTS;
    size_t want = b->text.len / PART_BYTES + 1;
    b->n_parts = want < most ? want : most;
    size_t line = 0;
    for (size_t k = 0; k < b->n_parts; k++) {
        struct part *p = &b->parts[k];
        p->first = line;
        while (line < b->n && (k + 1 == b->n_parts ||
                               (line ? b->ends[line - 1] : 0) < b->text.len / b->n_parts * (k + 1)))
            line++;
        p->end = line;
        p->out.len = 0;
        p->skipped = 0;
        p->fault = p->err = (struct nmt_err)NMT_ERR_INIT;
    }
    while (b->n_parts > 1 && b->parts[b->n_parts - 1].first == b->n)
        b->n_parts--; /* few long lines */
}

/* `ended`: whether the last line of the block has an LF. */
static int run_block(struct block *b, bool ended, struct nmt_output *out, struct nmt_err *err)
{
    struct nmt_filter *f = b->f;
    if (f->open)
        NMT_TRY(nmt_output_puts(out, "\n", err));
    cut_parts(b);
    nmt_threads_run(f->threads, b->n_parts, run_part, b);
    for (size_t k = 0; k < b->n_parts; k++) {
        struct part *p = &b->parts[k];
        bool open = !ended && k + 1 == b->n_parts && p->err.code == 0;
        NMT_TRY(nmt_output_write(out, p->out.data, p->out.len - open, err));
        f->skipped += p->skipped;
        if (p->fault.code && !f->first.code)
            f->first = p->fault;
        if (p->err.code) {
            if (err)
                *err = p->err;
            return p->err.code;
        }
    }
    f->open = !ended;
    f->lines += b->n;
    b->before += b->n;
    b->at += b->n;
    b->n = b->text.len = 0;
    return nmt_output_record(out, err);
}

/* Adds the next line to the block. 1, or 0 at the end. */
static int gather(struct block *b, struct nmt_lines *in, struct nmt_err *err)
{
    char *line;
    size_t len;
    int rc = nmt_lines_next(in, &line, &len, err);
    if (rc <= 0)
        return rc;
    NMT_TRY(nmt_buffer_add(&b->text, line, len, err));
    b->ends[b->n++] = b->text.len;
    return 1;
}

static int run_all(struct block *b, struct nmt_lines *in, struct nmt_output *out,
                   struct nmt_err *err)
{
    for (;;) {
        int rc = gather(b, in, err);
        if (rc < 0)
            return rc;
        bool full = b->n == BLOCK_LINES || b->text.len >= BLOCK_BYTES;
        if (b->n > 0 && (rc == 0 || full || !nmt_lines_ready(in, 0)))
            NMT_TRY(run_block(b, nmt_lines_ended(in), out, err));
        if (rc == 0)
            return 0;
    }
}

int nmt_filter_run(struct nmt_filter *f, struct nmt_lines *in, struct nmt_output *out,
                   struct nmt_err *err)
{
    struct block *b = calloc(1, sizeof *b);
    if (!b)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    b->f = f;
    b->name = nmt_lines_name(in);
    b->before = f->lines;
    int rc = run_all(b, in, out, err);
    nmt_buffer_release(&b->text);
    for (size_t k = 0; k < PARTS; k++) {
        nmt_buffer_release(&b->parts[k].out);
        nmt_buffer_release(&b->parts[k].repaired);
    }
    free(b);
    return rc;
}
