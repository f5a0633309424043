/* nmt-bleu: hypotheses beside references in, scores out. */
#include "cli.h"

#include <nmt/bleu.h>
#include <nmt/buffer.h>
#include <nmt/chart.h>
#include <nmt/metric.h>
#include <nmt/number.h>
#include <nmt/output.h>
#include <nmt/scoring.h>
#include <nmt/threads.h>
#include <nmt/worst.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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
    OPT_CONFIDENCE,
    OPT_CONFIDENCE_N,
    OPT_PAIRED,
    OPT_PAIRED_BS,
    OPT_PAIRED_BS_N,
    OPT_PAIRED_AR,
    OPT_PAIRED_AR_N,
    OPT_SEED,
    OPT_BY_LENGTH,
    OPT_LENGTH_STEP,
    OPT_SVG,
    OPT_WORST,
    OPT_SOURCE,
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
    { OPT_CONFIDENCE, "confidence", NULL, "an interval for the score, by bootstrap" },
    { OPT_CONFIDENCE_N, "confidence-n", "N", "resamples for it (default: 1000)" },
    { OPT_PAIRED, "paired", "FILE", "test the differences from this baseline" },
    { OPT_PAIRED_BS, "paired-bs", NULL, "test by paired bootstrap (the baseline is the first)" },
    { OPT_PAIRED_BS_N, "paired-bs-n", "N", "resamples for it (default: 1000)" },
    { OPT_PAIRED_AR, "paired-ar", NULL, "test by approximate randomisation" },
    { OPT_PAIRED_AR_N, "paired-ar-n", "N", "trials for it (default: 10000)" },
    { OPT_SEED, "seed", "N", "of resampling, or none (default: $SACREBLEU_SEED, or 12345)" },
    { OPT_BY_LENGTH, "by-length", "SRC", "scores by the length of the source text's sentences" },
    { OPT_LENGTH_STEP, "length-step", "N", "words of a class of length (default: 10)" },
    { OPT_SVG, "svg", "FILE", "and a picture of them, a curve for every system" },
    { OPT_WORST, "worst", "N", "the worst sentences with their texts" },
    { OPT_SOURCE, "source", "FILE", "the source text, to be shown with them" },
    { OPT_REFS_TAB, "refs-tab", NULL, "one file of references, those of a line between tabs" },
    { 'f', "format", "NAME", "json (default), text, tsv" },
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
    { OPT_CONFIDENCE, "ci", NULL, NULL },
    { OPT_CONFIDENCE_N, "cin", "N", NULL },
    { OPT_PAIRED_BS, "pbs", NULL, NULL },
    { OPT_PAIRED_BS_N, "pbsn", "N", NULL },
    { OPT_PAIRED_AR, "par", NULL, NULL },
    { OPT_PAIRED_AR_N, "part", "N", NULL },
    { 'j', "paired-jobs", "N", NULL },
    CLI_COMMON,
    CLI_END,
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
static void choose_metrics(struct nmt_scoring *t, const struct cli *cli)
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

/* The systems in order, the baseline first; a file that is the baseline again is left out. */
static const char **choose_systems(struct nmt_scoring *t, const struct cli *cli)
{
    const char *baseline = cli_value(cli, OPT_PAIRED, NULL);
    const char **systems = calloc(cli_count(cli, 'i') + 2, sizeof *systems);
    bool paired = baseline || cli_flag(cli, OPT_PAIRED_BS) || cli_flag(cli, OPT_PAIRED_AR);
    size_t n = 0;
    if (!systems)
        return NULL;
    if (baseline)
        systems[n++] = baseline;
    for (size_t i = 0; i < cli_count(cli, 'i'); i++) {
        const char *path = cli_nth(cli, 'i', i);
        if (!paired || n == 0 || strcmp(path, systems[0]) != 0)
            systems[n++] = path;
    }
    if (!cli_flag(cli, 'i'))
        systems[n++] = "-";
    if (paired && n < 2)
        cli_misuse(cli, "a paired test needs two systems or more");
    if (cli_flag(cli, OPT_CONFIDENCE) && n > 1)
        cli_misuse(cli, "--confidence is for one system; --paired-bs has intervals for several");
    t->files.systems = systems;
    t->files.n_systems = n;
    return systems;
}

