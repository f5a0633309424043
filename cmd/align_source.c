/* Records of soft alignments, out of streams, links or models: see align_source.h. */
#include "align_source.h"

#include <nmt/lines.h>

#include <string.h>

int align_side_links(const struct nmt_side *s, struct nmt_links *l, unsigned accept,
                     struct nmt_err *err)
{
    return nmt_links_parse(l, s->line, s->len, accept, nmt_lines_name(s->file),
                           nmt_lines_number(s->file), err);
}

void align_operands(struct cli *cli, const char **paths, size_t n, const char *names)
{
    const char *links = cli_value(cli, 'L', "");
    size_t stdins = strcmp(links, "-") == 0;
    if (cli->n_operands != n)
        cli_misuse(cli, "expected the operands %s", names);
    for (size_t i = 0; i < n; i++) {
        paths[i] = cli->operands[i];
        stdins += strcmp(paths[i], "-") == 0;
    }
    if (stdins > 1)
        cli_misuse(cli, "only one input can be stdin");
}

static int open_stream(struct align_source *s, const char *path, struct nmt_err *err)
{
    const struct nmt_stream_header *header;
    NMT_TRY(nmt_stream_open(&s->stream, path, NMT_STREAM_ALIGNMENTS, 0, err));
    NMT_TRY(nmt_stream_header(s->stream, &header, err));
    bool same = !s->has_header || header->n_models == s->made_by.n_models;
    for (uint32_t i = 0; s->has_header && same && i < header->n_models; i++)
        same = memcmp(header->model[i].fingerprint, s->made_by.model[i].fingerprint,
                      NMT_FINGERPRINT) == 0;
    if (!same && s->one_header)
        return nmt_fail(err, NMT_EMODEL, 0, "%s: made by another model than the streams before it",
                        nmt_stream_name(s->stream));
    s->made_by = *header;
    s->has_header = true;
    return 0;
}

static int next_of_streams(struct align_source *s, struct nmt_err *err)
{
    for (;;) {
        const char *path = s->stream ? NULL : cli_next_operand(s->cli);
        if (!s->stream && !path)
            return NMT_RECORD_END;
        if (path)
            NMT_TRY(open_stream(s, path, err));
        int type = nmt_stream_next(s->stream, err);
        if (type == NMT_RECORD_DATA)
            NMT_TRY(nmt_stream_alignments(s->stream, &s->record, err));
        if (type == NMT_RECORD_FAILED) {
            s->line = nmt_stream_failed_line(s->stream);
            s->reason = nmt_stream_failed_reason(s->stream);
        }
        s->alignment = s->record.alignment;
        s->n = s->record.n;
        if (type != NMT_RECORD_END)
            return type;
        nmt_stream_close(s->stream);
        s->stream = NULL;
    }
}

static int next_of_links(struct align_source *s, struct nmt_err *err)
{
    const struct nmt_side *at = s->sides.at;
    int rc = nmt_sides_next(&s->sides, err);
    if (rc <= 0)
        return rc;
    NMT_TRY(align_side_links(&at[0], &s->links, NMT_LINKS_POSSIBLE | NMT_LINKS_WEIGHTED, err));
    NMT_TRY(nmt_links_to_alignment(&s->pair, &s->links, at[1].line, at[1].len, at[2].line,
                                   at[2].len, nmt_lines_name(at[0].file),
                                   nmt_lines_number(at[0].file), err));
    s->alignment = &s->pair;
    s->n = 1;
    return NMT_RECORD_DATA;
}

/* Reads a window of pairs and aligns it. */
static int align_window(struct align_source *s, struct nmt_err *err)
{
    int rc = 1;
    s->lines += s->n_window;
    s->n_window = s->taken = 0;
    while (s->n_window < ALIGN_WINDOW && (rc = nmt_sides_next(&s->sides, err)) > 0) {
        struct nmt_aligned *pair = &s->window[s->n_window++];
        pair->source.len = pair->target.len = 0;
        NMT_TRY(nmt_buffer_add(&pair->source, s->sides.at[0].line, s->sides.at[0].len, err));
        NMT_TRY(nmt_buffer_add(&pair->target, s->sides.at[1].line, s->sides.at[1].len, err));
    }
    NMT_TRY(rc);
    return nmt_aligner_run(s->aligner, s->window, s->n_window, err);
}

static int next_of_models(struct align_source *s, struct nmt_err *err)
{
    if (s->taken == s->n_window)
        NMT_TRY(align_window(s, err));
    if (s->n_window == 0)
        return NMT_RECORD_END;
    const struct nmt_aligned *pair = &s->window[s->taken++];
    s->line = s->lines + s->taken;
    s->reason = pair->fault.msg;
    s->side = pair->fault_in_target ? 1 : 0;
    s->alignment = pair->alignment;
    s->n = 1;
    return pair->fault.code ? NMT_RECORD_FAILED : NMT_RECORD_DATA;
}

static int open_models(struct align_source *s, struct nmt_err *err)
{
    const struct cli *cli = s->cli;
    const char *paths[2];
    const size_t threads = (size_t)cli_int(cli, 'j', 0, 0, 1024);
    s->next = next_of_models;
    align_operands(s->cli, paths, 2, "SRC TGT");
    if (cli_count(cli, 'm') > ALIGN_MODELS_MAX)
        cli_misuse(cli, "at most %d models", ALIGN_MODELS_MAX);
    for (; s->n_models < cli_count(cli, 'm'); s->n_models++) {
        struct nmt_stream_model *by = &s->made_by.model[s->n_models];
        NMT_TRY(nmt_model_open(&s->model[s->n_models], cli_nth(cli, 'm', s->n_models), err));
        memcpy(by->fingerprint, nmt_model_fingerprint(s->model[s->n_models]), NMT_FINGERPRINT);
    }
    s->made_by.n_models = (uint32_t)s->n_models;
    NMT_TRY(nmt_threads_new(&s->threads, threads, err));
    NMT_TRY(nmt_aligner_new(&s->aligner, (const struct nmt_model *const *)s->model, s->n_models,
                            s->threads, err));
    return nmt_sides_open(&s->sides, paths, 2, NMT_LINKS_LINE, err);
}

int align_source_open(struct align_source *s, struct cli *cli, struct nmt_err *err)
{
    const char *paths[3] = { cli_value(cli, 'L', NULL) };
    s->cli = cli;
    s->next = paths[0] ? next_of_links : next_of_streams;
    s->made_by.kind = NMT_STREAM_ALIGNMENTS;
    if (cli_flag(cli, 'm') && paths[0])
        cli_misuse(cli, "-m and -L exclude each other");
    if (cli_flag(cli, 'm'))
        return open_models(s, err);
    if (!paths[0])
        return 0;
    align_operands(cli, paths + 1, 2, "SRC TGT");
    return nmt_sides_open(&s->sides, paths, 3, NMT_LINKS_LINE, err);
}

void align_source_close(struct align_source *s)
{
    nmt_stream_close(s->stream);
    nmt_alignments_release(&s->record);
    nmt_sides_close(&s->sides);
    nmt_links_release(&s->links);
    nmt_links_alignment_release(&s->pair);
    nmt_aligner_free(s->aligner);
    nmt_threads_free(s->threads);
    for (size_t i = 0; i < ALIGN_WINDOW; i++)
        nmt_aligned_release(&s->window[i]);
    for (size_t m = 0; m < s->n_models; m++)
        nmt_model_close(s->model[m]);
}
