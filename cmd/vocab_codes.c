/* The modes of nmt-vocab that speak subword-nmt's formats. */
#include "vocab_job.h"
#include "vocab_options.h"

static int add_to_codes(void *to, size_t worker, const char *line, size_t len, struct nmt_err *err)
{
    return nmt_codes_learner_add_text(to, worker, line, len, err);
}

/* Not an error: how many merges a text gives is for the text to say. */
static void tell_shortage(const struct cli *cli, const struct nmt_codes_learner *l,
                          uint64_t min_frequency)
{
    size_t wanted, merges = nmt_codes_learner_merges(l, &wanted);
    if (merges < wanted)
        cli_warn(cli, "%zu of %zu merges: no pair is left that was seen %llu time%s", merges,
                 wanted, (unsigned long long)min_frequency, min_frequency == 1 ? "" : "s");
}

int vocab_learn_codes(struct vocab_job *j, struct nmt_err *err)
{
    const struct cli *cli = j->cli;
    struct nmt_codes_options o = {
        .merges = (size_t)cli_int(cli, OPT_LEARN_CODES, 0, 0, NMT_CODES_MAX),
        .min_frequency = (uint64_t)cli_int(cli, OPT_MIN_FREQUENCY, 2, 1, INT64_MAX),
        .total_symbols = cli_flag(cli, OPT_TOTAL_SYMBOLS),
        .dict_input = cli_flag(cli, OPT_DICT_INPUT),
    };
    struct nmt_codes_learner *l = NULL;
    if (o.dict_input && cli_flag(cli, 'j'))
        cli_misuse(cli, "--threads does not go with --dict-input");
    if (!o.dict_input)
        NMT_TRY(vocab_start_threads(j, err));
    o.threads = j->threads;
    NMT_TRY(vocab_open_output(j, err));
    NMT_TRY(nmt_codes_learner_new(&l, &o, err));
    int rc = vocab_feed_all(j, j->threads, add_to_codes, l, err);
    if (rc == 0)
        rc = nmt_codes_learner_finish(l, j->out, err);
    if (rc == 0 && !cli_flag(cli, 'q'))
        tell_shortage(cli, l, o.min_frequency);
    nmt_codes_learner_free(l);
    return rc;
}

static int add_to_tally(void *to, size_t worker, const char *line, size_t len, struct nmt_err *err)
{
    (void)worker;
    return nmt_tally_add(to, line, len, err);
}

int vocab_count_words(struct vocab_job *j, struct nmt_err *err)
{
    struct nmt_tally *t = NULL;
    NMT_TRY(vocab_open_output(j, err));
    NMT_TRY(nmt_tally_new(&t, err));
    int rc = vocab_feed_all(j, NULL, add_to_tally, t, err); /* the order matters */
    if (rc == 0)
        rc = nmt_tally_write(t, j->out, err);
    nmt_tally_free(t);
    return rc;
}

int vocab_apply_codes(struct vocab_job *j, struct nmt_err *err)
{
    const struct cli *cli = j->cli;
    size_t merges = SIZE_MAX;
    if (cli_flag(cli, 'm'))
        merges = (size_t)cli_int(cli, 'm', 0, 0, NMT_CODES_MAX);
    NMT_TRY(nmt_codes_load(&j->codes, cli_value(cli, OPT_APPLY_CODES, NULL), merges, err));
    for (size_t i = 0; i < cli_count(cli, OPT_GLOSSARY); i++)
        NMT_TRY(nmt_codes_add_glossary(j->codes, cli_nth(cli, OPT_GLOSSARY, i), err));
    const char *counts = cli_value(cli, OPT_VOCABULARY, NULL);
    uint64_t threshold = (uint64_t)cli_int(cli, OPT_THRESHOLD, 0, 0, INT64_MAX);
    if (counts)
        NMT_TRY(nmt_codes_load_vocabulary(j->codes, counts, threshold, err));
    return vocab_convert_all(j, false, err);
}
