/* nmt-align: makes, converts and judges word alignments. */
#include "align_source.h"
#include "cli.h"
#include "record_range.h"

#include <nmt/draw.h>
#include <nmt/engine.h>
#include <nmt/lines.h>
#include <nmt/output.h>

#include <inttypes.h>
#include <string.h>

enum { PHARAOH, PROB, MATRIX, JSON, SVG, TERM, STREAM };
static const char *const formats[] = { "pharaoh", "prob", "matrix", "json",
                                       "svg",     "term", "stream", NULL };

/* The first five are enum nmt_symmetry. */
enum { INVERT = NMT_GROW_DIAG_FINAL_AND + 1, CONVERT, FMEASURE };
static const char *const symmetries[] = {
    "intersect", "union",    "grow-diag", "grow-diag-final", "grow-diag-final-and", "invert",
    "convert",   "fmeasure", NULL
};

enum {
    OPT_RECORD = 256,
    OPT_COLUMNS,
    OPT_ASCII,
    OPT_ALL_SURE,
    OPT_IGNORE_POSSIBLE,
    OPT_ONE_GOLD,
    OPT_ONE_HYPOTHESIS,
    OPT_REVERSE_HYPOTHESIS
};

static const struct cli_opt opts[] = {
    { 'f', "format", "NAME",
      "pharaoh (i-j; default), prob (i-j:p), matrix, json, svg, term, stream; with -E: text, "
      "json" },
    { 't', "threshold", "P", "smallest weight of a link (pharaoh, json: 0.2; prob: 0.01)" },
    { 'm', "model", "FILE", "align the lines of SRC and TGT with this model (several: ensemble)" },
    { 'j', "threads", "N", "-m: threads (default: the processors there are)" },
    { 'L', "links", "FILE", "take links of the lines of SRC and TGT instead of a stream" },
    { OPT_RECORD, "record", "N[-[M]]", "only record N, N to M, or from N on" },
    { OPT_COLUMNS, "columns", "N", "term: width of the picture (default: 80)" },
    { OPT_ASCII, "ascii", NULL, "term: shades of . - + * # instead of block characters" },
    { 'S', "symmetrize", "NAME",
      "intersect, union, grow-diag, grow-diag-final, grow-diag-final-and, invert, convert or "
      "fmeasure" },
    { 'E', "evaluate", NULL, "precision, recall, AER and F-measure of HYPOTHESIS against GOLD" },
    { OPT_ALL_SURE, "all-sure", NULL, "-E: possible links count as sure" },
    { OPT_IGNORE_POSSIBLE, "ignore-possible", NULL, "-E: possible links are left out" },
    { OPT_ONE_GOLD, "one-gold", NULL, "-E: words of GOLD are counted from 1" },
    { OPT_ONE_HYPOTHESIS, "one-hypothesis", NULL, "-E: words of HYPOTHESIS are counted from 1" },
    { OPT_REVERSE_HYPOTHESIS, "reverse-hypothesis", NULL, "-E: HYPOTHESIS names the target first" },
    { 'o', "output", "FILE", "write to FILE instead of stdout" },
    CLI_COMMON,
    CLI_END,
};

/* --- the program ------------------------------------------------------------------------ */

struct work {
    struct cli *cli;
    struct nmt_output *out;
    struct nmt_buffer text;
    struct nmt_links a, b, made;
    size_t format;
    double threshold;
    struct nmt_term_options term;
    struct record_range wanted;
    struct nmt_svg svg;
    struct nmt_stream_writer *writer;
};

static int put(struct work *w, struct nmt_err *err)
{
    NMT_TRY(nmt_output_write(w->out, w->text.data, w->text.len, err));
    w->text.len = 0;
    return nmt_output_record(w->out, err);
}

