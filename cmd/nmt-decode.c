/* nmt-decode: annotation records in, translations out. */
#include "cli.h"
#include "gather.h"

#include <nmt/engine.h>
#include <nmt/filter.h>
#include <nmt/lines.h>
#include <nmt/model.h>
#include <nmt/output.h>
#include <nmt/print.h>
#include <nmt/stream.h>
#include <nmt/threads.h>
#include <nmt/translate.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPT_LENGTH_PENALTY = 256,
    OPT_LENGTH_NORM,
    OPT_MIN_RATIO,
    OPT_MAX_RATIO,
    OPT_MAX_LENGTH,
    OPT_SCORE,
    OPT_REPLACE_UNK,
    OPT_FORBID_UNK,
    OPT_GEOMETRIC,
    OPT_IDS,
    OPT_FORCE,
    OPT_BATCH,
    OPT_MAX_WAIT
};

static const struct cli_opt opts[] = {
    { 'm', "model", "FILE", "a model that made the stream (required; several: an ensemble)" },
    { 'b', "beam", "N", "hypotheses that are followed; 1 is greedy (5)" },
    { 'n', "n-best", "N", "write N translations of each line, as id ||| text ||| ... ||| score" },
    { OPT_LENGTH_PENALTY, "length-penalty", "A", "divide scores by the length to the A (0.6)" },
    { OPT_LENGTH_NORM, "length-norm", "NAME", "what the length is: mean (default) or gnmt" },
    { OPT_MIN_RATIO, "min-ratio", "F", "least tokens for each source token (0; the paper: 0.5)" },
    { OPT_MAX_RATIO, "max-ratio", "F", "most tokens for each source token (3); 0: no bound" },
    { OPT_MAX_LENGTH, "max-length", "N", "most tokens of a translation (1000)" },
    { OPT_SCORE, "score", NULL, "write the score and a tab before each translation" },
    { OPT_REPLACE_UNK, "replace-unk", NULL, "copy the source word in the place of an unknown one" },
    { OPT_FORBID_UNK, "forbid-unk", NULL, "never write an unknown word" },
    { OPT_GEOMETRIC, "geometric", NULL, "ensembles: mean of log-probabilities" },
    { OPT_IDS, "ids", NULL, "write token ids instead of text; --force: read them" },
    { OPT_FORCE, "force", "TARGET", "score the lines of TARGET instead of translating" },
    { 'A', "alignments", "FILE", "write the alignments there, as a stream for nmt-align" },
    { OPT_BATCH, "batch", "N", "sentences that are searched together (64)" },
    { OPT_MAX_WAIT, "max-wait", "MS", "longest that a record waits for company (5)" },
    { 'j', "threads", "N", "threads (default: the processors there are)" },
    { 'o', "output", "FILE", "write there instead of stdout" },
    { 'q', "quiet", NULL, "only errors on stderr" },
    CLI_COMMON,
    CLI_END
};

static const char *const norms[] = { "mean", "gnmt", NULL };

struct work {
    struct cli *cli;
    struct nmt_model *model[NMT_ENSEMBLE_MAX];
    size_t n_models;
    struct nmt_translate_options options;
    struct nmt_print_options print;
    struct nmt_threads *threads;
    struct nmt_translator *translator;
    struct nmt_output *out, *align_out;
    struct nmt_stream_writer *aligner;
    struct nmt_lines *force;
    struct nmt_segmenter *segmenter; /* of forced targets */
    struct nmt_ids target;
    struct nmt_buffer text;
    struct gather gather;
    struct nmt_stream_reader *in;
    struct nmt_translated *window;
    struct nmt_alignment *alignment; /* [n-best] */
    size_t n, room;
    uint64_t record, failed; /* written; of them without translation */
    uint64_t read;
    bool ended;
};

/* --- reading ---------------------------------------------------------------------------- */

