/* nmt-encode: lines of text in, annotation records out. */
#include "cli.h"
#include "files.h"
#include "gather.h"
#include "tally.h"

#include <nmt/encode.h>
#include <nmt/engine.h>
#include <nmt/lines.h>
#include <nmt/model.h>
#include <nmt/output.h>
#include <nmt/stream.h>
#include <nmt/threads.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_IDS = 256,
    OPT_BATCH,
    OPT_MAX_WAIT,
    OPT_INVALID,
    OPT_OVERLONG,
    OPT_MAX_LENGTH,
    OPT_HALF,
    OPT_POOL,
    OPT_LOG,
    OPT_MEMORY
};

static const struct cli_opt opts[] = {
    { 'm', "model", "FILE", "model written by nmt-train (required; several: an ensemble)" },
    { OPT_IDS, "ids", NULL, "lines are token ids as nmt-vocab -e writes them" },
    { 'f', "format", "FORMAT", "stream (default), jsonl or npy (for people)" },
    { OPT_HALF, "half", NULL, "write numbers of half precision: half the bytes" },
    { OPT_POOL, "pool", "HOW", "npy, jsonl: one vector a line: mean or last" },
    { OPT_INVALID, "invalid", "POLICY", "lines that are no text: skip (default), replace or fail" },
    { OPT_OVERLONG, "overlong", "POLICY", "split (default), crop, skip or fail" },
    { OPT_MAX_LENGTH, "max-length", "N", "tokens from which on a line is too long (400)" },
    { OPT_BATCH, "batch", "N", "sentences that are encoded together (64)" },
    { OPT_MEMORY, "memory", "SIZE", "most bytes beside the models, with K, M, G" },
    { OPT_MAX_WAIT, "max-wait", "MS", "longest that a line waits for company (5)" },
    { 'j', "threads", "N", "threads (default: the processors there are)" },
    { 'o', "output", "FILE", "write there instead of stdout" },
    { OPT_LOG, "log", "FILE", "append one JSON object a line for what fails, and totals" },
    { 'q', "quiet", NULL, "only errors on stderr" },
    CLI_COMMON,
    CLI_END
};

static const char *const formats[] = { "stream", "jsonl", "npy", NULL };
static const char *const pools[] = { "none", "mean", "last", NULL };
static const char *const invalid[] = { "fail", "replace", "skip", NULL };
static const char *const overlong[] = { "split", "crop", "skip", "fail", NULL };

enum { STREAM, JSONL, NPY };

/* Longest line in bytes, if memory allows; what is longer fails by itself. */
#define LINE_MAX_BYTES ((size_t)1 << 26)

/* Where a line of the window comes from. */
struct place {
    const char *name;
    uint64_t line;
};

struct work {
    struct cli *cli;
    struct nmt_model *model[NMT_STREAM_MODELS_MAX];
    size_t n_models;
    struct nmt_threads *threads;
    struct nmt_line_encoder *encoder;
    struct nmt_stream_header header;
    size_t format;
    enum nmt_pool pool;
    struct nmt_output *out;
    struct nmt_stream_writer *writer;
    struct nmt_buffer text;
    struct gather gather;
    struct nmt_lines *in;
    const char *name; /* of in */
    struct nmt_encoded *window;
    struct place *place;
    size_t n, room;
    bool held;           /* a line behind the n of the window, which was too much for it */
    size_t memory, cost; /* allowed; of the window */
    struct tally tally;
    bool ended;
};

/* --- reading ---------------------------------------------------------------------------- */

/* Is there an input with a line (or an end) to read now? Blocks only for the first of a window. */
static int next_input(struct work *w, bool *ready, struct nmt_err *err)
{
    *ready = false;
    if (gather_interrupted()) {
        w->ended = true;
        return 0;
    }
    if (!w->in) {
        const char *path = cli_next_operand(w->cli);
        w->ended = !path;
        if (!path)
            return 0;
        w->name = strcmp(path, "-") == 0 ? "(stdin)" : path;
        const size_t longest = w->memory / 64;
        NMT_TRY(
            nmt_lines_open(&w->in, path, longest < LINE_MAX_BYTES ? longest : LINE_MAX_BYTES, err));
    }
    if (w->n > 0) {
        *ready = nmt_lines_ready(w->in, gather_pause(&w->gather));
        return 0;
    }
    while (!gather_interrupted() && !*ready)
        *ready = nmt_lines_ready(w->in, GATHER_LOOK);
    w->ended = !*ready;
    return 0;
}

/* The line that is in its place belongs to the window, or else is held back for the next. */
static void keep_line(struct work *w)
{
    const struct nmt_encoded *e = &w->window[w->n];
    const size_t cost = nmt_line_encoder_cost(w->encoder, e->line.len);
    w->held = w->n > 0 && (w->cost > w->memory / 8 || cost > w->memory / 8 - w->cost);
    if (w->held)
        return;
    if (w->n++ == 0)
        gather_begin(&w->gather);
    w->cost += cost;
}

