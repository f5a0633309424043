/* nmt-bleu: hypotheses beside references in, scores out. */
#include "cli.h"

#include <nmt/bleu.h>
#include <nmt/buffer.h>
#include <nmt/corpus.h>
#include <nmt/evaluate.h>
#include <nmt/metric.h>
#include <nmt/output.h>
#include <nmt/report.h>
#include <nmt/threads.h>

#include <stdlib.h>
#include <string.h>

enum {
    OPT_SMOOTH_VALUE = 256,
    OPT_LOWERCASE,
    OPT_SENTENCE,
    OPT_SHORT,
    OPT_EXACT,
    OPT_REFS_TAB,
    OPT_MAX_ORDER,
    OPT_EFFECTIVE,
    OPT_FORCE,
    OPT_CHRF_CHARS,
    OPT_CHRF_WORDS,
    OPT_CHRF_BETA,
    OPT_CHRF_SPACE,
    OPT_CHRF_LOWER,
    OPT_CHRF_EPS,
    OPT_TER_CASE,
    OPT_TER_ASIAN,
    OPT_TER_NO_PUNCT,
    OPT_TER_NORMAL,
};

static const struct cli_opt opts[] = {
    { 'i', "input", "FILE...", "hypotheses of one or more systems (default: stdin)" },
    { 'm', "metrics", "bleu|chrf|ter|em...", "what to compute (default: bleu)" },
    { 't', "tokenize", "NAME", "BLEU's tokeniser: 13a (default), intl, zh, char, none" },
    { 's', "smooth-method", "NAME", "BLEU's smoothing: exp (default), floor, add-k, none" },
    { OPT_SMOOTH_VALUE, "smooth-value", "X", "for floor (default: 0.1) and add-k (default: 1)" },
    { OPT_LOWERCASE, "lowercase", NULL, "BLEU: lower-case everything first" },
    { OPT_MAX_ORDER, "max-order", "N", "BLEU: the longest n-gram (default: 4)" },
    { OPT_EFFECTIVE, "effective-order", NULL, "BLEU: ignore orders without n-grams" },
    { OPT_CHRF_CHARS, "chrf-char-order", "N",
      "chrF: the longest n-gram of characters (default: 6)" },
    { OPT_CHRF_WORDS, "chrf-word-order", "N", "chrF: and of words (default: 0; 2 is chrF++)" },
    { OPT_CHRF_BETA, "chrf-beta", "N", "chrF: the weight of recall (default: 2)" },
    { OPT_CHRF_SPACE, "chrf-whitespace", NULL, "chrF: count white space as characters" },
    { OPT_CHRF_LOWER, "chrf-lowercase", NULL, "chrF: lower-case everything first" },
    { OPT_CHRF_EPS, "chrf-eps-smoothing", NULL, "chrF: average F over all orders" },
    { OPT_TER_CASE, "ter-case-sensitive", NULL, "TER: do not lower-case" },
    { OPT_TER_NORMAL, "ter-normalized", NULL, "TER: split punctuation off first" },
    { OPT_TER_NO_PUNCT, "ter-no-punct", NULL, "TER: delete punctuation first" },
    { OPT_TER_ASIAN, "ter-asian-support", NULL, "TER: these two also for Asian scripts" },
    { OPT_EXACT, "exact-match", NULL, "also the percentage of lines equal to a reference" },
    { OPT_SENTENCE, "sentence", NULL, "a score for every line instead of one for all" },
    { OPT_REFS_TAB, "refs-tab", NULL, "one file of references, those of a line between tabs" },
    { 'f', "format", "NAME", "json (default), text, tsv (of sentences)" },
    { 'w', "width", "N", "decimals (default: 1)" },
    { 'b', "score-only", NULL, "nothing but the number" },
    { OPT_SHORT, "short", NULL, "short signature" },
    { 'j', "threads", "N", "threads (default: all processors)" },
    { 'q', "quiet", NULL, "no hints on stderr" },
    { 't', "tok", "NAME", NULL },
    { OPT_SMOOTH_VALUE, "sv", "X", NULL },
    { OPT_LOWERCASE, "lc", NULL, NULL },
    { OPT_SENTENCE, "sentence-level", NULL, NULL },
    { OPT_SENTENCE, "sl", NULL, NULL },
    { OPT_SHORT, "sh", NULL, NULL },
    { OPT_FORCE, "force", NULL, NULL },
    { OPT_CHRF_CHARS, "cc", "N", NULL },
    { OPT_CHRF_WORDS, "cw", "N", NULL },
    CLI_COMMON,
    CLI_END,
};

/* Everything the command line asks for. */
struct task {
    struct nmt_metric_options metrics[NMT_METRIC_KINDS];
    size_t n_metrics;
    struct nmt_corpus_files files;
    const char **systems;
    struct nmt_report report;
    struct nmt_evaluation evaluation;
    struct nmt_threads *threads;
    struct nmt_buffer out; /* nothing is printed before the last line has been read */
};