/* The models of a stream may stand in any order, and there may be more than are used. */
static int open_stream(struct work *w, const char *path, struct nmt_err *err)
{
    size_t index[NMT_ENSEMBLE_MAX];
    NMT_TRY(nmt_stream_open(&w->in, path, NMT_STREAM_ANNOTATIONS, 0, err));
    for (size_t m = 0; m < w->n_models; m++)
        NMT_TRY(nmt_stream_find_model(w->in, nmt_model_fingerprint(w->model[m]), &index[m], err));
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
        *ready = nmt_stream_ready(w->in, gather_left(&w->gather));
        return 0;
    }
    while (!gather_interrupted() && !*ready)
        *ready = nmt_stream_ready(w->in, GATHER_LOOK);
    w->ended = !*ready;
    return 0;
}

/* The next line of TARGET belongs to record r; a record that failed takes its line along. */
static int read_target(struct work *w, struct nmt_translated *r, struct nmt_err *err)
{
    const struct nmt_segmented *cut;
    const struct nmt_vocab *v = nmt_model_target_vocab(w->model[0]);
    char *line;
    size_t len;
    int rc = nmt_lines_next(w->force, &line, &len, err);
    if (rc < 0)
        return rc;
    if (rc == 0)
        return nmt_fail(err, NMT_ESHAPE, w->read, "%s has %" PRIu64 " lines, but there are more %s",
                        nmt_lines_name(w->force), nmt_lines_number(w->force), "records");
    if (r->fault.code)
        return 0;
    if (w->print.ids) {
        rc = nmt_ids_parse(&w->target, line, len, nmt_vocab_size(v), &r->fault);
        if (rc == 0)
            rc = nmt_translated_force_ids(r, w->target.data, w->target.n, &r->fault);
    } else {
        rc = nmt_text_check(line, len, &r->fault);
        if (rc == 0)
            rc = nmt_segmenter_encode(w->segmenter, line, len, &cut, &r->fault);
        if (rc == 0)
            rc = nmt_translated_force(r, line, len, cut, &r->fault);
    }
    if (rc == 0 && r->target.n > 0 && r->source.annotation[0].n == 0)
        nmt_fail(&r->fault, NMT_ETEXT, 0, "a translation of nothing cannot be scored");
    return rc == NMT_ENOMEM ? rc : 0;
}

/* Takes the record the stream stands at into the window. */
static int take_record(struct work *w, int type, struct nmt_err *err)
{
    struct nmt_translated *r = &w->window[w->n];
    r->fault = (struct nmt_err)NMT_ERR_INIT;
    if (type == NMT_RECORD_FAILED)
        nmt_fail(&r->fault, NMT_ETEXT, 0, "line %" PRIu64 " of the source failed: %s",
                 nmt_stream_failed_line(w->in), nmt_stream_failed_reason(w->in));
    else
        NMT_TRY(nmt_stream_sentence(w->in, &r->source, err));
    w->read++;
    if (w->force)
        NMT_TRY(read_target(w, r, err));
    if (w->n++ == 0)
        gather_begin(&w->gather);
    return 0;
}

/* Fills the window with what is there. What came before an error is in the window all the same. */
static int read_window(struct work *w, struct nmt_err *err)
{
    bool ready;
    w->n = 0;
    while (w->n < w->room) {
        NMT_TRY(next_input(w, &ready, err));
        if (!ready)
            return 0;
        int type = nmt_stream_next(w->in, err);
        if (type < 0)
            return type;
        if (type == NMT_RECORD_END) {
            nmt_stream_close(w->in);
            w->in = NULL;
            continue;
        }
        NMT_TRY(take_record(w, type, err));
    }
    return 0;
}

/* --- writing ---------------------------------------------------------------------------- */

