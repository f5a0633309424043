/* nmt-train: a bitext in, a model out. */
#include "cli.h"
#include "train_log.h"

#include <nmt/bleu.h>
#include <nmt/config.h>
#include <nmt/engine.h>
#include <nmt/model.h>
#include <nmt/number.h>
#include <nmt/train.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PRESET = 256,
    DUMP_CONFIG,
    DESCRIBE,
    AVERAGE,
    LOG,
    MEMORY,
    DRY_RUN,
    ACCEPT_CHANGES,
    OVERWRITE
};

static const struct cli_opt opts[] = {
    { 'c', "config", "FILE", "configuration in YAML, see nmt-config(5)" },
    { 's', "set", "KEY=VALUE", "set one key, as section.key=value; may be repeated" },
    { 'o', "output", "MODEL", "where the best model goes, the state beside it (model.nmt)" },
    { PRESET, "preset", "NAME", "start from the configuration 'default' or 'paper'" },
    { 'j', "threads", "N", "threads (the processors there are)" },
    { LOG, "log", "FILE", "append one JSON object a line for all that happens" },
    { ACCEPT_CHANGES, "accept-changes", NULL,
      "resume although the data or the configuration have changed" },
    { OVERWRITE, "overwrite", NULL, "start anew over a model that has no state beside it" },
    { MEMORY, "memory", "SIZE", "fail before the first update if it needs more (K, M, G)" },
    { DRY_RUN, "dry-run", NULL, "read the data, print what memory training needs, and exit" },
    { DUMP_CONFIG, "dump-config", NULL, "print the effective configuration and exit" },
    { DESCRIBE, "describe", "MODEL", "print what a model file holds and exit" },
    { AVERAGE, "average", "MODEL...", "write the mean of models of one shape as -o and exit" },
    { 'q', "quiet", NULL, "say nothing but what goes wrong" },
    CLI_COMMON,
    CLI_END,
};

static volatile sig_atomic_t stop_asked, save_asked;

static void on_signal(int signal)
{
    if (signal == SIGUSR1)
        save_asked = 1;
    else
        stop_asked = 1;
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

/* BLEU of a validation, with sacreBLEU's default tokens. */
static int score(void *arg, const struct nmt_train_line *output,
                 const struct nmt_train_line *reference, size_t n, double *bleu,
                 struct nmt_err *err)
{
    (void)arg;
    struct nmt_bleu_options options = nmt_bleu_defaults();
    struct nmt_bleu *sum = NULL;
    NMT_TRY(nmt_bleu_new(&sum, &options, err));
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = nmt_bleu_add(sum, output[i].text, output[i].len, &reference[i].text, &reference[i].len,
                          1, err);
    *bleu = nmt_bleu_score(sum).score;
    nmt_bleu_free(sum);
    return rc;
}

static void report(void *arg, const struct nmt_train_report *r)
{
    train_log_report(arg, r);
}

static void print_engine(FILE *out)
{
    nmt_engine_print(out);
    if (nmt_ranks_library())
        fprintf(out, "MPI: %s\n", nmt_ranks_library());
}

static int configure(struct nmt_config *c, const struct cli *cli, struct nmt_err *err)
{
    const char *file = cli_value(cli, 'c', NULL);
    NMT_TRY(nmt_config_preset(c, cli_value(cli, PRESET, "default"), err));
    if (file)
        NMT_TRY(nmt_config_read(c, file, err));
    for (size_t i = 0; i < cli_count(cli, 's'); i++)
        NMT_TRY(nmt_config_set(c, cli_nth(cli, 's', i), err));
    if (cli_flag(cli, 'j'))
        c->train_threads = cli_int(cli, 'j', 0, 1, 4096);
    if (cli->n_operands == 1 || cli->n_operands > 2)
        cli_misuse(cli, "give two files, SOURCE and TARGET, or none");
    if (cli->n_operands == 2) {
        const char *const keys[2] = { "data.source=", "data.target=" };
        for (size_t i = 0; i < 2; i++) {
            struct nmt_buffer text = NMT_BUFFER_INIT;
            int rc = nmt_buffer_addf(&text, err, "%s%s", keys[i], cli->operands[i]);
            const char *assignment = rc == 0 ? nmt_buffer_str(&text, err) : NULL;
            rc = assignment ? nmt_config_set(c, assignment, err) : NMT_ENOMEM;
            nmt_buffer_release(&text);
            NMT_TRY(rc);
        }
    }
    return nmt_config_check(c, err);
}

static int dump_config(const struct nmt_config *c, struct nmt_err *err)
{
    struct nmt_output *out = NULL;
    NMT_TRY(nmt_output_open(&out, "-", err));
    int rc = nmt_config_dump(c, out, err);
    if (rc == 0)
        return nmt_output_close(&out, err);
    nmt_output_abandon(out);
    return rc;
}

static int describe(const char *path, struct nmt_err *err)
{
    struct nmt_model *model = NULL;
    struct nmt_buffer text = NMT_BUFFER_INIT;
    struct nmt_output *out = NULL;
    int rc = nmt_model_open(&model, path, err);
    if (rc == 0)
        rc = nmt_model_describe(model, &text, err);
    if (rc == 0)
        rc = nmt_output_open(&out, "-", err);
    if (rc == 0)
        rc = nmt_output_write(out, text.data, text.len, err);
    if (rc == 0)
        rc = nmt_output_close(&out, err);
    nmt_output_abandon(out);
    nmt_buffer_release(&text);
    nmt_model_close(model);
    return rc;
}

/* The mean must not take the place of an old model by default. */
static int average(const struct cli *cli, struct nmt_err *err)
{
    const size_t n = cli_count(cli, AVERAGE);
    const char *out = cli_need(cli, 'o');
    const char **models = malloc(n * sizeof *models);
    if (!models)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < n; i++)
        models[i] = cli_nth(cli, AVERAGE, i);
    if (cli->n_operands)
        cli_misuse(cli, "--average: no bitext goes with it");
    int rc = nmt_train_average(models, n, out, err);
    free(models);
    return rc;
}