static void bleu_options(const struct cli *cli, struct nmt_bleu_options *o)
{
    static const char *const tokenizers[] = { "13a", "none", "intl", "char", "zh", NULL };
    static const char *const smoothings[] = { "exp", "floor", "add-k", "none", NULL };
    *o = nmt_bleu_defaults();
    o->tokenization = (enum nmt_tokenization)cli_choice(cli, 't', tokenizers, NMT_TOK_13A);
    o->smoothing = (enum nmt_smoothing)cli_choice(cli, 's', smoothings, NMT_SMOOTH_EXP);
    o->smooth_value = cli_real(cli, OPT_SMOOTH_VALUE, -1, 0, 1e9);
    o->lowercase = cli_flag(cli, OPT_LOWERCASE);
    o->effective_order = cli_flag(cli, OPT_SENTENCE) || cli_flag(cli, OPT_EFFECTIVE);
    o->max_order = (unsigned)cli_int(cli, OPT_MAX_ORDER, 4, 1, NMT_BLEU_MAX_ORDER);
}

static void chrf_options(const struct cli *cli, struct nmt_chrf_options *o)
{
    *o = nmt_chrf_defaults();
    o->char_order =
        (unsigned)cli_int(cli, OPT_CHRF_CHARS, o->char_order, 1, NMT_CHRF_MAX_CHAR_ORDER);
    o->word_order =
        (unsigned)cli_int(cli, OPT_CHRF_WORDS, o->word_order, 0, NMT_CHRF_MAX_WORD_ORDER);
    o->beta = (unsigned)cli_int(cli, OPT_CHRF_BETA, o->beta, 0, 1000);
    o->whitespace = cli_flag(cli, OPT_CHRF_SPACE);
    o->lowercase = cli_flag(cli, OPT_CHRF_LOWER);
    o->eps_smoothing = cli_flag(cli, OPT_CHRF_EPS);
}

static void ter_options(const struct cli *cli, struct nmt_ter_options *o)
{
    o->normalized = cli_flag(cli, OPT_TER_NORMAL);
    o->no_punct = cli_flag(cli, OPT_TER_NO_PUNCT);
    o->asian = cli_flag(cli, OPT_TER_ASIAN);
    o->case_sensitive = cli_flag(cli, OPT_TER_CASE);
}

/* Marks what a word or a comma-separated list names. */
static void want_metrics(const struct cli *cli, const char *list, bool *wanted)
{
    static const char *const names[NMT_METRIC_KINDS] = { "bleu", "chrf", "em", "ter" };
    for (const char *p = list;; p++) {
        size_t len = strcspn(p, ","), k = 0;
        while (k < NMT_METRIC_KINDS && (strlen(names[k]) != len || strncmp(names[k], p, len) != 0))
            k++;
        if (k == NMT_METRIC_KINDS)
            cli_misuse(cli, "--metrics: '%.*s' is none of bleu, chrf, ter, em", (int)len, p);
        wanted[k] = true;
        p += len;
        if (!*p)
            return;
    }
}

/* Metrics in the order of their names, whatever the order on the command line. */
static void choose_metrics(struct task *t, const struct cli *cli)
{
    bool wanted[NMT_METRIC_KINDS] = { false };
    wanted[NMT_METRIC_BLEU] = !cli_flag(cli, 'm');
    wanted[NMT_METRIC_EXACT] = cli_flag(cli, OPT_EXACT);
    for (size_t i = 0; i < cli_count(cli, 'm'); i++)
        want_metrics(cli, cli_nth(cli, 'm', i), wanted);
    for (size_t k = 0; k < NMT_METRIC_KINDS; k++) {
        if (!wanted[k])
            continue;
        struct nmt_metric_options *m = &t->metrics[t->n_metrics++];
        m->kind = (enum nmt_metric_kind)k;
        bleu_options(cli, &m->bleu);
        chrf_options(cli, &m->chrf);
        ter_options(cli, &m->ter);
    }
}

static void choose_files(struct task *t, const struct cli *cli)
{
    static const char *const from_stdin[] = { "-" };
    if (cli->n_operands == 0)
        cli_misuse(cli, "no reference%s",
                   cli_flag(cli, 'i') ? "; references stand before -i, or behind --" : "");
    t->files.refs = (const char *const *)cli->operands;
    t->files.n_refs = cli->n_operands;
    t->files.refs_tab = cli_flag(cli, OPT_REFS_TAB);
    if (t->files.refs_tab && cli->n_operands != 1)
        cli_misuse(cli, "--refs-tab takes one file of references");
    t->files.n_systems = cli_count(cli, 'i');
    if (t->files.n_systems == 0) {
        t->files.systems = from_stdin;
        t->files.n_systems = 1;
        return;
    }
    t->systems = calloc(t->files.n_systems, sizeof *t->systems);
    for (size_t i = 0; t->systems && i < t->files.n_systems; i++)
        t->systems[i] = cli_nth(cli, 'i', i);
    t->files.systems = t->systems;
}

