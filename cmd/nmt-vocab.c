/* nmt-vocab: learns vocabularies, turns text into ids and ids into text. */
#include "cli.h"

#include <nmt/filter.h>
#include <nmt/id_text.h>
#include <nmt/vocab.h>

#include <stdlib.h>
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
    OPT_IMPORT
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
    { OPT_DROPOUT, "dropout", "P", "with -e: leave out merges with this probability" },
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
    struct nmt_threads *threads;
    struct worker {
        struct nmt_segmenter *segmenter;
        struct nmt_ids ids;
    } * workers;
    enum nmt_invalid invalid;
    bool pieces;
    double dropout;
    uint64_t seed;
};

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

static int learn_line(struct job *j, struct nmt_vocab_learner *l, struct nmt_lines *in,
                      const char *line, size_t len, uint64_t *skipped, struct nmt_err *err)
{
    struct nmt_err fault = NMT_ERR_INIT;
    unsigned long long number = nmt_lines_number(in);
    if (nmt_text_check(line, len, &fault) == 0)
        return nmt_vocab_learner_add(l, line, len, err);
    if (j->invalid == NMT_INVALID_FAIL)
        return nmt_fail(err, fault.code, number, "%s:%llu: %s", nmt_lines_name(in), number,
                        fault.msg);
    if (j->invalid == NMT_INVALID_SKIP) {
        if ((*skipped)++ == 0)
            cli_warn(j->cli, "%s:%llu: %s", nmt_lines_name(in), number, fault.msg);
        return 0;
    }
    struct nmt_buffer repaired = NMT_BUFFER_INIT;
    int rc = nmt_text_repair(&repaired, line, len, err);
    if (rc == 0)
        rc = nmt_vocab_learner_add(l, repaired.data, repaired.len, err);
    nmt_buffer_release(&repaired);
    return rc;
}

static int learn_file(struct job *j, struct nmt_vocab_learner *l, const char *path,
                      uint64_t *skipped, struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    char *line;
    size_t len;
    NMT_TRY(nmt_lines_open(&in, path, 0, err));
    int rc;
    while ((rc = nmt_lines_next(in, &line, &len, err)) > 0 && rc > 0)
        if ((rc = learn_line(j, l, in, line, len, skipped, err)) < 0)
            break;
    nmt_lines_close(in);
    return rc;
}

static int learn_all(struct job *j, struct nmt_vocab_learner *l, struct nmt_err *err)
{
    const char *path;
    uint64_t skipped = 0;
    size_t longest;
    while ((path = cli_next_operand(j->cli)))
        NMT_TRY(learn_file(j, l, path, &skipped, err));
    if (skipped > 0)
        cli_warn_failed(j->cli, "%llu lines skipped", (unsigned long long)skipped);
    uint64_t given_up = nmt_vocab_learner_given_up(l, &longest);
    if (longest != SIZE_MAX && !cli_flag(j->cli, 'q'))
        cli_warn(j->cli,
                 "too many distinct words: those of %zu bytes and more are left out, %llu times "
                 "(--max-types)",
                 longest, (unsigned long long)given_up);
    NMT_TRY(nmt_vocab_learner_finish(l, &j->vocab, err));
    return nmt_vocab_save(j->vocab, j->out, err);
}

static int learn(struct job *j, struct nmt_err *err)
{
    struct nmt_vocab_learn_options o = learn_options(j->cli);
    struct nmt_vocab_learner *l = NULL;
    int rc = nmt_vocab_learner_new(&l, &o, err);
    if (rc == NMT_ELIMIT) { /* the options ask for what cannot be */
        nmt_output_abandon(j->out);
        cli_misuse(j->cli, "%s", err->msg);
    }
    if (rc == 0)
        rc = learn_all(j, l, err);
    nmt_vocab_learner_free(l);
    return rc;
}

/* --- text to ids and back --------------------------------------------------------------- */

static int encode_line(void *arg, size_t worker, const char *line, size_t len, uint64_t number,
                       struct nmt_buffer *out, struct nmt_err *err)
{
    struct job *j = arg;
    struct nmt_segmenter *s = j->workers[worker].segmenter;
    const struct nmt_segmented *cut;
    if (j->dropout > 0)
        nmt_segmenter_dropout(s, j->dropout, j->seed, number);
    NMT_TRY(nmt_segmenter_encode(s, line, len, &cut, err));
    return j->pieces ? nmt_ids_format_pieces(out, cut->ids, cut->n, j->vocab, err)
                     : nmt_ids_format(out, cut->ids, cut->n, err);
}