static void choose_references(struct nmt_scoring *t, const struct cli *cli)
{
    if (cli->n_operands == 0)
        cli_misuse(cli, "no reference%s",
                   cli_flag(cli, 'i') ? "; references stand before -i, or behind --" : "");
    t->files.refs = (const char *const *)cli->operands;
    t->files.n_refs = cli->n_operands;
    t->files.refs_tab = cli_flag(cli, OPT_REFS_TAB);
    if (t->files.refs_tab && cli->n_operands != 1)
        cli_misuse(cli, "--refs-tab takes one file of references");
}

/* "none" is a seed that nobody chose. */
static void choose_seed(struct nmt_scoring *t, const struct cli *cli)
{
    const char *from_environment = getenv("SACREBLEU_SEED");
    int64_t seed;
    struct nmt_err err = NMT_ERR_INIT;
    struct timespec now;
    t->seed_text = cli_value(cli, OPT_SEED, from_environment ? from_environment : "12345");
    if (strcmp(t->seed_text, "none") == 0) {
        clock_gettime(CLOCK_REALTIME, &now);
        t->seed = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid() << 20;
    } else if (nmt_number_int(&seed, t->seed_text, 0, INT64_MAX, "--seed", &err) < 0) {
        cli_misuse(cli, "%s", err.msg);
    } else {
        t->seed = (uint64_t)seed;
    }
}

static void choose_kind(struct nmt_scoring *t, const struct cli *cli)
{
    bool bs = cli_flag(cli, OPT_PAIRED_BS), ar = cli_flag(cli, OPT_PAIRED_AR);
    bool by_length = cli_flag(cli, OPT_BY_LENGTH), worst = cli_flag(cli, OPT_WORST);
    int kinds = cli_flag(cli, OPT_SENTENCE) + cli_flag(cli, OPT_CONFIDENCE) + bs + ar;
    if (kinds + by_length + worst > 1)
        cli_misuse(cli, "--sentence, --confidence, --paired-bs, --paired-ar, --by-length and "
                        "--worst exclude one another");
    if (cli_flag(cli, OPT_SVG) && !by_length)
        cli_misuse(cli, "--svg needs --by-length");
    t->kind = by_length                                ? NMT_SCORE_BY_LENGTH
              : worst                                  ? NMT_SCORE_WORST
              : cli_flag(cli, OPT_SENTENCE)            ? NMT_SCORE_SENTENCES
              : cli_flag(cli, OPT_CONFIDENCE)          ? NMT_SCORE_CONFIDENCE
              : ar                                     ? NMT_SCORE_PAIRED_AR
              : bs || cli_value(cli, OPT_PAIRED, NULL) ? NMT_SCORE_PAIRED_BS
                                                       : NMT_SCORE_CORPUS;
    int64_t most = 10000000;
    t->n_samples =
        (size_t)(t->kind == NMT_SCORE_CONFIDENCE ? cli_int(cli, OPT_CONFIDENCE_N, 1000, 1, most)
                 : ar                            ? cli_int(cli, OPT_PAIRED_AR_N, 10000, 1, most)
                                                 : cli_int(cli, OPT_PAIRED_BS_N, 1000, 1, most));
    t->length_step = (size_t)cli_int(cli, OPT_LENGTH_STEP, 10, 1, 1000000);
    t->n_worst = (size_t)cli_int(cli, OPT_WORST, 10, 1, NMT_WORST_MAX);
    t->files.source = by_length ? cli_value(cli, OPT_BY_LENGTH, NULL)
                      : worst   ? cli_value(cli, OPT_SOURCE, NULL)
                                : NULL;
    choose_seed(t, cli);
}

static void choose_report(struct nmt_scoring *t, const struct cli *cli)
{
    static const char *const formats[] = { "text", "json", "tsv", NULL };
    bool sentences = t->kind == NMT_SCORE_SENTENCES;
    t->report.format = (enum nmt_report_format)cli_choice(
        cli, 'f', formats, sentences ? NMT_REPORT_TEXT : NMT_REPORT_JSON);
    t->report.width = (unsigned)cli_int(cli, 'w', 1, 0, 30);
    t->report.score_only = cli_flag(cli, 'b');
    t->report.brief = cli_flag(cli, OPT_SHORT);
    if (t->kind == NMT_SCORE_WORST && t->report.format == NMT_REPORT_TSV)
        cli_misuse(cli, "--worst prints text or json, no tsv");
    bool one = t->n_metrics == 1 && t->files.n_systems == 1;
    if (sentences && !one && t->report.format != NMT_REPORT_TSV)
        cli_misuse(cli, "--sentence with several metrics or systems needs -f tsv");
}

