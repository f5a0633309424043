/* Files read side by side. */
#include <nmt/buffer.h>
#include <nmt/sides.h>

#include <inttypes.h>

int nmt_sides_open(struct nmt_sides *s, const char *const *paths, size_t n, size_t longest,
                   struct nmt_err *err)
{
    for (; s->n < n; s->n++)
        NMT_TRY(nmt_lines_open(&s->at[s->n].file, paths[s->n], longest, err));
    return 0;
}

void nmt_sides_close(struct nmt_sides *s)
{
    for (size_t i = 0; i < s->n; i++)
        nmt_lines_close(s->at[i].file);
    s->n = 0;
}

static int add_counts(struct nmt_sides *s, struct nmt_buffer *text, struct nmt_err *err)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct nmt_lines *file = s->at[i].file;
        uint64_t n = nmt_lines_number(file);
        NMT_TRY(nmt_buffer_addf(text, err, "%s%s has %" PRIu64 " line%s", i ? ", " : "",
                                nmt_lines_name(file), n, n == 1 ? "" : "s"));
    }
    return nmt_buffer_addc(text, '\0', err);
}

static int different_counts(struct nmt_sides *s, struct nmt_err *err)
{
    struct nmt_buffer text = NMT_BUFFER_INIT;
    for (size_t i = 0; i < s->n; i++) {
        int rc;
        do
            rc = nmt_lines_next(s->at[i].file, &s->at[i].line, &s->at[i].len, err);
        while (rc > 0);
        NMT_TRY(rc);
    }
    int rc = add_counts(s, &text, err);
    if (rc == 0)
        rc = nmt_fail(err, NMT_ESHAPE, 0, "%s", text.data);
    nmt_buffer_release(&text);
    return rc;
}

int nmt_sides_next(struct nmt_sides *s, struct nmt_err *err)
{
    size_t got = 0;
    for (size_t i = 0; i < s->n; i++) {
        int rc = nmt_lines_next(s->at[i].file, &s->at[i].line, &s->at[i].len, err);
        NMT_TRY(rc);
        got += rc > 0;
    }
    if (got == s->n)
        return s->n > 0;
    return got == 0 ? 0 : different_counts(s, err);
}
