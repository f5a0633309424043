/* nmt-vocab: learns vocabularies, turns text into ids and ids into text. */
#include "cli.h"
#include "files.h"
#include "uses.h"

#include <nmt/check.h>
#include <nmt/codes.h>
#include <nmt/convert.h>
#include <nmt/feed.h>
#include <nmt/vocab.h>

#include <string.h>

enum {
    OPT_MIN_COUNT = 256,
    OPT_COVERAGE,
    OPT_MAX_TYPES,
    OPT_NORMALIZE,
    OPT_LOWERCASE,
    OPT_BYTES,
    OPT_INVALID,
    OPT_DROPOUT,
    OPT_SEED,
    OPT_IMPORT,
    OPT_LEARN_CODES,
    OPT_APPLY_CODES,
    OPT_COUNTS,
    OPT_MIN_FREQUENCY,
    OPT_TOTAL_SYMBOLS,
    OPT_DICT_INPUT,
    OPT_VOCABULARY,
    OPT_THRESHOLD,
    OPT_GLOSSARY,
    OPT_CLEAN
};

static const struct cli_opt opts[] = {
    { 't', "type", "TYPE", "learn: word, char or bpe (default bpe)" },
    { 's', "size", "N", "learn: pieces with the special ones (word 30000, bpe 8000, char: all)" },
    { OPT_MIN_COUNT, "min-count", "N", "learn: leave out what is seen less often (default 1)" },
    { OPT_COVERAGE, "coverage", "F", "learn: share of running characters to cover (0.9999)" },
    { OPT_MAX_TYPES, "max-types", "N", "learn: bound on distinct words (16777216)" },
    { OPT_NORMALIZE, "normalize", "FORM", "learn: nfkc (default), nfc or none" },
    { OPT_LOWERCASE, "lowercase", NULL, "learn: lower-case the text" },
    { OPT_BYTES, "byte-fallback", NULL, "learn: spell unknown characters as bytes" },
    { 'e', "encode", "VOCAB", "turn text into ids" },
    { 'd', "decode", "VOCAB", "turn ids into text" },
    { OPT_IMPORT, "import", "VOCAB", "turn sentencepiece's .vocab (of type -t) into nmt's form" },
    { 'P', "pieces", NULL, "with -e and -d: pieces instead of ids" },
    { OPT_LEARN_CODES, "learn-codes", "N", "learn N merges as subword-nmt does" },
    { OPT_MIN_FREQUENCY, "min-frequency", "N", "stop at pairs seen less often (default 2)" },
    { OPT_TOTAL_SYMBOLS, "total-symbols", NULL, "take the number of characters off N" },
    { OPT_DICT_INPUT, "dict-input", NULL, "lines are \"word count\"" },
    { OPT_APPLY_CODES, "apply-codes", "CODES", "segment text as subword-nmt does" },
    { 'm', "merges", "N", "use only the first N codes" },
    { OPT_VOCABULARY, "vocabulary", "COUNTS", "undo merges until pieces are in COUNTS" },
    { OPT_THRESHOLD, "vocabulary-threshold", "N", "and were seen N times there" },
    { OPT_GLOSSARY, "glossary", "RE", "never cut what matches; may be repeated" },
    { OPT_COUNTS, "counts", NULL, "count words, the most frequent first" },
    { 'c', "check", NULL, "look over a bitext, SRC and TGT" },
    { OPT_CLEAN, "clean", NULL, "with -c: write clean pairs to two more files" },
    { 'f', "format", "FORM", "with -c: text (default) or json" },
    { OPT_DROPOUT, "dropout", "P",
      "with -e, --apply-codes: leave out merges with this probability" },
    { OPT_SEED, "seed", "N", "seed of --dropout (default 1)" },
    { OPT_INVALID, "invalid", "POLICY", "lines that are no text: fail, replace or skip (default)" },
    { 'j', "threads", "N", "threads (default: the processors there are)" },
    { 'o', "output", "FILE", "write there instead of stdout" },
    { 'q', "quiet", NULL, "no remarks on stderr" },
    CLI_COMMON,
    CLI_END
};

