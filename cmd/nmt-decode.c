/* nmt-decode: annotation records in, translations out. */
#include "cli.h"
#include "files.h"
#include "gather.h"
#include "given.h"
#include "print_options.h"
#include "record_range.h"
#include "search_options.h"
#include "tally.h"

#include <nmt/engine.h>
#include <nmt/model.h>
#include <nmt/output.h>
#include <nmt/print.h>
#include <nmt/stream.h>
#include <nmt/threads.h>
#include <nmt/translate.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OPT_BATCH = 256, OPT_MAX_WAIT, OPT_LOG, OPT_RECORDS, OPT_MEMORY };

static const struct cli_opt opts[] = {
    { 'm', "model", "FILE", "a model that made the stream (required; several: an ensemble)" },
    SEARCH_OPTIONS,
    PRINT_OPTIONS,
    GIVEN_OPTIONS,
    { OPT_RECORDS, "records", "A-B", "only records A to B of the stream, from 1 (A-: to its end)" },
    { OPT_BATCH, "batch", "N", "sentences that are searched together (64)" },
    { OPT_MEMORY, "memory", "SIZE", "most bytes beside the models, with K, M, G" },
    { OPT_MAX_WAIT, "max-wait", "MS", "longest that a record waits for company (5)" },
    { 'j', "threads", "N", "threads (default: the processors there are)" },
    { 'o', "output", "FILE", "write there instead of stdout" },
    { OPT_LOG, "log", "FILE", "append one JSON object a line for what fails, and totals" },
    { 'q', "quiet", NULL, "only errors on stderr" },
    CLI_COMMON,
    CLI_END
};

struct work {
    struct cli *cli;
    struct nmt_model *model[NMT_ENSEMBLE_MAX];
    size_t n_models;
    struct nmt_translate_options options;
    double weights[NMT_ENSEMBLE_MAX];
    struct nmt_print_options print;
    struct nmt_threads *threads;
    struct nmt_translator *translator;
    struct nmt_output *out, *align_out;
    struct nmt_stream_writer *aligner;
    struct given given;
    struct nmt_dictionary *dictionary;
    struct nmt_buffer text;
    struct gather gather;
    struct nmt_stream_reader *in;
    struct nmt_translated *window;
    struct nmt_alignment *alignment; /* [n-best] */
    size_t n, room, cost;            /* bytes of the window */
    uint64_t *failed_line; /* [room] of a record that had failed before: its line; else 0 */
    struct tally tally;
    uint64_t read;
    struct record_range wanted;
    struct nmt_score_totals totals;
    bool ended;
};

/* --- reading ---------------------------------------------------------------------------- */

/* Where the annotations of model m are. */
static int find_model(struct work *w, size_t m, size_t *index, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    int rc = nmt_stream_find_model(w->in, nmt_model_fingerprint(w->model[m]), index, &why);
    if (rc == NMT_EMODEL)
        return nmt_fail(err, rc, 0, "%s of %s", why.msg, cli_nth(w->cli, 'm', m));
    if (rc < 0)
        *err = why;
    return rc;
}

/* The models of a stream may stand in any order, and there may be more than are used. */
static int open_stream(struct work *w, const char *path, struct nmt_err *err)
{
    const size_t most = w->options.memory / 8;
    size_t index[NMT_ENSEMBLE_MAX];
    NMT_TRY(nmt_stream_open(&w->in, path, NMT_STREAM_ANNOTATIONS,
                            most < NMT_STREAM_PAYLOAD_DEFAULT ? most : 0, err));
    while (!nmt_stream_header_ready(w->in, GATHER_LOOK))
        if (gather_interrupted())
            return 0;
    for (size_t m = 0; m < w->n_models; m++)
        NMT_TRY(find_model(w, m, &index[m], err));
    nmt_translator_use(w->translator, index);
    return 0;
}

/* Is there a record (or an end) to read now? Blocks only for the first of a window. */
static int next_input(struct work *w, bool *ready, struct nmt_err *err)
{
    *ready = false;
    if (!w->in) {
        const char *path = w->n > 0 ? NULL : cli_next_operand(w->cli);
        if (!path) {
            w->ended = w->n == 0;
            return 0;
        }
        NMT_TRY(open_stream(w, path, err));
    }
    if (w->n > 0) {
        *ready = nmt_stream_ready(w->in, gather_pause(&w->gather));
        if (!*ready && nmt_stream_begun(w->in)) /* the writer only waits for room in the pipe */
            *ready = nmt_stream_ready(w->in, gather_left(&w->gather));
        return 0;
    }
    while (!gather_interrupted() && !*ready)
        *ready = nmt_stream_ready(w->in, GATHER_LOOK);
    w->ended = !*ready;
    return 0;
}