static void take_held(struct work *w)
{
    const struct nmt_encoded first = w->window[0];
    const size_t n = w->n;
    w->n = w->cost = 0;
    if (!w->held)
        return;
    w->window[0] = w->window[n];
    w->window[n] = first;
    w->place[0] = w->place[n];
    keep_line(w);
}

/* Fills the window with what is there. */
static int read_window(struct work *w, struct nmt_err *err)
{
    bool ready;
    take_held(w);
    while (w->n < w->room) {
        struct nmt_encoded *e = &w->window[w->n];
        struct nmt_err why = NMT_ERR_INIT;
        char *line;
        size_t len;
        NMT_TRY(next_input(w, &ready, err));
        if (!ready)
            return 0;
        int rc = nmt_lines_next(w->in, &line, &len, &why);
        if (rc < 0 && rc != NMT_ELIMIT)
            return nmt_fail(err, rc, why.at, "%s", why.msg);
        if (rc == 0) {
            tally_input_end(&w->tally, nmt_lines_bytes(w->in));
            nmt_lines_close(w->in);
            w->in = NULL;
            continue;
        }
        e->too_long = rc < 0;
        e->line.len = 0;
        if (rc > 0)
            NMT_TRY(nmt_buffer_add(&e->line, line, len, err));
        w->place[w->n] = (struct place){ w->name, nmt_lines_number(w->in) };
        keep_line(w);
        if (w->held)
            return 0;
    }
    return 0;
}

/* --- writing ---------------------------------------------------------------------------- */

static int put_text(struct work *w, const struct nmt_sentence *s, const char *reason,
                    struct nmt_err *err)
{
    w->text.len = 0;
    if (w->format == JSONL && s) {
        NMT_TRY(nmt_sentence_json(s, w->tally.records, w->pool, &w->text, err));
    } else if (w->format == JSONL) {
        NMT_TRY(nmt_buffer_addf(&w->text, err,
                                "{\"record\": %" PRIu64 ", \"failed\": ", w->tally.records));
        NMT_TRY(nmt_buffer_add_json(&w->text, reason, strlen(reason), err));
        NMT_TRY(nmt_buffer_adds(&w->text, "}\n", err));
    }
    for (size_t m = 0; w->format == NPY && m < w->n_models; m++) {
        const struct nmt_annotation *a = s ? &s->annotation[m] : NULL;
        const size_t width = w->header.model[m].width;
        NMT_TRY(w->pool ? nmt_pooled_npy(a, w->pool, width, &w->text, err)
                        : nmt_matrix_npy(a ? a->h : NULL, a ? a->rows : 0, width, &w->text, err));
    }
    NMT_TRY(nmt_output_write(w->out, w->text.data, w->text.len, err));
    return nmt_output_record(w->out, err);
}

static int put_failed(struct work *w, const struct place *at, const char *reason,
                      struct nmt_err *err)
{
    char where[256];
    snprintf(where, sizeof where, "%s:%" PRIu64, at->name, at->line);
    tally_failed(&w->tally, where, reason);
    return w->writer ? nmt_stream_write_failed(w->writer, w->tally.records, reason, err)
                     : put_text(w, NULL, reason, err);
}

static int put_record(struct work *w, size_t i, struct nmt_err *err)
{
    const struct nmt_encoded *e = &w->window[i];
    struct nmt_err why = NMT_ERR_INIT;
    w->tally.records++;
    if (e->fault.code)
        return put_failed(w, &w->place[i], e->fault.msg, err);
    w->tally.source_words += e->sentence.n_words;
    if (!w->writer)
        return put_text(w, &e->sentence, NULL, err);
    int rc = nmt_stream_write_sentence(w->writer, &e->sentence, &why);
    if (rc == NMT_ESHAPE || rc == NMT_ETEXT || rc == NMT_ELIMIT)
        return put_failed(w, &w->place[i], why.msg, err);
    return rc < 0 ? nmt_fail(err, rc, why.at, "%s", why.msg) : 0;
}

/* A line that ends the run leaves those before it, which are written: as many lines come out
 * whatever the window. */
static int encode_window(struct work *w, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    int rc = nmt_line_encoder_run(w->encoder, w->window, w->n, &why);
    if (rc < 0 && why.at == 0)
        return nmt_fail(err, rc, 0, "%s", why.msg);
    for (size_t i = 0; i < (rc < 0 ? why.at - 1 : w->n); i++) {
        NMT_TRY(put_record(w, i, err));
        nmt_encoded_trim(&w->window[i], w->memory / 8 / w->room);
    }
    return rc < 0 ? nmt_fail(err, rc, why.at, "%s:%" PRIu64 ": %s", w->place[why.at - 1].name,
                             w->place[why.at - 1].line, why.msg)
                  : 0;
}

static int encode_all(struct work *w, struct nmt_err *err)
{
    while (!w->ended || w->held) {
        NMT_TRY(read_window(w, err));
        NMT_TRY(encode_window(w, err));
        tally_show(&w->tally, w->in ? nmt_lines_bytes(w->in) : 0);
    }
    /* An interrupted stream has no end record: it is not the whole of its input. */
    if (w->writer && !gather_interrupted())
        NMT_TRY(nmt_stream_write_end(w->writer, err));
    return 0;
}

