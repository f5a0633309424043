/* Lines of files, one after the other, into something that learns from them. */
#include <nmt/feed.h>
#include <nmt/lines.h>

static int feed_repaired(struct nmt_feed *f, const char *line, size_t len, struct nmt_err *err)
{
    struct nmt_buffer repaired = NMT_BUFFER_INIT;
    int rc = nmt_text_repair(&repaired, line, len, err);
    if (rc == 0)
        rc = f->add(f->to, repaired.data, repaired.len, err);
    nmt_buffer_release(&repaired);
    return rc;
}

/* 1: the line was left out, for the reason in err. */
static int feed_line(struct nmt_feed *f, const char *line, size_t len, struct nmt_err *err)
{
    int rc = nmt_text_check(line, len, err);
    if (rc == 0)
        return f->add(f->to, line, len, err);
    if (f->invalid == NMT_INVALID_FAIL)
        return rc;
    return f->invalid == NMT_INVALID_SKIP ? 1 : feed_repaired(f, line, len, err);
}

int nmt_feed_file(struct nmt_feed *f, const char *path, struct nmt_err *err)
{
    struct nmt_lines *in = NULL;
    char *line;
    size_t len;
    NMT_TRY(nmt_lines_open(&in, path, 0, err));
    int rc;
    while ((rc = nmt_lines_next(in, &line, &len, err)) > 0) {
        struct nmt_err why = NMT_ERR_INIT;
        unsigned long long number = nmt_lines_number(in);
        rc = feed_line(f, line, len, &why);
        if (rc < 0)
            nmt_fail(err, rc, number, "%s:%llu: %s", nmt_lines_name(in), number, why.msg);
        if (rc < 0)
            break;
        if (rc > 0 && f->skipped++ == 0)
            nmt_fail(&f->first, why.code, number, "%s:%llu: %s", nmt_lines_name(in), number,
                     why.msg);
    }
    nmt_lines_close(in);
    return rc;
}
