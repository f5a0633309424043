/* nmt-vocab: learns vocabularies, turns text into ids and ids into text. */
#include "files.h"
#include "vocab_job.h"
#include "vocab_options.h"

static struct nmt_vocab_learn_options learn_options(const struct cli *cli)
{
    size_t type = cli_choice(cli, 't', vocab_types, NMT_VOCAB_BPE);
    struct nmt_vocab_learn_options o = nmt_vocab_learn_defaults((enum nmt_vocab_type)type);
    o.spec.normalize =
        (enum nmt_normalize)cli_choice(cli, OPT_NORMALIZE, vocab_forms, o.spec.normalize);
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

static int learn_all(struct vocab_job *j, struct nmt_vocab_learner *l, struct nmt_err *err)
{
    size_t longest;
    NMT_TRY(vocab_feed_all(j, j->threads, add_to_learner, l, err));
    int rc = nmt_vocab_learner_finish(l, &j->vocab, err);
    uint64_t given_up = nmt_vocab_learner_given_up(l, &longest);
    if (longest != SIZE_MAX && !cli_flag(j->cli, 'q'))
        cli_warn(j->cli,
                 "more distinct words than --max-types: %llu running words were left out, the "
                 "longest first, none of up to %zu bytes (is there text without spaces?)",
                 (unsigned long long)given_up, longest);
    return rc < 0 ? rc : nmt_vocab_save(j->vocab, j->out, err);
}

static int learn(struct vocab_job *j, struct nmt_err *err)
{
    struct nmt_vocab_learn_options o = learn_options(j->cli);
    struct nmt_vocab_learner *l = NULL;
    if (o.spec.type == NMT_VOCAB_WORD && cli_flag(j->cli, OPT_COVERAGE))
        cli_misuse(j->cli, "--coverage does not go with --type word");
    NMT_TRY(vocab_start_threads(j, err));
    o.threads = j->threads;
    int rc = nmt_vocab_learner_new(&l, &o, err);
    if (rc == NMT_ELIMIT)
        cli_misuse(j->cli, "%s", err->msg);
    if (rc == 0)
        rc = vocab_open_output(j, err);
    if (rc == 0)
        rc = learn_all(j, l, err);
    nmt_vocab_learner_free(l);
    return rc;
}

/* With -t the file may be one of sentencepiece, which does not say what it is. */
static int load(struct vocab_job *j, int key, struct nmt_err *err)
{
    const char *path = cli_value(j->cli, key, NULL);
    if (!cli_flag(j->cli, 't'))
        return nmt_vocab_load(&j->vocab, path, err);
    struct nmt_vocab_spec spec = learn_options(j->cli).spec;
    NMT_TRY(nmt_vocab_load_as(&j->vocab, path, &spec, err));
    const struct nmt_vocab_spec *is = nmt_vocab_spec(j->vocab);
    if (is->type != spec.type)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the vocabulary is of type %s, not %s", path,
                        vocab_types[is->type], vocab_types[spec.type]);
    if (cli_flag(j->cli, OPT_NORMALIZE) && is->normalize != spec.normalize)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the vocabulary's normalisation is %s, not %s",
                        path, vocab_forms[is->normalize], vocab_forms[spec.normalize]);
    if (spec.lowercase && !is->lowercase)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: the vocabulary is not of lower-case text", path);
    return 0;
}

static int import(struct vocab_job *j, struct nmt_err *err)
{
    cli_need(j->cli, 't');
    if (j->cli->n_operands > 0)
        cli_misuse(j->cli, "--import reads one file, not '%s' too", j->cli->operands[0]);
    NMT_TRY(load(j, OPT_IMPORT, err));
    const nmt_id symbol = nmt_vocab_doubtful(j->vocab);
    if (symbol != NMT_ID_UNK && !cli_flag(j->cli, 'q'))
        cli_warn(j->cli,
                 "%s:%u: '%s' is taken for a control symbol: spm_encode cuts text into it if the "
                 "user defined it, which the file does not tell",
                 cli_value(j->cli, OPT_IMPORT, ""), (unsigned)symbol + 1,
                 nmt_vocab_piece(j->vocab, symbol, NULL));
    NMT_TRY(vocab_open_output(j, err));
    return nmt_vocab_save(j->vocab, j->out, err);
}

static int encode(struct vocab_job *j, struct nmt_err *err)
{
    NMT_TRY(load(j, 'e', err));
    const enum nmt_vocab_type type = nmt_vocab_spec(j->vocab)->type;
    if (type != NMT_VOCAB_BPE && cli_flag(j->cli, OPT_DROPOUT))
        cli_misuse(j->cli, "--dropout leaves out merges, and a vocabulary of type %s has none",
                   vocab_types[type]);
    return vocab_convert_all(j, false, err);
}

static int decode(struct vocab_job *j, struct nmt_err *err)
{
    NMT_TRY(load(j, 'd', err));
    return vocab_convert_all(j, true, err);
}

static int run(struct vocab_job *j, enum vocab_mode mode, struct nmt_err *err)
{
    switch (mode) {
    case VOCAB_ENCODE:
        return encode(j, err);
    case VOCAB_DECODE:
        return decode(j, err);
    case VOCAB_IMPORT:
        return import(j, err);
    case VOCAB_LEARN_CODES:
        return vocab_learn_codes(j, err);
    case VOCAB_APPLY_CODES:
        return vocab_apply_codes(j, err);
    case VOCAB_COUNTS:
        return vocab_count_words(j, err);
    case VOCAB_CHECK:
        return vocab_check_bitext(j, err);
    case VOCAB_LEARN:
        break;
    }
    return learn(j, err);
}

int main(int argc, char **argv)
{
    struct cli cli =
        CLI_INIT("nmt-vocab",
                 "[-t word|char|bpe] [-s N] [OPTION]... [FILE...]\n"
                 "-e VOCAB [-P] [FILE...]\n"
                 "-d VOCAB [-P] [FILE...]\n"
                 "--import VOCAB -t TYPE [OPTION]...\n"
                 "--learn-codes N [OPTION]... [FILE...]\n"
                 "--apply-codes CODES [OPTION]... [FILE...]\n"
                 "--counts [FILE...]\n"
                 "-c [OPTION]... SRC TGT [--clean OUT.src OUT.tgt]",
                 "Learns a vocabulary; turns text into ids and ids into text.", vocab_options);
    struct nmt_err err = NMT_ERR_INIT;
    struct vocab_job j = { .cli = &cli };
    cli_parse(&cli, argc, argv);
    const enum vocab_mode mode = vocab_choose_mode(&cli);
    if (mode != VOCAB_CHECK) /* some of its operands are outputs */
        files_check(&cli, (const int[]){ 'o', 0 });
    j.invalid = (enum nmt_invalid)cli_choice(&cli, OPT_INVALID, vocab_policies, NMT_INVALID_SKIP);
    int rc = run(&j, mode, &err);
    if (rc == 0)
        rc = nmt_output_close(&j.out, &err);
    nmt_output_abandon(j.out);
    nmt_converter_free(j.converter);
    nmt_threads_free(j.threads);
    nmt_vocab_free(j.vocab);
    nmt_codes_free(j.codes);
    return cli_finish(&cli, &err);
}