static void choose_report(struct task *t, const struct cli *cli)
{
    static const char *const formats[] = { "text", "json", "tsv", NULL };
    bool sentences = cli_flag(cli, OPT_SENTENCE);
    t->report.format = (enum nmt_report_format)cli_choice(
        cli, 'f', formats, sentences ? NMT_REPORT_TEXT : NMT_REPORT_JSON);
    t->report.width = (unsigned)cli_int(cli, 'w', 1, 0, 30);
    t->report.score_only = cli_flag(cli, 'b');
    t->report.brief = cli_flag(cli, OPT_SHORT);
    bool one = t->n_metrics == 1 && t->files.n_systems == 1;
    if (sentences && !one && t->report.format != NMT_REPORT_TSV)
        cli_misuse(cli, "--sentence with several metrics or systems needs -f tsv");
}

/* The result of system s by metric m out of rows laid out as an evaluation's. */
static struct nmt_result result_of(const struct task *t, const double *rows, size_t s, size_t m)
{
    const double *row = rows + nmt_evaluation_at(&t->evaluation, s, m);
    return (struct nmt_result){
        .metric = &t->metrics[m],
        .row = row,
        .score = nmt_metric_score(&t->metrics[m], row),
    };
}

/* The heading of sentence scores in columns. */
static int tsv_heading(struct task *t, struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    NMT_TRY(nmt_buffer_adds(&t->out, "line", err));
    for (size_t s = 0; s < t->files.n_systems; s++)
        for (size_t m = 0; m < t->n_metrics; m++) {
            NMT_TRY(nmt_buffer_addc(&t->out, '\t', err));
            if (t->files.n_systems > 1)
                NMT_TRY(nmt_buffer_addf(&t->out, err, "%s ", t->files.systems[s]));
            NMT_TRY(nmt_buffer_adds(&t->out, nmt_metric_name(&t->metrics[m], name), err));
        }
    return nmt_buffer_addc(&t->out, '\n', err);
}

static int each_sentence(void *arg, const struct nmt_corpus_line *line, const double *rows,
                         struct nmt_err *err)
{
    struct task *t = arg;
    t->report.how.n_refs = line->n_refs;
    if (t->report.format != NMT_REPORT_TSV) {
        struct nmt_result r = result_of(t, rows, 0, 0);
        return nmt_report_score(&t->report, &r, &t->out, err);
    }
    NMT_TRY(nmt_buffer_addf(&t->out, err, "%llu", (unsigned long long)line->number));
    for (size_t s = 0; s < t->files.n_systems; s++)
        for (size_t m = 0; m < t->n_metrics; m++)
            NMT_TRY(nmt_buffer_addf(&t->out, err, "\t%.*f", (int)t->report.width,
                                    result_of(t, rows, s, m).score));
    return nmt_buffer_addc(&t->out, '\n', err);
}

static int report_corpus(struct task *t, struct nmt_err *err)
{
    struct nmt_result results[NMT_METRIC_KINDS];
    t->report.how.n_refs = t->evaluation.n_refs;
    for (size_t m = 0; m < t->n_metrics; m++)
        results[m] = result_of(t, t->evaluation.sums, 0, m);
    return nmt_report_single(&t->report, results, t->n_metrics, &t->out, err);
}

static int run(struct task *t, bool sentences, struct nmt_err *err)
{
    struct nmt_corpus *corpus = NULL;
    if (sentences && t->report.format == NMT_REPORT_TSV)
        NMT_TRY(tsv_heading(t, err));
    NMT_TRY(nmt_corpus_open(&corpus, &t->files, err));
    t->evaluation = (struct nmt_evaluation){
        .metrics = t->metrics,
        .n_metrics = t->n_metrics,
        .n_systems = t->files.n_systems,
        .each = sentences ? each_sentence : NULL,
        .arg = t,
    };
    int rc = nmt_evaluate(&t->evaluation, corpus, t->threads, err);
    nmt_corpus_close(corpus);
    return rc < 0 || sentences ? rc : report_corpus(t, err);
}

static int print(struct nmt_buffer *text, struct nmt_err *err)
{
    struct nmt_output *out = NULL;
    NMT_TRY(nmt_output_open(&out, NULL, err));
    int rc = nmt_output_write(out, text->data, text->len, err);
    if (rc == 0)
        return nmt_output_close(&out, err);
    nmt_output_abandon(out);
    return rc;
}

int main(int argc, char **argv)
{
    struct cli cli =
        CLI_INIT("nmt-bleu", "[options] REF... < HYPOTHESIS\n[options] REF... -i HYPOTHESIS...",
                 "Scores translations against references, as sacreBLEU does.", opts);
    struct nmt_err err = NMT_ERR_INIT;
    struct task t = { .n_metrics = 0 };

    cli_parse(&cli, argc, argv);
    choose_metrics(&t, &cli);
    choose_files(&t, &cli);
    choose_report(&t, &cli);
    size_t n_threads = (size_t)cli_int(&cli, 'j', 0, 1, 1024);
    if (nmt_threads_new(&t.threads, n_threads, &err) == 0 &&
        run(&t, cli_flag(&cli, OPT_SENTENCE), &err) == 0)
        print(&t.out, &err);
    nmt_evaluation_release(&t.evaluation);
    nmt_threads_free(t.threads);
    nmt_buffer_release(&t.out);
    free(t.systems);
    return cli_finish(&cli, &err);
}