static const char *const types[] = { "word", "char", "bpe", NULL };
static const char *const forms[] = { "none", "nfc", "nfkc", NULL };
static const char *const policies[] = { "fail", "replace", "skip", NULL };

struct job {
    struct cli *cli;
    struct nmt_output *out;
    struct nmt_vocab *vocab;
    struct nmt_codes *codes;
    struct nmt_converter *converter;
    struct nmt_threads *threads;
    enum nmt_invalid invalid;
};

/* When the command line has been read to its end: misuse must not leave a temporary file. */
static int open_output(struct job *j, struct nmt_err *err)
{
    return nmt_output_open(&j->out, cli_value(j->cli, 'o', NULL), err);
}

static int start_threads(struct job *j, struct nmt_err *err)
{
    return nmt_threads_new(&j->threads, (size_t)cli_int(j->cli, 'j', 0, 0, 1024), err);
}

/* All operands to one place. */
static int feed_all(struct job *j, struct nmt_threads *threads,
                    int (*add)(void *, size_t, const char *, size_t, struct nmt_err *), void *to,
                    struct nmt_err *err)
{
    struct nmt_feed feed = { .add = add, .to = to, .threads = threads, .invalid = j->invalid };
    const char *path;
    while ((path = cli_next_operand(j->cli)))
        NMT_TRY(nmt_feed_file(&feed, path, err));
    if (feed.skipped > 0) {
        cli_warn(j->cli, "%s", feed.first.msg);
        cli_warn_failed(j->cli, "%llu line%s left out (see --invalid)",
                        (unsigned long long)feed.skipped, feed.skipped == 1 ? "" : "s");
    }
    return 0;
}

/* --- learning --------------------------------------------------------------------------- */

static struct nmt_vocab_learn_options learn_options(const struct cli *cli)
{
    size_t type = cli_choice(cli, 't', types, NMT_VOCAB_BPE);
    struct nmt_vocab_learn_options o = nmt_vocab_learn_defaults((enum nmt_vocab_type)type);
    o.spec.normalize = (enum nmt_normalize)cli_choice(cli, OPT_NORMALIZE, forms, o.spec.normalize);
    o.spec.lowercase = cli_flag(cli, OPT_LOWERCASE);
    o.spec.byte_fallback = cli_flag(cli, OPT_BYTES);
    o.size = (size_t)cli_int(cli, 's', (int64_t)o.size, 0, NMT_VOCAB_MAX);
    o.min_count = (uint64_t)cli_int(cli, OPT_MIN_COUNT, 1, 1, INT64_MAX);
    o.coverage = cli_real(cli, OPT_COVERAGE, o.coverage, 0, 1);
    o.max_types = (size_t)cli_int(cli, OPT_MAX_TYPES, (int64_t)o.max_types, 1, INT32_MAX);
    return o;
}

static int add_to_learner(void *to, size_t worker, const char *line, size_t len,
                          struct nmt_err *err)
{
    return nmt_vocab_learner_add_text(to, worker, line, len, err);
}

static int learn_all(struct job *j, struct nmt_vocab_learner *l, struct nmt_err *err)
{
    size_t longest;
    NMT_TRY(feed_all(j, j->threads, add_to_learner, l, err));
    int rc = nmt_vocab_learner_finish(l, &j->vocab, err);
    uint64_t given_up = nmt_vocab_learner_given_up(l, &longest);
    if (longest != SIZE_MAX && !cli_flag(j->cli, 'q'))
        cli_warn(
            j->cli,
            "too many distinct words: %llu of the text were left out, all longer than %zu bytes "
            "(--max-types)",
            (unsigned long long)given_up, longest);
    return rc < 0 ? rc : nmt_vocab_save(j->vocab, j->out, err);
}

static int learn(struct job *j, struct nmt_err *err)
{
    struct nmt_vocab_learn_options o = learn_options(j->cli);
    struct nmt_vocab_learner *l = NULL;
    NMT_TRY(start_threads(j, err));
    o.threads = j->threads;
    int rc = nmt_vocab_learner_new(&l, &o, err);
    if (rc == NMT_ELIMIT)
        cli_misuse(j->cli, "%s", err->msg);
    if (rc == 0)
        rc = open_output(j, err);
    if (rc == 0)
        rc = learn_all(j, l, err);
    nmt_vocab_learner_free(l);
    return rc;
}