static int decode_line(void *arg, size_t worker, const char *line, size_t len, uint64_t number,
                       struct nmt_buffer *out, struct nmt_err *err)
{
    struct job *j = arg;
    struct nmt_ids *ids = &j->workers[worker].ids;
    (void)number;
    if (j->pieces)
        NMT_TRY(nmt_ids_parse_pieces(ids, line, len, j->vocab, err));
    else
        NMT_TRY(nmt_ids_parse(ids, line, len, nmt_vocab_size(j->vocab), err));
    return nmt_vocab_decode(j->vocab, ids->data, ids->n, out, err);
}

static int make_workers(struct job *j, bool encoding, struct nmt_err *err)
{
    size_t n = (size_t)cli_int(j->cli, 'j', 0, 0, 1024);
    NMT_TRY(nmt_threads_new(&j->threads, n, err));
    n = nmt_threads_count(j->threads);
    j->workers = calloc(n, sizeof *j->workers);
    if (!j->workers)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    for (size_t i = 0; i < n && encoding; i++)
        NMT_TRY(nmt_segmenter_new(&j->workers[i].segmenter, j->vocab, err));
    return 0;
}

static void free_workers(struct job *j)
{
    for (size_t i = 0; j->workers && i < nmt_threads_count(j->threads); i++) {
        nmt_segmenter_free(j->workers[i].segmenter);
        nmt_ids_release(&j->workers[i].ids);
    }
    free(j->workers);
    nmt_threads_free(j->threads);
}

static int filter_all(struct job *j, struct nmt_filter *f, struct nmt_err *err)
{
    const char *path;
    while ((path = cli_next_operand(j->cli))) {
        struct nmt_lines *in = NULL;
        NMT_TRY(nmt_lines_open(&in, path, 0, err));
        int rc = nmt_filter_run(f, in, j->out, err);
        nmt_lines_close(in);
        if (rc < 0)
            return rc;
    }
    if (f->skipped > 0) {
        cli_warn(j->cli, "%s", f->first.msg);
        cli_warn_failed(j->cli, "%llu of %llu lines became empty lines",
                        (unsigned long long)f->skipped, (unsigned long long)f->lines);
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
    if (nmt_vocab_spec(j->vocab)->type != spec.type)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the vocabulary is not of type %s", path,
                        cli_value(j->cli, 't', NULL));
    return 0;
}

static int import(struct job *j, struct nmt_err *err)
{
    cli_need(j->cli, 't');
    NMT_TRY(load(j, OPT_IMPORT, err));
    return nmt_vocab_save(j->vocab, j->out, err);
}

static int convert(struct job *j, struct nmt_err *err)
{
    bool encoding = cli_flag(j->cli, 'e');
    j->pieces = cli_flag(j->cli, 'P');
    j->dropout = cli_real(j->cli, OPT_DROPOUT, 0, 0, 1);
    j->seed = (uint64_t)cli_int(j->cli, OPT_SEED, 1, 0, INT64_MAX);
    NMT_TRY(load(j, encoding ? 'e' : 'd', err));
    NMT_TRY(make_workers(j, encoding, err));
    struct nmt_filter f = { .fn = encoding ? encode_line : decode_line,
                            .arg = j,
                            .threads = j->threads,
                            .invalid = j->invalid };
    return filter_all(j, &f, err);
}

int main(int argc, char **argv)
{
    struct cli cli = CLI_INIT("nmt-vocab",
                              "[-t word|char|bpe] [-s N] [OPTION]... [FILE...]\n"
                              "-e VOCAB [-P] [FILE...]\n"
                              "-d VOCAB [-P] [FILE...]",
                              "Learns a vocabulary; turns text into ids and ids into text.", opts);
    struct nmt_err err = NMT_ERR_INIT;
    struct job j = { .cli = &cli };
    cli_parse(&cli, argc, argv);
    j.invalid = (enum nmt_invalid)cli_choice(&cli, OPT_INVALID, policies, NMT_INVALID_SKIP);
    bool converting = cli_flag(&cli, 'e') || cli_flag(&cli, 'd');
    if (cli_flag(&cli, 'e') + cli_flag(&cli, 'd') + cli_flag(&cli, OPT_IMPORT) > 1)
        cli_misuse(&cli, "-e, -d and --import exclude each other");
    int rc = nmt_output_open(&j.out, cli_value(&cli, 'o', NULL), &err);
    if (rc == 0)
        rc = converting                   ? convert(&j, &err)
             : cli_flag(&cli, OPT_IMPORT) ? import(&j, &err)
                                          : learn(&j, &err);
    if (rc == 0)
        rc = nmt_output_close(&j.out, &err);
    nmt_output_abandon(j.out);
    free_workers(&j);
    nmt_vocab_free(j.vocab);
    return cli_finish(&cli, &err);
}
