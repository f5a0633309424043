/* Lines of files, one after the other, into something that learns from them: filters that give
 * nothing. */
#include <nmt/feed.h>
#include <nmt/lines.h>

static int feed_line(void *arg, size_t worker, const char *line, size_t len, uint64_t number,
                     struct nmt_buffer *out, struct nmt_err *err)
{
    const struct nmt_feed *f = arg;
    (void)number;
    (void)out;
    return f->add(f->to, worker, line, len, err);
}

int nmt_feed_file(struct nmt_feed *f, const char *path, struct nmt_err *err)
{
    struct nmt_filter filter = {
        .fn = feed_line, .arg = f, .threads = f->threads, .invalid = f->invalid
    };
    struct nmt_lines *in = NULL;
    NMT_TRY(nmt_lines_open(&in, path, 0, err));
    int rc = nmt_filter_run(&filter, in, NULL, err);
    nmt_lines_close(in);
    f->skipped += filter.skipped;
    if (filter.first.code && !f->first.code)
        f->first = filter.first;
    return rc;
}