static int add_to_codes(void *to, size_t worker, const char *line, size_t len, struct nmt_err *err)
{
    return nmt_codes_learner_add_text(to, worker, line, len, err);
}

static int learn_codes(struct job *j, struct nmt_err *err)
{
    const struct cli *cli = j->cli;
    struct nmt_codes_options o = {
        .merges = (size_t)cli_int(cli, OPT_LEARN_CODES, 0, 0, NMT_CODES_MAX),
        .min_frequency = (uint64_t)cli_int(cli, OPT_MIN_FREQUENCY, 2, 1, INT64_MAX),
        .total_symbols = cli_flag(cli, OPT_TOTAL_SYMBOLS),
        .dict_input = cli_flag(cli, OPT_DICT_INPUT),
    };
    struct nmt_codes_learner *l = NULL;
    if (!o.dict_input)
        NMT_TRY(start_threads(j, err));
    o.threads = j->threads;
    NMT_TRY(open_output(j, err));
    NMT_TRY(nmt_codes_learner_new(&l, &o, err));
    int rc = feed_all(j, j->threads, add_to_codes, l, err);
    if (rc == 0)
        rc = nmt_codes_learner_finish(l, j->out, err);
    nmt_codes_learner_free(l);
    return rc;
}

static int add_to_tally(void *to, size_t worker, const char *line, size_t len, struct nmt_err *err)
{
    (void)worker;
    return nmt_tally_add(to, line, len, err);
}

static int count_words(struct job *j, struct nmt_err *err)
{
    struct nmt_tally *t = NULL;
    NMT_TRY(open_output(j, err));
    NMT_TRY(nmt_tally_new(&t, err));
    int rc = feed_all(j, NULL, add_to_tally, t, err); /* the order matters */
    if (rc == 0)
        rc = nmt_tally_write(t, j->out, err);
    nmt_tally_free(t);
    return rc;
}

/* --- text to ids and back --------------------------------------------------------------- */

/* All operands through a filter. */
static int convert_all(struct job *j, bool decode, struct nmt_err *err)
{
    struct nmt_convert_options o = {
        .vocab = j->vocab,
        .codes = j->codes,
        .decode = decode,
        .pieces = cli_flag(j->cli, 'P'),
        .dropout = cli_real(j->cli, OPT_DROPOUT, 0, 0, 1),
        .seed = (uint64_t)cli_int(j->cli, OPT_SEED, 1, 0, INT64_MAX),
    };
    const char *path;
    NMT_TRY(start_threads(j, err));
    NMT_TRY(nmt_converter_new(&j->converter, &o, nmt_threads_count(j->threads), err));
    NMT_TRY(open_output(j, err));
    struct nmt_filter f = {
        .fn = nmt_convert_line, .arg = j->converter, .threads = j->threads, .invalid = j->invalid
    };
    while ((path = cli_next_operand(j->cli))) {
        struct nmt_lines *in = NULL;
        NMT_TRY(nmt_lines_open(&in, path, 0, err));
        int rc = nmt_filter_run(&f, in, j->out, err);
        nmt_lines_close(in);
        if (rc < 0)
            return rc;
    }
    if (f.skipped > 0) {
        cli_warn(j->cli, "%s", f.first.msg);
        cli_warn_failed(j->cli, "%llu of %llu lines became empty lines",
                        (unsigned long long)f.skipped, (unsigned long long)f.lines);
    }
    return 0;
}