static int symmetrize_lines(struct work *w, struct nmt_sides *in, size_t how,
                            struct nmt_symmetrizer *s, struct nmt_err *err)
{
    struct nmt_aer score = { 0 };
    unsigned accept =
        NMT_LINKS_WEIGHTED | (how == INVERT || how == CONVERT ? NMT_LINKS_POSSIBLE : 0);
    int rc;
    while ((rc = nmt_sides_next(in, err)) > 0) {
        NMT_TRY(align_side_links(&in->at[0], &w->a, accept, err));
        if (in->n > 1)
            NMT_TRY(align_side_links(&in->at[1], &w->b, accept, err));
        if (how == FMEASURE) {
            nmt_aer_add(&score, &w->b, &w->a, NMT_POSSIBLE_AS_SURE);
            continue;
        }
        if (how == INVERT)
            nmt_links_invert(&w->a);
        else if (how != CONVERT)
            NMT_TRY(nmt_symmetrize(s, (enum nmt_symmetry)how, &w->a, &w->b, &w->made, err));
        NMT_TRY(nmt_links_write(in->n > 1 ? &w->made : &w->a, &w->text, err));
        NMT_TRY(nmt_buffer_addc(&w->text, '\n', err));
        NMT_TRY(put(w, err));
    }
    NMT_TRY(rc);
    if (how == FMEASURE) {
        NMT_TRY(nmt_aer_fmeasure(&score, &w->text, err));
        NMT_TRY(put(w, err));
    }
    return 0;
}

static int symmetrize(struct work *w, struct nmt_err *err)
{
    const char *paths[2];
    struct nmt_sides in = { 0 };
    struct nmt_symmetrizer *s = NULL;
    size_t how = cli_choice(w->cli, 'S', symmetries, 0);
    bool one = how == INVERT || how == CONVERT;
    align_operands(w->cli, paths, one ? 1 : 2, one ? "FILE" : "FORWARD REVERSE");
    int rc = nmt_sides_open(&in, paths, one ? 1 : 2, NMT_LINKS_LINE, err);
    if (rc == 0)
        rc = nmt_symmetrizer_new(&s, err);
    if (rc == 0)
        rc = symmetrize_lines(w, &in, how, s, err);
    nmt_symmetrizer_free(s);
    nmt_sides_close(&in);
    return rc;
}

static int evaluate_lines(struct work *w, struct nmt_sides *in, bool json, struct nmt_err *err)
{
    const struct cli *cli = w->cli;
    struct nmt_aer score = { 0 };
    enum nmt_possible policy = cli_flag(cli, OPT_ALL_SURE)          ? NMT_POSSIBLE_AS_SURE
                               : cli_flag(cli, OPT_IGNORE_POSSIBLE) ? NMT_POSSIBLE_IGNORE
                                                                    : NMT_POSSIBLE_AS_IS;
    unsigned gold = NMT_LINKS_POSSIBLE, mine = NMT_LINKS_WEIGHTED;
    gold |= cli_flag(cli, OPT_ONE_GOLD) ? NMT_LINKS_FROM_ONE : 0;
    mine |= cli_flag(cli, OPT_ONE_HYPOTHESIS) ? NMT_LINKS_FROM_ONE : 0;
    mine |= cli_flag(cli, OPT_REVERSE_HYPOTHESIS) ? NMT_LINKS_REVERSED : 0;
    int rc;
    while ((rc = nmt_sides_next(in, err)) > 0) {
        NMT_TRY(align_side_links(&in->at[0], &w->a, gold, err));
        NMT_TRY(align_side_links(&in->at[1], &w->b, mine, err));
        nmt_aer_add(&score, &w->a, &w->b, policy);
    }
    NMT_TRY(rc);
    if (score.sure == 0)
        return nmt_fail(err, NMT_EFORMAT, 0, "%s: no sure links to judge by",
                        nmt_lines_name(in->at[0].file));
    NMT_TRY(json ? nmt_aer_json(&score, &w->text, err) : nmt_aer_text(&score, &w->text, err));
    return put(w, err);
}