static int read_given(struct work *w, struct nmt_translated *r, struct nmt_err *err)
{
    r->number = ++w->read;
    return given_next(&w->given, r, w->read, err);
}

/* A record that is not wanted takes its lines along, as one that failed does. */
static int skip_record(struct work *w, struct nmt_err *err)
{
    struct nmt_translated *r = &w->window[w->n];
    r->fault = (struct nmt_err)NMT_ERR_INIT;
    nmt_fail(&r->fault, NMT_ETEXT, 0, "not wanted");
    return read_given(w, r, err);
}

/* Takes the record the stream stands at into the window. */
static int take_record(struct work *w, int type, struct nmt_err *err)
{
    struct nmt_translated *r = &w->window[w->n];
    r->fault = (struct nmt_err)NMT_ERR_INIT;
    w->failed_line[w->n] = type == NMT_RECORD_FAILED ? nmt_stream_failed_line(w->in) : 0;
    if (type == NMT_RECORD_FAILED)
        nmt_fail(&r->fault, NMT_ETEXT, 0, "%s", nmt_stream_failed_reason(w->in));
    else
        NMT_TRY(nmt_stream_sentence(w->in, &r->source, err));
    NMT_TRY(read_given(w, r, err));
    w->cost += nmt_translator_cost(w->translator, r);
    if (w->n++ == 0)
        gather_begin(&w->gather);
    return 0;
}

/* Fills the window with what is there. What came before an error is in the window all the same. */
static int read_window(struct work *w, struct nmt_err *err)
{
    bool ready;
    w->n = w->cost = 0;
    while (w->n < w->room && w->cost < w->options.memory / 16) {
        if (w->read == w->wanted.last) {
            w->ended = true;
            return 0;
        }
        NMT_TRY(next_input(w, &ready, err));
        if (!ready)
            return 0;
        int type = nmt_stream_next(w->in, err);
        if (type < 0)
            return type;
        if (type == NMT_RECORD_END) {
            tally_input_end(&w->tally, nmt_stream_bytes(w->in));
            nmt_stream_close(w->in);
            w->in = NULL;
            continue;
        }
        NMT_TRY(w->read + 1 < w->wanted.first ? skip_record(w, err) : take_record(w, type, err));
    }
    return 0;
}

/* --- writing ---------------------------------------------------------------------------- */

/* The record at hand failed here. */
static void name_record(struct work *w, const char *what, const char *why)
{
    char place[32], reason[512];
    snprintf(place, sizeof place, "record %" PRIu64, w->tally.records);
    snprintf(reason, sizeof reason, "%s%s", what, why);
    tally_failed(&w->tally, place, reason);
}

static int put_alignments(struct work *w, size_t i, struct nmt_err *err)
{
    const struct nmt_translated *r = &w->window[i];
    const uint64_t line = w->failed_line[i] ? w->failed_line[i] : w->tally.records;
    struct nmt_err why = NMT_ERR_INIT;
    if (r->fault.code)
        return nmt_stream_write_failed(w->aligner, line, r->fault.msg, err);
    size_t n = w->print.n_best ? r->n : 1;
    for (size_t k = 0; k < n; k++)
        w->alignment[k] = r->line[k].alignment;
    int rc = nmt_stream_write_alignments(w->aligner, w->alignment, n, &why);
    if (rc == NMT_ETEXT || rc == NMT_ELIMIT || rc == NMT_ESHAPE) {
        name_record(w, "the alignment cannot be written: ", why.msg);
        return nmt_stream_write_failed(w->aligner, line, why.msg, err);
    }
    return rc < 0 ? nmt_fail(err, rc, why.at, "%s", why.msg) : 0;
}