/* With -t the file may be one of sentencepiece, which does not say what it is. */
static int load(struct job *j, int key, struct nmt_err *err)
{
    const char *path = cli_value(j->cli, key, NULL);
    if (!cli_flag(j->cli, 't'))
        return nmt_vocab_load(&j->vocab, path, err);
    struct nmt_vocab_spec spec = learn_options(j->cli).spec;
    NMT_TRY(nmt_vocab_load_as(&j->vocab, path, &spec, err));
    const struct nmt_vocab_spec *is = nmt_vocab_spec(j->vocab);
    if (is->type != spec.type)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the vocabulary is of type %s, not %s", path,
                        types[is->type], types[spec.type]);
    if (cli_flag(j->cli, OPT_NORMALIZE) && is->normalize != spec.normalize)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the vocabulary's normalisation is %s, not %s",
                        path, forms[is->normalize], forms[spec.normalize]);
    if (spec.lowercase && !is->lowercase)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the vocabulary is not of lower-case text", path);
    return 0;
}

static int import(struct job *j, struct nmt_err *err)
{
    cli_need(j->cli, 't');
    if (j->cli->n_operands > 0)
        cli_misuse(j->cli, "--import reads one file, not '%s' too", j->cli->operands[0]);
    NMT_TRY(load(j, OPT_IMPORT, err));
    NMT_TRY(open_output(j, err));
    return nmt_vocab_save(j->vocab, j->out, err);
}

static int encode(struct job *j, struct nmt_err *err)
{
    NMT_TRY(load(j, 'e', err));
    return convert_all(j, false, err);
}

static int decode(struct job *j, struct nmt_err *err)
{
    NMT_TRY(load(j, 'd', err));
    return convert_all(j, true, err);
}

static int apply_codes(struct job *j, struct nmt_err *err)
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
    return convert_all(j, false, err);
}

/* --- checking a bitext ------------------------------------------------------------------ */

static int check(struct job *j, struct nmt_err *err)
{
    static const char *const formats[] = { "text", "json", NULL };
    bool json = cli_choice(j->cli, 'f', formats, 0) == 1, clean = cli_flag(j->cli, OPT_CLEAN);
    char **files = j->cli->operands;
    struct nmt_check c;
    struct nmt_buffer report = NMT_BUFFER_INIT;
    if (j->cli->n_operands != (clean ? 4 : 2))
        cli_misuse(j->cli, "-c needs SRC TGT, with --clean OUT.src OUT.tgt behind them");
    if (clean && files_are_one(files[2], files[3]))
        cli_misuse(j->cli, "'%s' cannot be both sides of a bitext", files[2]);
    const char *report_to = cli_value(j->cli, 'o', "-");
    for (size_t i = 2; clean && i < 4; i++)
        if (files_are_one(files[i], report_to))
            cli_misuse(j->cli, "'%s' cannot take a side of the bitext and the report", files[i]);
    const char *const cleaned[2] = { files[2], clean ? files[3] : NULL };
    NMT_TRY(open_output(j, err));
    int rc = nmt_check_bitext(&c, files[0], files[1], clean ? cleaned : NULL, err);
    if (rc == 0)
        rc = json ? nmt_check_json(&c, &report, err) : nmt_check_report(&c, &report, err);
    if (rc == 0)
        rc = nmt_output_write(j->out, report.data, report.len, err);
    if (rc == 0 && !nmt_check_usable(&c))
        j->cli->status = 1;
    nmt_buffer_release(&report);
    return rc;
}

/* --- what goes with what ------------------------------------------------------------------ */

enum {
    LEARN = 1,
    ENCODE = 2,
    DECODE = 4,
    IMPORT = 8,
    LEARN_CODES = 16,
    APPLY_CODES = 32,
    COUNTS = 64,
    CHECK = 128,
};

/* Every way to work has an option that asks for it; learning a vocabulary has none. */
static const struct mode {
    int key;
    unsigned bit;
    int (*run)(struct job *j, struct nmt_err *err);
} modes[] = {
    { 0, LEARN, learn },
    { 'e', ENCODE, encode },
    { 'd', DECODE, decode },
    { OPT_IMPORT, IMPORT, import },
    { OPT_LEARN_CODES, LEARN_CODES, learn_codes },
    { OPT_APPLY_CODES, APPLY_CODES, apply_codes },
    { OPT_COUNTS, COUNTS, count_words },
    { 'c', CHECK, check },
};