static int put_alignments(struct work *w, const struct nmt_translated *r, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    if (r->fault.code)
        return nmt_stream_write_failed(w->aligner, w->record, r->fault.msg, err);
    size_t n = w->print.n_best ? r->n : 1;
    for (size_t k = 0; k < n; k++)
        w->alignment[k] = r->line[k].alignment;
    int rc = nmt_stream_write_alignments(w->aligner, w->alignment, n, &why);
    if (rc == NMT_ETEXT || rc == NMT_ELIMIT || rc == NMT_ESHAPE) {
        cli_warn_failed(w->cli, "%s", why.msg);
        return nmt_stream_write_failed(w->aligner, w->record, why.msg, err);
    }
    return rc < 0 ? nmt_fail(err, rc, why.at, "%s", why.msg) : 0;
}

static int put_record(struct work *w, const struct nmt_translated *r, struct nmt_err *err)
{
    w->record++;
    w->text.len = 0;
    if (r->fault.code && w->failed++ < 10)
        cli_warn_failed(w->cli, "record %" PRIu64 ": %s", w->record, r->fault.msg);
    NMT_TRY(nmt_translated_print(&w->text, r, w->record, &w->print, err));
    if (w->aligner)
        NMT_TRY(put_alignments(w, r, err));
    NMT_TRY(nmt_output_write(w->out, w->text.data, w->text.len, err));
    return nmt_output_record(w->out, err);
}

static int decode_window(struct work *w, struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    int rc = nmt_translator_run(w->translator, w->window, w->n, &why);
    if (rc < 0 && why.at > 0)
        return nmt_fail(err, rc, why.at, "record %" PRIu64 ": %s", w->record + why.at, why.msg);
    if (rc < 0)
        return nmt_fail(err, rc, 0, "%s", why.msg);
    for (size_t i = 0; i < w->n; i++)
        NMT_TRY(put_record(w, &w->window[i], err));
    return 0;
}

/* TARGET must end where the records do. */
static int check_target_end(struct work *w, struct nmt_err *err)
{
    char *line;
    size_t len;
    int rc = nmt_lines_next(w->force, &line, &len, err);
    if (rc <= 0)
        return rc;
    while ((rc = nmt_lines_next(w->force, &line, &len, err)) > 0)
        ;
    NMT_TRY(rc);
    return nmt_fail(err, NMT_ESHAPE, 0, "%s has %" PRIu64 " lines for %" PRIu64 " records",
                    nmt_lines_name(w->force), nmt_lines_number(w->force), w->read);
}

static int decode_all(struct work *w, struct nmt_err *err)
{
    while (!w->ended) {
        int rc = read_window(w, err);
        NMT_TRY(decode_window(w, err));
        NMT_TRY(rc);
    }
    if (w->failed > 10)
        cli_warn_failed(w->cli, "%" PRIu64 " more records failed", w->failed - 10);
    if (w->force && !gather_interrupted())
        NMT_TRY(check_target_end(w, err));
    if (w->aligner && !gather_interrupted())
        NMT_TRY(nmt_stream_write_end(w->aligner, err));
    return 0;
}

/* --- the program ------------------------------------------------------------------------ */

