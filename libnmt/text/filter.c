/*
 * Line filters. Lines are gathered into a block; its parts are worked on by the crew, each into a
 * buffer of its own, and written in order. Three blocks go round: while the crew works on one, one
 * of its threads writes the one before and another gathers the one behind. That never waits for
 * input as long as there are lines to answer.
 */
#include <nmt/filter.h>

#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 20)
#define BLOCK_LINES ((size_t)1 << 14)
#define PARTS       32 /* of a block: more than threads, so that all end at about the same time */
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

int nmt_sentence_check(const char *line, size_t len, struct nmt_err *err)
{
    NMT_TRY(nmt_text_check(line, len, err));
    const char *cr = len ? memchr(line, '\r', len) : NULL;
    if (cr)
        return nmt_fail(err, NMT_ETEXT, 0, "carriage return at byte %zu: lines end with LF alone",
                        (size_t)(cr - line) + 1);
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
    struct nmt_buffer text;
    size_t ends[BLOCK_LINES]; /* of the lines in text */
    size_t n;
    uint64_t at; /* lines of this input before this block */
    bool ended;  /* the last line has an LF */
    struct part parts[PARTS];
    size_t n_parts;
};

struct round {
    struct nmt_filter *f;
    struct nmt_lines *in;
    struct nmt_output *out;
    const char *name;
    uint64_t before, at;             /* lines before this input, and gathered of it */
    struct block *next, *now, *done; /* being gathered, worked on, written; n is 0: none */
    struct block blocks[3];
    bool over; /* no more lines are to be had */
    struct nmt_err reading, writing;
};

static int run_line(struct round *r, struct part *p, size_t i, size_t worker, bool *is_text,
                    struct nmt_err *err)
{
    struct block *b = r->now;
    size_t start = i ? b->ends[i - 1] : 0, len = b->ends[i] - start;
    const char *line = b->text.data ? b->text.data + start : ""; /* all lines may be empty */
    int rc = nmt_text_check(line, len, err);
    *is_text = rc == 0;
    if (rc < 0 && r->f->invalid == NMT_INVALID_REPLACE) {
        *err = (struct nmt_err)NMT_ERR_INIT;
        p->repaired.len = 0;
        NMT_TRY(nmt_text_repair(&p->repaired, line, len, err));
        line = p->repaired.data;
        len = p->repaired.len;
        rc = 0;
    }
    if (rc == 0)
        rc = r->f->fn(r->f->arg, worker, line, len, r->before + b->at + i + 1, &p->out, err);
    return rc;
}

static void run_part(struct round *r, struct part *p, size_t worker)
{
    for (size_t i = p->first; i < p->end && p->err.code == 0; i++) {
        struct nmt_err err = NMT_ERR_INIT;
        size_t start = p->out.len;
        bool is_text;
        int rc = run_line(r, p, i, worker, &is_text, &err);
        if (rc < 0) {
            unsigned long long line = r->now->at + i + 1;
            bool fault = !is_text || (r->out && (rc == NMT_ETEXT || rc == NMT_ELIMIT));
            bool skip = fault && r->f->invalid != NMT_INVALID_FAIL;
            nmt_fail(skip ? &p->fault : &p->err, rc, line, "%s:%llu: %s", r->name, line, err.msg);
            p->out.len = start;
            p->skipped += skip;
            if (!skip)
                break;
        }
        if (r->out && nmt_buffer_addc(&p->out, '\n', &p->err) < 0)
            break;
    }
}

static void cut_parts(struct block *b, size_t most)
{
    size_t want = b->text.len / PART_BYTES + 1, line = 0;
    b->n_parts = want < most ? want : most;
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

static int write_block(struct nmt_filter *f, struct block *b, struct nmt_output *out,
                       struct nmt_err *err)
{
    if (f->open && out)
        NMT_TRY(nmt_output_puts(out, "\n", err));
    for (size_t k = 0; k < b->n_parts; k++) {
        struct part *p = &b->parts[k];
        bool open = !b->ended && k + 1 == b->n_parts && p->err.code == 0;
        if (out)
            NMT_TRY(nmt_output_write(out, p->out.data, p->out.len - open, err));
        f->skipped += p->skipped;
        if (p->fault.code && !f->first.code)
            f->first = p->fault;
        if (p->err.code) {
            *err = p->err;
            return p->err.code;
        }
    }
    f->open = !b->ended;
    f->lines += b->n;
    return out ? nmt_output_record(out, err) : 0;
}

/* Gathers the lines that are there; for the first of them it waits if it may. */
static void gather(struct round *r, bool wait)
{
    struct block *b = r->next;
    b->n = b->text.len = 0;
    b->at = r->at;
    while (b->n < BLOCK_LINES && b->text.len < BLOCK_BYTES && !r->over) {
        char *line;
        size_t len;
        if (!(wait && b->n == 0) && !nmt_lines_ready(r->in, 0))
            break;
        int rc = nmt_lines_next(r->in, &line, &len, &r->reading);
        if (rc > 0)
            rc = nmt_buffer_add(&b->text, line, len, &r->reading) < 0 ? NMT_ENOMEM : 1;
        r->over = rc <= 0;
        if (rc > 0) {
            b->ends[b->n++] = b->text.len;
            b->ended = nmt_lines_ended(r->in);
        }
    }
    r->at += b->n;
}

/* What cannot be cut comes first, so that the parts fill the time beside it. */
static void run_task(void *arg, size_t index, size_t worker)
{
    struct round *r = arg;
    if (index >= 2)
        run_part(r, &r->now->parts[index - 2], worker);
    else if (index == 1)
        gather(r, false);
    else if (r->done->n > 0)
        write_block(r->f, r->done, r->out, &r->writing);
}

static int run_all(struct round *r, struct nmt_err *err)
{
    size_t most = nmt_threads_count(r->f->threads) == 1 ? 1 : PARTS;
    gather(r, true);
    for (;;) {
        struct block *free = r->done;
        r->done = r->now;
        r->now = r->next;
        r->next = free;
        if (r->now->n == 0 && r->done->n == 0)
            break;
        r->now->n_parts = 0;
        if (r->now->n > 0)
            cut_parts(r->now, most);
        /* A few lines of a conversation are not worth waking anyone. */
        nmt_threads_run(r->now->n_parts > 1 ? r->f->threads : NULL, 2 + r->now->n_parts, run_task,
                        r);
        if (r->writing.code)
            break;
        if (r->now->n == 0 && r->next->n == 0)
            gather(r, true);
    }
    const struct nmt_err *why = r->writing.code ? &r->writing : &r->reading;
    if (err && why->code)
        *err = *why;
    return why->code;
}

int nmt_filter_run(struct nmt_filter *f, struct nmt_lines *in, struct nmt_output *out,
                   struct nmt_err *err)
{
    struct round *r = calloc(1, sizeof *r);
    if (!r)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    r->f = f;
    r->in = in;
    r->out = out;
    r->name = nmt_lines_name(in);
    r->before = f->lines;
    r->next = &r->blocks[0];
    r->now = &r->blocks[1];
    r->done = &r->blocks[2];
    int rc = run_all(r, err);
    for (size_t i = 0; i < 3; i++) {
        struct block *b = &r->blocks[i];
        nmt_buffer_release(&b->text);
        for (size_t k = 0; k < PARTS; k++) {
            nmt_buffer_release(&b->parts[k].out);
            nmt_buffer_release(&b->parts[k].repaired);
        }
    }
    free(r);
    return rc;
}