static int evaluate(struct work *w, struct nmt_err *err)
{
    static const char *const names[] = { "text", "json", NULL };
    const char *paths[2];
    struct nmt_sides in = { 0 };
    bool json = cli_choice(w->cli, 'f', names, 0) == 1;
    if (cli_flag(w->cli, OPT_ALL_SURE) && cli_flag(w->cli, OPT_IGNORE_POSSIBLE))
        cli_misuse(w->cli, "--all-sure and --ignore-possible exclude each other");
    align_operands(w->cli, paths, 2, "GOLD HYPOTHESIS");
    int rc = nmt_sides_open(&in, paths, 2, NMT_LINKS_LINE, err);
    if (rc == 0)
        rc = evaluate_lines(w, &in, json, err);
    nmt_sides_close(&in);
    return rc;
}

/* --- conversion ------------------------------------------------------------------------- */

/* Writes one alignment; rank counts those of a record from 1, 0 when it has only one. */
static int put_alignment(struct work *w, const struct nmt_alignment *a, uint64_t record,
                         uint32_t rank, struct nmt_err *err)
{
    char title[64];
    snprintf(title, sizeof title, rank ? "%" PRIu64 ".%u" : "%" PRIu64, record, rank);
    switch (w->format) {
    case MATRIX:
        NMT_TRY(nmt_draw_matrix(a, title, &w->text, err));
        return put(w, err);
    case TERM:
        NMT_TRY(nmt_draw_term(a, title, &w->term, &w->text, err));
        NMT_TRY(nmt_buffer_addc(&w->text, '\n', err));
        return put(w, err);
    case SVG:
        return nmt_svg_add(&w->svg, a, title, err);
    case PROB:
        NMT_TRY(nmt_links_above(&w->made, a, w->threshold, err));
        break;
    default:
        NMT_TRY(nmt_links_best(&w->made, a, w->threshold, err));
        nmt_links_harden(&w->made);
    }
    NMT_TRY(w->format == JSON ? nmt_alignment_json(a, record, &w->made, &w->text, err)
                              : nmt_links_write(&w->made, &w->text, err));
    NMT_TRY(nmt_buffer_addc(&w->text, '\n', err));
    return put(w, err);
}

/* A record without an alignment keeps its place. */
static int put_empty(struct work *w, uint64_t record, const char *reason, struct nmt_err *err)
{
    char none[1] = "";
    struct nmt_alignment empty = { .source = none, .target = none };
    if (!reason || w->format != JSON)
        return put_alignment(w, &empty, record, 0, err);
    NMT_TRY(nmt_buffer_addf(&w->text, err, "{\"record\": %" PRIu64 ", \"failed\": ", record));
    NMT_TRY(nmt_buffer_add_json(&w->text, reason, strlen(reason), err));
    NMT_TRY(nmt_buffer_adds(&w->text, "}\n", err));
    return put(w, err);
}

/* What a stream cannot hold, as text that is no UTF-8, leaves a failed line in its place. */
static int put_in_stream(struct work *w, const struct align_source *s, uint64_t record, bool failed,
                         struct nmt_err *err)
{
    struct nmt_err why = NMT_ERR_INIT;
    if (failed)
        return nmt_stream_write_failed(w->writer, s->line, s->reason, err);
    for (uint32_t i = 0; i < s->n; i++)
        nmt_alignment_share(&s->alignment[i]);
    int rc = nmt_stream_write_alignments(w->writer, s->alignment, s->n, &why);
    if (rc == NMT_ETEXT || rc == NMT_ELIMIT) {
        cli_warn_failed(w->cli, "%s", why.msg);
        return nmt_stream_write_failed(w->writer, record, why.msg, err);
    }
    if (rc < 0)
        *err = why;
    return rc;
}

static int put_record(struct work *w, const struct align_source *s, uint64_t record, bool failed,
                      struct nmt_err *err)
{
    if (w->writer)
        return put_in_stream(w, s, record, failed, err);
    if (failed || s->n == 0)
        return put_empty(w, record, failed ? s->reason : NULL, err);
    for (uint32_t i = 0; i < s->n; i++)
        NMT_TRY(put_alignment(w, &s->alignment[i], record, s->n > 1 ? i + 1 : 0, err));
    return 0;
}

