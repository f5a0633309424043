/* Lines of all operands, into something that learns or through something that converts them. */
#include "vocab_job.h"

#include "vocab_options.h"

#include <nmt/feed.h>

int vocab_open_output(struct vocab_job *j, struct nmt_err *err)
{
    return nmt_output_open(&j->out, cli_value(j->cli, 'o', NULL), err);
}

int vocab_start_threads(struct vocab_job *j, struct nmt_err *err)
{
    return nmt_threads_new(&j->threads, (size_t)cli_int(j->cli, 'j', 0, 0, 1024), err);
}

int vocab_feed_all(struct vocab_job *j, struct nmt_threads *threads,
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

int vocab_convert_all(struct vocab_job *j, bool decode, struct nmt_err *err)
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
    NMT_TRY(vocab_start_threads(j, err));
    NMT_TRY(nmt_converter_new(&j->converter, &o, nmt_threads_count(j->threads), err));
    NMT_TRY(vocab_open_output(j, err));
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