/* The score so far, for who watches a translation being made. */
static void show_progress(void *arg, uint64_t n_lines, const struct nmt_result *results, size_t n)
{
    time_t *last = arg, now = time(NULL);
    char name[NMT_METRIC_NAME_MAX];
    if (now == *last)
        return;
    *last = now;
    fprintf(stderr, "\r%llu lines", (unsigned long long)n_lines);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "  %s %.2f", nmt_metric_name(results[i].metric, name), results[i].score);
    fprintf(stderr, "\033[K");
}

static int print(const struct nmt_buffer *text, const char *path, struct nmt_err *err)
{
    struct nmt_output *out = NULL;
    NMT_TRY(nmt_output_open(&out, path, err));
    int rc = nmt_output_write(out, text->data, text->len, err);
    if (rc == 0)
        return nmt_output_close(&out, err);
    nmt_output_abandon(out);
    return rc;
}

/* One curve for every system, over the middle of each class of length. */
static int draw(const struct nmt_scoring *t, const struct nmt_length_curves *c, const char *path,
                struct nmt_err *err)
{
    char metric[NMT_METRIC_NAME_MAX];
    struct nmt_buffer svg = NMT_BUFFER_INIT;
    size_t n = t->files.n_systems;
    struct nmt_curve *curves = calloc(n, sizeof *curves);
    nmt_metric_name(&t->metrics[0], metric);
    for (size_t s = 0; curves && s < n; s++) {
        bool is_stdin = strcmp(t->files.systems[s], "-") == 0;
        curves[s] = (struct nmt_curve){ is_stdin ? "(stdin)" : t->files.systems[s], c->x,
                                        c->y + s * c->n, c->n };
    }
    struct nmt_chart chart = { "Score by length of the source sentence", "words of the source",
                               metric, curves, n };
    int rc = curves ? nmt_chart_svg(&chart, &svg, err)
                    : nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu curves", n);
    if (rc == 0)
        rc = print(&svg, path, err);
    nmt_buffer_release(&svg);
    free(curves);
    return rc;
}

int main(int argc, char **argv)
{
    struct cli cli =
        CLI_INIT("nmt-bleu", "[options] REF... < HYPOTHESIS\n[options] REF... -i HYPOTHESIS...",
                 "Scores translations against references, as sacreBLEU does.", opts);
    struct nmt_err err = NMT_ERR_INIT;
    struct nmt_scoring t = { .n_metrics = 0 };
    struct nmt_threads *threads = NULL;
    struct nmt_buffer report = NMT_BUFFER_INIT;
    struct nmt_length_curves curves = { 0, NULL, NULL };
    const time_t started = time(NULL);
    time_t shown = started;

    cli_parse(&cli, argc, argv);
    choose_metrics(&t, &cli);
    const char **systems = choose_systems(&t, &cli);
    choose_references(&t, &cli);
    choose_kind(&t, &cli);
    choose_report(&t, &cli);
    size_t n_threads = (size_t)cli_int(&cli, 'j', 0, 1, 1024);
    const char *svg = cli_value(&cli, OPT_SVG, NULL);
    t.curves = svg ? &curves : NULL;
    if (isatty(STDERR_FILENO) && !cli_flag(&cli, 'q')) {
        t.progress = show_progress;
        t.progress_arg = &shown;
    }
    if (!systems)
        nmt_fail(&err, NMT_ENOMEM, 0, "out of memory");
    else if (nmt_threads_new(&threads, n_threads, &err) == 0 &&
             nmt_scoring_run(&t, threads, &report, &err) == 0 &&
             (!svg || draw(&t, &curves, svg, &err) == 0))
        print(&report, NULL, &err);
    if (t.progress && shown != started)
        fprintf(stderr, "\r\033[K");
    nmt_threads_free(threads);
    nmt_buffer_release(&report);
    nmt_length_curves_release(&curves);
    free(systems);
    return cli_finish(&cli, &err);
}
