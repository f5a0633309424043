/* Files beside the stream, and which options go with them. */
#include "given.h"

#include "print_options.h"
#include "search_options.h"

#include <string.h>

static const struct {
    int option;
    enum nmt_beside_kind kind;
} files[GIVEN_FILES] = { { OPT_FORCE, NMT_BESIDE_TARGET },
                         { OPT_PREFIX, NMT_BESIDE_PREFIX },
                         { OPT_TERMS, NMT_BESIDE_TERMS } };

/* Only one of the stream and the files beside it can be stdin. */
static void check_stdin(const struct cli *cli)
{
    size_t n = cli->n_operands == 0;
    for (size_t i = 0; i < cli->n_operands; i++)
        n += strcmp(cli->operands[i], "-") == 0;
    for (size_t i = 0; i < GIVEN_FILES; i++)
        n += strcmp(cli_value(cli, files[i].option, ""), "-") == 0;
    if (n > 1)
        cli_misuse(cli, "stdin can be read once only");
}

/* What searches, or says how, means nothing for a translation that is given. */
static void check_forced(const struct cli *cli)
{
    static const struct {
        int key;
        const char *name;
    } other[] = { { 'b', "-b" },
                  { 'n', "--n-best" },
                  { OPT_MIN_RATIO, "--min-ratio" },
                  { OPT_MAX_RATIO, "--max-ratio" },
                  { OPT_MAX_LENGTH, "--max-length" },
                  { OPT_FORBID_UNK, "--forbid-unk" },
                  { OPT_REPLACE_UNK, "--replace-unk" },
                  { OPT_DICTIONARY, "--replace-unk-dictionary" },
                  { OPT_SAMPLE, "--sample" },
                  { OPT_PREFIX, "--prefix" },
                  { OPT_TERMS, "--terms" } };
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (cli_flag(cli, other[i].key))
            cli_misuse(cli, "--force and %s exclude each other", other[i].name);
}

void given_read(struct given *g, const struct cli *cli, const struct nmt_search_options *search,
                const struct nmt_print_options *print)
{
    g->forced = cli_flag(cli, OPT_FORCE);
    g->summary = cli_flag(cli, OPT_SUMMARY);
    if (g->forced)
        check_forced(cli);
    if (g->summary && !g->forced)
        cli_misuse(cli, "--summary needs --force");
    if (g->summary && (print->score || print->word_scores || print->links))
        cli_misuse(cli, "--summary writes one line for all records, and nothing of each");
    if (cli_flag(cli, OPT_TERMS) && search->sample)
        cli_misuse(cli, "--terms and --sample exclude each other");
    check_stdin(cli);
}

int given_open(struct given *g, const struct cli *cli, const struct nmt_vocab *target, bool ids,
               struct nmt_err *err)
{
    for (size_t i = 0; i < GIVEN_FILES; i++)
        if (cli_flag(cli, files[i].option))
            NMT_TRY(nmt_beside_open(&g->file[i], files[i].kind,
                                    cli_value(cli, files[i].option, NULL), target, ids, err));
    return 0;
}

int given_next(struct given *g, struct nmt_translated *r, uint64_t number, struct nmt_err *err)
{
    for (size_t i = 0; i < GIVEN_FILES; i++)
        if (g->file[i])
            NMT_TRY(nmt_beside_next(g->file[i], r, number, err));
    return 0;
}

int given_end(struct given *g, uint64_t records, struct nmt_err *err)
{
    for (size_t i = 0; i < GIVEN_FILES; i++)
        if (g->file[i])
            NMT_TRY(nmt_beside_end(g->file[i], records, err));
    return 0;
}

void given_close(struct given *g)
{
    for (size_t i = 0; i < GIVEN_FILES; i++)
        nmt_beside_close(g->file[i]);
}
