/*
 * Fuzz target for codes of subword-nmt and lists of pieces. The input is a file of codes, a list
 * and text, with a line "--" between them. The text is cut and put together again, and codes are
 * learnt from it, which must load.
 */
#include "through_pipe.h"

#include <nmt/codes.h>
#include <nmt/utf8.h>

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct slice {
    const uint8_t *data;
    size_t size;
};

/* What stands before the next line "--"; rest is what stands behind. */
static struct slice next_part(struct slice *rest)
{
    static const char mark[] = "--\n";
    struct slice part = *rest;
    for (size_t i = 0; i + 3 <= rest->size; i++)
        if ((i == 0 || rest->data[i - 1] == '\n') && memcmp(rest->data + i, mark, 3) == 0) {
            part.size = i;
            *rest = (struct slice){ part.data + i + 3, rest->size - i - 3 };
            return part;
        }
    *rest = (struct slice){ part.data + part.size, 0 };
    return part;
}

static struct nmt_codes *load(struct slice codes, struct slice list)
{
    struct nmt_codes *c = NULL;
    struct nmt_err err = NMT_ERR_INIT;
    struct through_pipe p;
    pipe_fill(&p, codes.data, codes.size);
    int rc = nmt_codes_load(&c, p.out, SIZE_MAX, &err);
    pipe_close(&p);
    if (rc < 0) {
        if (c || strncmp(err.msg, p.out, strlen(p.out)) != 0)
            abort();
        return NULL;
    }
    pipe_fill(&p, list.data, list.size);
    rc = nmt_codes_load_vocabulary(c, p.out, list.size % 7, &err);
    pipe_close(&p);
    if (rc < 0 && strncmp(err.msg, p.out, strlen(p.out)) != 0)
        abort();
    return c;
}

static size_t without_marks(char *text, size_t len, const char *mark)
{
    size_t n = 0, m = strlen(mark);
    for (size_t i = 0; i < len;) {
        if (len - i >= m && memcmp(text + i, mark, m) == 0)
            i += m;
        else
            text[n++] = text[i++];
    }
    return n;
}

/* Without marks and spaces the text is what it was. */
static void must_come_back(const struct nmt_codes *c, const char *line, size_t len)
{
    struct nmt_codes_applier *a = NULL;
    struct nmt_buffer out = NMT_BUFFER_INIT, in = NMT_BUFFER_INIT;
    if (nmt_codes_applier_new(&a, c, NULL) < 0 || nmt_buffer_add(&in, line, len, NULL) < 0)
        abort();
    for (int round = 0; round < 3; round++) {
        out.len = 0;
        if (nmt_codes_apply(a, line, len, &out, NULL) < 0)
            break;
        bool marked = false;
        for (size_t i = 0; i + 1 < len; i++)
            marked |= line[i] == '@';
        if (!marked && len > 0) {
            out.len = without_marks(out.data, out.len, "@@ ");
            out.len = without_marks(out.data, out.len, " ");
            in.len = without_marks(in.data, in.len, " ");
            if (out.len != in.len || memcmp(out.data, in.data, in.len) != 0)
                abort();
        }
        nmt_codes_applier_dropout(a, round ? 1 : 0.5, 1, 1);
    }
    nmt_buffer_release(&in);
    nmt_buffer_release(&out);
    nmt_codes_applier_free(a);
}

static void learn(struct slice text, bool dictionary)
{
    struct nmt_codes_options o = { .merges = 50,
                                   .min_frequency = 1 + text.size % 2,
                                   .total_symbols = text.size % 3 == 0,
                                   .dict_input = dictionary };
    struct nmt_codes_learner *l = NULL;
    struct nmt_output *out = NULL;
    struct nmt_codes *c = NULL;
    struct through_pipe p;
    if (nmt_codes_learner_new(&l, &o, NULL) < 0)
        abort();
    const char *line = (const char *)text.data, *end = line + text.size;
    int rc = 0;
    while (line < end && rc == 0) {
        const char *lf = memchr(line, '\n', (size_t)(end - line));
        size_t len = (size_t)((lf ? lf : end) - line);
        if (!memchr(line, '\0', len))
            rc = nmt_codes_learner_add(l, line, len, NULL);
        line += len + 1;
    }
    pipe_open(&p);
    if (rc == 0 && nmt_output_open(&out, p.in, NULL) < 0)
        abort();
    if (rc == 0)
        rc = nmt_codes_learner_finish(l, out, NULL);
    if (rc < 0)
        nmt_output_abandon(out);
    else if (nmt_output_close(&out, NULL) < 0)
        abort();
    pipe_ends(&p);
    if (rc == 0 && nmt_codes_load(&c, p.out, SIZE_MAX, NULL) < 0)
        abort();
    pipe_close(&p);
    nmt_codes_free(c);
    nmt_codes_learner_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = { data, size };
    if (size > THROUGH_PIPE_MOST / 4)
        return 0;
    struct slice codes = next_part(&rest), list = next_part(&rest);
    struct nmt_codes *c = load(codes, list);
    if (c && size % 2)
        (void)!nmt_codes_add_glossary(c, "[0-9]+|b", NULL);
    const char *line = (const char *)rest.data, *end = line + rest.size;
    while (c && line < end) {
        const char *lf = memchr(line, '\n', (size_t)(end - line));
        size_t len = (size_t)((lf ? lf : end) - line);
        if (!memchr(line, '\0', len))
            must_come_back(c, line, len);
        line += len + 1;
    }
    nmt_codes_free(c);
    learn(rest, false);
    learn(rest, true);
    return 0;
}