static const struct cli_use uses[] = {
    { 't', LEARN | ENCODE | DECODE | IMPORT, 0 },
    { 's', LEARN, 0 },
    { OPT_MIN_COUNT, LEARN, 0 },
    { OPT_COVERAGE, LEARN, 0 },
    { OPT_MAX_TYPES, LEARN, 0 },
    { OPT_NORMALIZE, LEARN | ENCODE | DECODE | IMPORT, 't' },
    { OPT_LOWERCASE, LEARN | ENCODE | DECODE | IMPORT, 't' },
    { OPT_BYTES, LEARN, 0 },
    { 'P', ENCODE | DECODE, 0 },
    { OPT_MIN_FREQUENCY, LEARN_CODES, 0 },
    { OPT_TOTAL_SYMBOLS, LEARN_CODES, 0 },
    { OPT_DICT_INPUT, LEARN_CODES, 0 },
    { 'm', APPLY_CODES, 0 },
    { OPT_VOCABULARY, APPLY_CODES, 0 },
    { OPT_THRESHOLD, APPLY_CODES, OPT_VOCABULARY },
    { OPT_GLOSSARY, APPLY_CODES, 0 },
    { OPT_DROPOUT, ENCODE | APPLY_CODES, 0 },
    { OPT_SEED, ENCODE | APPLY_CODES, OPT_DROPOUT },
    { OPT_INVALID, ~(unsigned)(IMPORT | CHECK), 0 },
    { OPT_CLEAN, CHECK, 0 },
    { 'f', CHECK, 0 },
    { 0, 0, 0 },
};

static const struct mode *choose_mode(const struct cli *cli)
{
    const struct mode *chosen = &modes[0];
    for (size_t i = 1; i < sizeof modes / sizeof *modes; i++) {
        if (!cli_flag(cli, modes[i].key))
            continue;
        if (chosen->key)
            cli_misuse(cli, "more than one of -e, -d, --import, --learn-codes, --apply-codes, "
                            "--counts, -c");
        chosen = &modes[i];
    }
    return chosen;
}

/* Standard input is there once: text, a vocabulary, codes or a list out of it. */
static void check_stdin(const struct cli *cli, int asked)
{
    static const int readers[] = { 'e', 'd', OPT_APPLY_CODES, OPT_VOCABULARY };
    size_t n = cli->n_operands == 0 && asked != OPT_IMPORT;
    for (size_t i = 0; i < cli->n_operands && !(asked == 'c' && i > 1); i++) /* then outputs */
        n += strcmp(cli->operands[i], "-") == 0;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        n += strcmp(cli_value(cli, readers[i], ""), "-") == 0;
    if (n > 1)
        cli_misuse(cli, "standard input cannot be read for two things");
}

int main(int argc, char **argv)
{
    struct cli cli = CLI_INIT("nmt-vocab",
                              "[-t word|char|bpe] [-s N] [OPTION]... [FILE...]\n"
                              "-e VOCAB [-P] [FILE...]\n"
                              "-d VOCAB [-P] [FILE...]\n"
                              "--learn-codes N [OPTION]... [FILE...]\n"
                              "--apply-codes CODES [OPTION]... [FILE...]\n"
                              "--counts [FILE...]\n"
                              "-c [-f text|json] SRC TGT [--clean OUT.src OUT.tgt]",
                              "Learns a vocabulary; turns text into ids and ids into text.", opts);
    struct nmt_err err = NMT_ERR_INIT;
    struct job j = { .cli = &cli };
    cli_parse(&cli, argc, argv);
    const struct mode *mode = choose_mode(&cli);
    cli_check_uses(&cli, uses, mode->bit, mode->key, "learning a vocabulary");
    check_stdin(&cli, mode->key);
    j.invalid = (enum nmt_invalid)cli_choice(&cli, OPT_INVALID, policies, NMT_INVALID_SKIP);
    int rc = mode->run(&j, &err);
    if (rc == 0)
        rc = nmt_output_close(&j.out, &err);
    nmt_output_abandon(j.out);
    nmt_converter_free(j.converter);
    nmt_threads_free(j.threads);
    nmt_vocab_free(j.vocab);
    nmt_codes_free(j.codes);
    return cli_finish(&cli, &err);
}