/* --- the program ------------------------------------------------------------------------ */

static int open_all(struct work *w, struct nmt_err *err)
{
    const struct cli *cli = w->cli;
    struct nmt_encode_options o = nmt_encode_defaults();
    o.ids = cli_flag(cli, OPT_IDS);
    o.invalid = (enum nmt_invalid)cli_choice(cli, OPT_INVALID, invalid, o.invalid);
    o.overlong = (enum nmt_overlong)cli_choice(cli, OPT_OVERLONG, overlong, o.overlong);
    o.max_length = (size_t)cli_int(cli, OPT_MAX_LENGTH, (int64_t)o.max_length, 1, 100000);
    o.batch = (size_t)cli_int(cli, OPT_BATCH, (int64_t)o.batch, 1, 4096);
    w->format = cli_choice(cli, 'f', formats, STREAM);
    w->pool = (enum nmt_pool)cli_choice(cli, OPT_POOL, pools, NMT_POOL_NONE);
    if (w->pool && w->format == STREAM)
        cli_misuse(cli, "--pool is for -f npy and -f jsonl");
    if (cli_flag(cli, OPT_HALF) && w->format != STREAM)
        cli_misuse(cli, "--half is for streams");
    const int max_wait = (int)cli_int(cli, OPT_MAX_WAIT, 5, 0, 3600000);
    const size_t threads = (size_t)cli_int(cli, 'j', 0, 1, 1024);
    (void)gather_memory(cli, OPT_MEMORY, 1);
    cli_need(cli, 'm');
    if (cli_count(cli, 'm') > NMT_STREAM_MODELS_MAX)
        cli_misuse(cli, "at most %d models", NMT_STREAM_MODELS_MAX);

    files_check(cli, (const int[]){ 'o', OPT_LOG, 0 });
    gather_catch();
    NMT_TRY(tally_open(&w->tally, w->cli, OPT_LOG, true, err));
    NMT_TRY(nmt_output_open(&w->out, cli_value(cli, 'o', NULL), err));
    if (w->format != JSONL && nmt_output_is_terminal(w->out))
        return nmt_fail(err, NMT_EUSAGE, 0, "will not write a binary stream to a terminal");
    for (; w->n_models < cli_count(cli, 'm'); w->n_models++)
        NMT_TRY(nmt_model_open(&w->model[w->n_models], cli_nth(cli, 'm', w->n_models), err));
    NMT_TRY(nmt_threads_new(&w->threads, threads, err));
    o.threads = w->threads;
    w->memory = o.memory = gather_memory(cli, OPT_MEMORY, nmt_threads_count(w->threads));
    NMT_TRY(nmt_line_encoder_new(&w->encoder, (const struct nmt_model *const *)w->model,
                                 w->n_models, &o, err));
    nmt_line_encoder_header(w->encoder, &w->header);
    w->header.half = cli_flag(cli, OPT_HALF);
    w->room = o.batch * nmt_threads_count(w->threads) * 2;
    w->window = calloc(w->room, sizeof *w->window);
    w->place = calloc(w->room, sizeof *w->place);
    if (!w->window || !w->place)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    if (w->format == STREAM)
        NMT_TRY(nmt_stream_writer_new(&w->writer, w->out, &w->header, 0, err));
    gather_start(&w->gather, max_wait);
    return 0;
}

/* What is interrupted takes no old file's place. */
static int close_output(struct work *w, struct nmt_err *err)
{
    return gather_interrupted() ? nmt_output_flush(w->out, err) : nmt_output_close(&w->out, err);
}

static void close_all(struct work *w)
{
    nmt_stream_writer_free(w->writer);
    nmt_output_abandon(w->out);
    nmt_lines_close(w->in);
    for (size_t i = 0; w->window && i < w->room; i++)
        nmt_encoded_release(&w->window[i]);
    free(w->window);
    free(w->place);
    nmt_buffer_release(&w->text);
    nmt_line_encoder_free(w->encoder);
    nmt_threads_free(w->threads);
    for (size_t m = 0; m < w->n_models; m++)
        nmt_model_close(w->model[m]);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI_INIT("nmt-encode", "-m MODEL [-m MODEL]... [OPTION]... [FILE...]",
                              "Turns lines of text into annotation records for nmt-decode.", opts);
    struct nmt_err err = NMT_ERR_INIT, why = err;
    struct work w = { .cli = &cli };
    nmt_engine_init();
    cli.engine = nmt_engine_print;
    cli_parse(&cli, argc, argv);
    int rc = open_all(&w, &err);
    if (rc == 0)
        rc = encode_all(&w, &err);
    if (rc == 0)
        rc = close_output(&w, &err);
    close_all(&w); /* hands on what came before a failure */
    if (gather_forgives(&err))
        err = (struct nmt_err)NMT_ERR_INIT;
    if (tally_close(&w.tally, gather_interrupted(), &err, &why) < 0 && !err.code)
        err = why;
    if (!err.code)
        gather_end();
    return cli_finish(&cli, &err);
}