static int convert_records(struct work *w, struct align_source *s, struct nmt_err *err)
{
    int type = s->next(s, err);
    if (type >= 0 && w->format == STREAM)
        NMT_TRY(nmt_stream_writer_new(&w->writer, w->out, &s->made_by, 0, err));
    uint64_t record = 1;
    for (; type > 0; type = s->next(s, err), record++) {
        if (record < w->wanted.first || record > w->wanted.last)
            continue;
        bool failed = type == NMT_RECORD_FAILED;
        if (failed && s->aligner)
            cli_warn_failed(w->cli, "%s:%" PRIu64 ": %s", nmt_lines_name(s->sides.at[s->side].file),
                            s->line, s->reason);
        else if (failed)
            cli_warn_failed(w->cli, "%s: record %" PRIu64 ": line %" PRIu64 " had failed: %s",
                            nmt_stream_name(s->stream), record, s->line, s->reason);
        NMT_TRY(put_record(w, s, record, failed, err));
    }
    NMT_TRY(type);
    if (cli_flag(w->cli, OPT_RECORD) && record <= w->wanted.first)
        return nmt_fail(err, NMT_EFORMAT, 0, "--record %" PRIu64 ": there are only %" PRIu64,
                        w->wanted.first, record - 1);
    if (w->writer)
        return nmt_stream_write_end(w->writer, err);
    if (w->format == SVG) {
        NMT_TRY(nmt_svg_finish(&w->svg, &w->text, err));
        return put(w, err);
    }
    return 0;
}

static int convert(struct work *w, struct nmt_err *err)
{
    w->format = cli_choice(w->cli, 'f', formats, PHARAOH);
    struct align_source s = { .one_header = w->format == STREAM };
    w->threshold = cli_real(w->cli, 't', w->format == PROB ? 0.01 : 0.2, 0, 1);
    w->term.columns = (size_t)cli_int(w->cli, OPT_COLUMNS, 80, 20, 10000);
    w->term.ascii = cli_flag(w->cli, OPT_ASCII);
    w->wanted = record_range_read(w->cli, OPT_RECORD, "--record");
    int rc = align_source_open(&s, w->cli, err);
    if (rc == 0)
        rc = convert_records(w, &s, err);
    align_source_close(&s);
    return rc;
}

int main(int argc, char **argv)
{
    struct cli cli = CLI_INIT("nmt-align",
                              "[-f FORMAT] [STREAM...]\n"
                              "[-f FORMAT] -m MODEL SRC TGT\n"
                              "[-f FORMAT] -L LINKS SRC TGT\n"
                              "-S NAME FORWARD [REVERSE]\n"
                              "-E GOLD HYPOTHESIS",
                              "Makes, converts and judges word alignments.", opts);
    struct nmt_err err = NMT_ERR_INIT;
    struct work w = { .cli = &cli };
    nmt_engine_init();
    cli.engine = nmt_engine_print;
    cli_parse(&cli, argc, argv);
    bool symmetrizing = cli_flag(&cli, 'S'), evaluating = cli_flag(&cli, 'E');
    if (symmetrizing && evaluating)
        cli_misuse(&cli, "-S and -E exclude each other");
    if (cli_flag(&cli, 'm') && (symmetrizing || evaluating))
        cli_misuse(&cli, "-m aligns; it does not go with -S and -E");
    int rc = nmt_output_open(&w.out, cli_value(&cli, 'o', NULL), &err);
    if (rc == 0)
        rc = symmetrizing ? symmetrize(&w, &err)
             : evaluating ? evaluate(&w, &err)
                          : convert(&w, &err);
    if (rc == 0)
        rc = nmt_output_close(&w.out, &err);
    nmt_output_abandon(w.out);
    nmt_buffer_release(&w.text);
    nmt_links_release(&w.a);
    nmt_links_release(&w.b);
    nmt_links_release(&w.made);
    nmt_svg_release(&w.svg);
    nmt_stream_writer_free(w.writer);
    return cli_finish(&cli, &err);
}