/* Adds the lines of a record; it may turn out that they cannot be written. */
static int add_record(struct work *w, struct nmt_translated *r, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    w->text.len = 0;
    int rc = nmt_translated_print(&w->text, r, w->tally.records, &w->print, &why);
    if (rc != NMT_ELIMIT)
        return rc < 0 ? nmt_fail(err, rc, why.at, "%s", why.msg) : 0;
    r->fault = why;
    w->text.len = 0;
    return nmt_translated_print(&w->text, r, w->tally.records, &w->print, err);
}

static void count(struct work *w, size_t i)
{
    const struct nmt_translated *r = &w->window[i];
    if (r->fault.code && w->failed_line[i])
        tally_failed_before(&w->tally, w->failed_line[i], r->fault.msg);
    else if (r->fault.code)
        name_record(w, "", r->fault.msg);
    else
        w->tally.target_words += r->line[0].n_words;
    if (!r->fault.code && !r->line[0].finished && r->source.n_words > 0)
        tally_cut(&w->tally);
    w->tally.source_words += r->fault.code ? 0 : r->source.n_words;
}

static int put_record(struct work *w, size_t i, struct nmt_err *err)
{
    w->tally.records++;
    w->text.len = 0;
    if (w->given.summary)
        nmt_score_totals_add(&w->totals, &w->window[i]);
    else
        NMT_TRY(add_record(w, &w->window[i], err));
    count(w, i);
    if (w->aligner)
        NMT_TRY(put_alignments(w, i, err));
    NMT_TRY(nmt_output_write(w->out, w->text.data, w->text.len, err));
    return nmt_output_record(w->out, err);
}

static int put_summary(struct work *w, struct nmt_err *err)
{
    w->text.len = 0;
    NMT_TRY(nmt_score_totals_print(&w->text, &w->totals, err));
    return nmt_output_write(w->out, w->text.data, w->text.len, err);
}

static int decode_window(struct work *w, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    int rc = nmt_translator_run(w->translator, w->window, w->n, &why);
    if (rc < 0 && why.at > 0)
        return nmt_fail(err, rc, why.at, "record %" PRIu64 ": %s", w->tally.records + why.at,
                        why.msg);
    if (rc < 0)
        return nmt_fail(err, rc, 0, "%s", why.msg);
    for (size_t i = 0; i < w->n; i++) {
        NMT_TRY(put_record(w, i, err));
        nmt_translated_trim(&w->window[i], w->options.memory / 16 / w->room);
    }
    return 0;
}

static int decode_all(struct work *w, struct nmt_err *err)
{
    while (!w->ended) {
        int rc = read_window(w, err);
        NMT_TRY(decode_window(w, err));
        NMT_TRY(rc);
        tally_show(&w->tally, w->in ? nmt_stream_bytes(w->in) : 0);
    }
    if (!gather_interrupted() && w->read < w->wanted.last)
        NMT_TRY(given_end(&w->given, w->read, err));
    if (w->given.summary)
        NMT_TRY(put_summary(w, err));
    if (w->aligner && !gather_interrupted())
        NMT_TRY(nmt_stream_write_end(w->aligner, err));
    return 0;
}

/* --- the program ------------------------------------------------------------------------ */

static void read_options(struct work *w)
{
    const struct cli *cli = w->cli;
    w->options = nmt_translate_defaults();
    search_options_read(cli, &w->options.search, w->weights);
    print_options_read(cli, &w->print, &w->options);
    (void)gather_memory(cli, OPT_MEMORY, 1);
    w->options.batch = (size_t)cli_int(cli, OPT_BATCH, (int64_t)w->options.batch, 1, 4096);
    given_read(&w->given, cli, &w->options.search, &w->print);
    w->print.forced = w->given.forced;
    w->options.search.unscored =
        !w->print.score && !w->print.n_best && !w->print.word_scores && !w->print.forced;
    cli_need(cli, 'm');
    if (cli_count(cli, 'm') > NMT_ENSEMBLE_MAX)
        cli_misuse(cli, "at most %zu models", NMT_ENSEMBLE_MAX);
}

static int open_aligner(struct work *w, struct nmt_err *err)
{
    struct nmt_stream_header h = { .kind = NMT_STREAM_ALIGNMENTS,
                                   .n_models = (uint32_t)w->n_models };
    for (size_t m = 0; m < w->n_models; m++)
        memcpy(h.model[m].fingerprint, nmt_model_fingerprint(w->model[m]), NMT_FINGERPRINT);
    NMT_TRY(nmt_output_open(&w->align_out, cli_value(w->cli, 'A', NULL), err));
    return nmt_stream_writer_new(&w->aligner, w->align_out, &h, 0, err);
}