static void read_options(struct work *w)
{
    const struct cli *cli = w->cli;
    struct nmt_search_options *s = &w->options.search;
    w->options = nmt_translate_defaults();
    w->print.n_best = cli_flag(cli, 'n');
    s->n_best = (size_t)cli_int(cli, 'n', 1, 1, NMT_BEAM_MAX);
    if (w->print.n_best && s->n_best > s->beam)
        s->beam = s->n_best;
    s->beam = (size_t)cli_int(cli, 'b', (int64_t)s->beam, 1, NMT_BEAM_MAX);
    if (s->n_best > s->beam)
        cli_misuse(cli, "a beam of %zu gives no %zu translations", s->beam, s->n_best);
    s->alpha = cli_real(cli, OPT_LENGTH_PENALTY, s->alpha, 0, 100);
    s->norm = (enum nmt_length_norm)cli_choice(cli, OPT_LENGTH_NORM, norms, s->norm);
    s->min_ratio = cli_real(cli, OPT_MIN_RATIO, s->min_ratio, 0, 1000);
    s->max_ratio = cli_real(cli, OPT_MAX_RATIO, s->max_ratio, 0, 1000);
    s->max_length = (size_t)cli_int(cli, OPT_MAX_LENGTH, (int64_t)s->max_length, 1, 100000);
    s->forbid_unk = cli_flag(cli, OPT_FORBID_UNK);
    s->geometric = cli_flag(cli, OPT_GEOMETRIC);
    w->options.replace_unk = cli_flag(cli, OPT_REPLACE_UNK);
    w->options.alignments = cli_flag(cli, 'A');
    w->options.batch = (size_t)cli_int(cli, OPT_BATCH, (int64_t)w->options.batch, 1, 4096);
    w->print.score = cli_flag(cli, OPT_SCORE);
    w->print.ids = cli_flag(cli, OPT_IDS);
    w->print.forced = cli_flag(cli, OPT_FORCE);
    const char *out = cli_value(cli, 'o', "-"), *alignments = cli_value(cli, 'A', NULL);
    if (alignments && strcmp(alignments, out) == 0)
        cli_misuse(cli, "-A and -o are the same file");
    if (cli_flag(cli, OPT_FORCE) && w->print.n_best)
        cli_misuse(cli, "--force and --n-best exclude each other");
    if (cli_flag(cli, OPT_FORCE) && strcmp(cli_value(cli, OPT_FORCE, ""), "-") == 0 &&
        cli->n_operands == 0)
        cli_misuse(cli, "the stream and TARGET cannot both be stdin");
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
    const int max_wait = (int)cli_int(cli, OPT_MAX_WAIT, 5, 0, 3600000);
    const size_t threads = (size_t)cli_int(cli, 'j', 0, 0, 1024);
    NMT_TRY(nmt_output_open(&w->out, cli_value(cli, 'o', NULL), err));
    for (; w->n_models < cli_count(cli, 'm'); w->n_models++)
        NMT_TRY(nmt_model_open(&w->model[w->n_models], cli_nth(cli, 'm', w->n_models), err));
    NMT_TRY(nmt_threads_new(&w->threads, threads, err));
    w->options.threads = w->threads;
    NMT_TRY(nmt_translator_new(&w->translator, (const struct nmt_model *const *)w->model,
                               w->n_models, &w->options, err));
    if (cli_flag(cli, 'A'))
        NMT_TRY(open_aligner(w, err));
    if (cli_flag(cli, OPT_FORCE)) {
        NMT_TRY(nmt_lines_open(&w->force, cli_value(cli, OPT_FORCE, NULL), 0, err));
        NMT_TRY(nmt_segmenter_new(&w->segmenter, nmt_model_target_vocab(w->model[0]), err));
    }
    w->room = w->options.batch * nmt_threads_count(w->threads) * 2;
    w->window = calloc(w->room, sizeof *w->window);
    w->alignment = calloc(w->options.search.n_best, sizeof *w->alignment);
    if (!w->window || !w->alignment)
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
    nmt_lines_close(w->force);
    nmt_segmenter_free(w->segmenter);
    for (size_t i = 0; w->window && i < w->room; i++)
        nmt_translated_release(&w->window[i]);
    free(w->window);
    free(w->alignment);
    nmt_buffer_release(&w->text);
    nmt_ids_release(&w->target);
    nmt_translator_free(w->translator);
    nmt_threads_free(w->threads);
    for (size_t m = 0; m < w->n_models; m++)
        nmt_model_close(w->model[m]);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI_INIT("nmt-decode", "-m MODEL [-m MODEL]... [OPTION]... [STREAM...]",
                              "Translates the annotation records of nmt-encode.", opts);
    struct nmt_err err = NMT_ERR_INIT;
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
    if (rc == 0)
        gather_end();
    return cli_finish(&cli, &err);
}
