/* nmt-vocab -c: looking a bitext over. */
#include "files.h"
#include "vocab_job.h"
#include "vocab_options.h"

#include <nmt/check.h>

#include <string.h>

static struct nmt_check_options check_options(const struct cli *cli)
{
    struct nmt_check_options o = nmt_check_defaults();
    o.max_words = (uint64_t)cli_int(cli, OPT_MAX_WORDS, (int64_t)o.max_words, 1, INT64_MAX);
    o.max_characters =
        (uint64_t)cli_int(cli, OPT_MAX_CHARS, (int64_t)o.max_characters, 1, INT64_MAX);
    o.max_ratio = cli_real(cli, OPT_MAX_RATIO, o.max_ratio, 1, 1e9);
    o.drop_identical = cli_flag(cli, OPT_DROP_IDENTICAL);
    o.drop_duplicates = cli_flag(cli, OPT_DROP_DUPLICATES);
    return o;
}

int vocab_check_bitext(struct vocab_job *j, struct nmt_err *err)
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
    for (size_t i = 0; i < j->cli->n_operands; i++)
        if ((i >= 2 || strcmp(files[i], "-") != 0) && files_are_one(files[i], report_to))
            cli_misuse(j->cli, "'%s' cannot be a side of the bitext and the report", files[i]);
    const char *const cleaned[2] = { files[2], clean ? files[3] : NULL };
    const struct nmt_check_options options = check_options(j->cli);
    NMT_TRY(vocab_open_output(j, err));
    int rc = nmt_check_bitext(&c, files[0], files[1], clean ? cleaned : NULL, &options, err);
    if (rc == 0)
        rc = json ? nmt_check_json(&c, &report, err) : nmt_check_report(&c, &report, err);
    if (rc == 0)
        rc = nmt_output_write(j->out, report.data, report.len, err);
    if (rc == 0 && !nmt_check_usable(&c))
        j->cli->status = 1;
    nmt_buffer_release(&report);
    return rc;
}