static int open_all(struct work *w, struct nmt_err *err)
{
    const struct cli *cli = w->cli;
    read_options(w);
    w->wanted = record_range_read(cli, OPT_RECORDS, "--records");
    const int max_wait = (int)cli_int(cli, OPT_MAX_WAIT, 5, 0, 3600000);
    const size_t threads = (size_t)cli_int(cli, 'j', 0, 1, 1024);
    files_check(cli, (const int[]){ 'o', 'A', OPT_LOG, 0 });
    gather_catch();
    NMT_TRY(tally_open(&w->tally, w->cli, OPT_LOG, false, err));
    NMT_TRY(nmt_output_open(&w->out, cli_value(cli, 'o', NULL), err));
    for (; w->n_models < cli_count(cli, 'm'); w->n_models++)
        NMT_TRY(nmt_model_open(&w->model[w->n_models], cli_nth(cli, 'm', w->n_models), err));
    NMT_TRY(nmt_threads_new(&w->threads, threads, err));
    w->options.threads = w->threads;
    w->options.memory = gather_memory(cli, OPT_MEMORY, nmt_threads_count(w->threads));
    if (cli_flag(cli, OPT_DICTIONARY))
        NMT_TRY(nmt_dictionary_load(&w->dictionary, cli_value(cli, OPT_DICTIONARY, NULL), err));
    w->options.dictionary = w->dictionary;
    NMT_TRY(nmt_translator_new(&w->translator, (const struct nmt_model *const *)w->model,
                               w->n_models, &w->options, err));
    if (cli_flag(cli, 'A'))
        NMT_TRY(open_aligner(w, err));
    NMT_TRY(given_open(&w->given, cli, nmt_model_target_vocab(w->model[0]), w->print.ids, err));
    w->tally.skipped = w->tally.records = w->wanted.first - 1;
    w->room = w->options.batch * nmt_threads_count(w->threads) * 2;
    w->window = calloc(w->room, sizeof *w->window);
    w->alignment = calloc(w->options.search.n_best, sizeof *w->alignment);
    w->failed_line = calloc(w->room, sizeof *w->failed_line);
    if (!w->window || !w->alignment || !w->failed_line)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    gather_start(&w->gather, max_wait);
    return 0;
}

static int close_outputs(struct work *w, struct nmt_err *err)
{
    if (gather_interrupted())
        return nmt_output_flush(w->out, err);
    NMT_TRY(nmt_output_close(&w->out, err));
    return nmt_output_close(&w->align_out, err);
}

static void close_all(struct work *w)
{
    nmt_stream_writer_free(w->aligner);
    nmt_output_abandon(w->out);
    nmt_output_abandon(w->align_out);
    nmt_stream_close(w->in);
    given_close(&w->given);
    for (size_t i = 0; w->window && i < w->room; i++)
        nmt_translated_release(&w->window[i]);
    free(w->window);
    free(w->failed_line);
    free(w->alignment);
    nmt_buffer_release(&w->text);
    nmt_translator_free(w->translator);
    nmt_dictionary_free(w->dictionary);
    nmt_threads_free(w->threads);
    for (size_t m = 0; m < w->n_models; m++)
        nmt_model_close(w->model[m]);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI_INIT("nmt-decode", "-m MODEL [-m MODEL]... [OPTION]... [STREAM...]",
                              "Translates the annotation records of nmt-encode.", opts);
    struct nmt_err err = NMT_ERR_INIT, why = err;
    struct work w = { .cli = &cli };
    nmt_engine_init();
    cli.engine = nmt_engine_print;
    cli_parse(&cli, argc, argv);
    int rc = open_all(&w, &err);
    if (rc == 0)
        rc = decode_all(&w, &err);
    if (rc == 0)
        rc = close_outputs(&w, &err);
    close_all(&w); /* hands on what came before a failure */
    if (gather_forgives(&err))
        err = (struct nmt_err)NMT_ERR_INIT;
    if (tally_close(&w.tally, gather_interrupted(), &err, &why) < 0 && !err.code)
        err = why;
    if (!err.code)
        gather_end();
    return cli_finish(&cli, &err);
}