/* "500M": bytes; 0 without the option. */
static uint64_t memory_of(const struct cli *cli)
{
    const char *text = cli_value(cli, MEMORY, NULL);
    char number[32];
    int64_t n;
    if (!text)
        return 0;
    const size_t len = strspn(text, "0123456789");
    const char *units = "KMG", *unit = text[len] ? strchr(units, text[len]) : NULL;
    if (len == 0 || len >= sizeof number || (text[len] && (!unit || text[len + 1])))
        cli_misuse(cli, "--memory: '%s' is not a size such as 500M or 4G", text);
    snprintf(number, sizeof number, "%.*s", (int)len, text);
    struct nmt_err err = NMT_ERR_INIT;
    if (nmt_number_int(&n, number, 1, INT64_C(1) << 33, "--memory", &err) < 0)
        cli_misuse(cli, "%s", err.msg);
    uint64_t bytes = (uint64_t)n;
    for (const char *u = units; unit && u <= unit; u++)
        bytes *= 1000;
    return bytes;
}

static int train(const struct nmt_config *c, const struct cli *cli, struct nmt_ranks *ranks,
                 struct nmt_err *err)
{
    const bool speaks = nmt_ranks_index(ranks) == 0;
    const char *path = speaks ? cli_value(cli, LOG, NULL) : NULL, *folder = getenv("TMPDIR");
    struct train_log log = { .memory = cli_flag(cli, DRY_RUN) && speaks,
                             .progress = { .prog = cli->prog,
                                           .quiet = cli_flag(cli, 'q') || !speaks,
                                           .terminal = isatty(STDERR_FILENO) } };
    struct nmt_train_options options = {
        .config = c,
        .tsv = c->data_source[0] ? NULL : "-",
        .model = cli_value(cli, 'o', "model.nmt"),
        .folder = folder && folder[0] ? folder : NULL,
        .accept_changes = cli_flag(cli, ACCEPT_CHANGES),
        .overwrite = cli_flag(cli, OVERWRITE),
        .memory = memory_of(cli),
        .dry_run = cli_flag(cli, DRY_RUN),
        .ranks = ranks,
        .stop = &stop_asked,
        .save = &save_asked,
        .score = score,
        .report = report,
        .arg = &log,
    };
    if (!options.tsv && strcmp(options.model, "-") == 0)
        return nmt_fail(err, NMT_EUSAGE, 0, "-o: the model must be a file");
    if (options.tsv && isatty(STDIN_FILENO))
        return nmt_fail(err, NMT_EUSAGE, 0,
                        "no bitext: give SOURCE and TARGET, or pairs with a tab on stdin");
    if (path && !(log.json = fopen(path, "a")))
        return nmt_fail_os(err, NMT_EIO, 0, "%s: cannot open", path);
    catch_signals();
    nmt_engine_init();
    int rc = nmt_train(&options, err);
    if (log.json && (fclose(log.json) != 0 || log.json_failed) && rc == 0)
        rc = nmt_fail(err, NMT_EIO, 0, "%s: cannot write all of the log", path);
    return rc;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI_INIT("nmt-train",
                              "[-c CONFIG] [-s KEY=VALUE]... [-o MODEL] [SOURCE TARGET]\n"
                              "--dump-config | --describe MODEL | --average MODEL... -o MODEL",
                              "Trains a translation model from a bitext: two files, or lines "
                              "\"source TAB target\" on stdin.\nThe same command run again goes on "
                              "where it stopped; exit status 3 says that it was asked to stop.",
                              opts);
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_config config = { 0 };
    struct nmt_ranks *ranks = NULL;
    cli.engine = print_engine;
    cli_parse(&cli, argc, argv);
    if (cli_flag(&cli, DESCRIBE))
        describe(cli_value(&cli, DESCRIBE, NULL), &err);
    else if (cli_flag(&cli, AVERAGE))
        average(&cli, &err);
    else if (configure(&config, &cli, &err) < 0)
        ;
    else if (cli_flag(&cli, DUMP_CONFIG))
        dump_config(&config, &err);
    else if (nmt_ranks_join(&ranks, &err) == 0)
        train(&config, &cli, ranks, &err);
    nmt_config_release(&config);
    const int status = cli_finish(&cli, &err);
    nmt_ranks_leave(ranks, err.code < 0 && err.code != NMT_ESTOPPED);
    return status;
}
