/* The options of nmt-bleu, its own and sacreBLEU's, and what they ask for. */
#include "bleu_options.h"
#include "files.h"

#include <nmt/number.h>
#include <nmt/worst.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum {
    OPT_SMOOTH_VALUE = 256,
    OPT_LOWERCASE,
    OPT_SENTENCE,
    OPT_SHORT,
    OPT_EXACT,
    OPT_REFS_TAB,
    OPT_NUM_REFS,
    OPT_MAX_ORDER,
    OPT_EFFECTIVE,
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
    OPT_NOTHING, /* accepted, and without effect here */
};

const struct cli_opt bleu_options[] = {
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
    { OPT_NUM_REFS, "num-refs", "N", "the same, with N references in every line" },
    { 'o', "output", "FILE", "write there instead of stdout" },
    { 'f', "format", "NAME", "json (default), text, tsv, latex" },
    { 'w', "width", "N", "decimals (default: 1)" },
    { 'b', "score-only", NULL, "text, json: nothing but the number" },
    { OPT_SHORT, "short", NULL, "short signature" },
    { 'j', "threads", "N", "threads (default: all processors)" },
    { 'q', "quiet", NULL, "do not show the score so far" },
    { 't', "tok", "NAME", NULL },
    { OPT_SMOOTH_VALUE, "sv", "X", NULL },
    { OPT_LOWERCASE, "lc", NULL, NULL },
    { OPT_SENTENCE, "sentence-level", NULL, NULL },
    { OPT_SENTENCE, "sl", NULL, NULL },
    { OPT_SHORT, "sh", NULL, NULL },
    { OPT_NUM_REFS, "nr", "N", NULL },
    { 'e', "encoding", "NAME", NULL },
    { OPT_NOTHING, "force", NULL, NULL },
    { OPT_NOTHING, "no-color", NULL, NULL },
    { OPT_NOTHING, "nc", NULL, NULL },
    { OPT_CHRF_CHARS, "cc", "N", NULL },
    { OPT_CHRF_WORDS, "cw", "N", NULL },
    { OPT_CONFIDENCE, "ci", NULL, NULL },
    { OPT_CONFIDENCE_N, "cin", "N", NULL },
    { OPT_PAIRED_BS, "pbs", NULL, NULL },
    { OPT_PAIRED_BS_N, "pbsn", "N", NULL },
    { OPT_PAIRED_AR, "par", NULL, NULL },
    { OPT_PAIRED_AR_N, "parn", "N", NULL },
    { OPT_PAIRED_AR_N, "part", "N", NULL },
    { 'j', "paired-jobs", "N", NULL },
    { CLI_HELP, "h", NULL, NULL },
    { CLI_VERSION, "V", NULL, NULL },
    CLI_COMMON_PLAIN,
    CLI_END,
};

static void set_bleu(const struct cli *cli, struct nmt_bleu_options *o)
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

static void set_chrf(const struct cli *cli, struct nmt_chrf_options *o)
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

static void set_ter(const struct cli *cli, struct nmt_ter_options *o)
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
        set_bleu(cli, &m->bleu);
        set_chrf(cli, &m->chrf);
        set_ter(cli, &m->ter);
    }
}

/* The systems in order, the baseline first; a file that is the baseline again is left out. */
static int choose_systems(struct bleu_job *job, const struct cli *cli, struct nmt_err *err)
{
    const char *baseline = cli_value(cli, OPT_PAIRED, NULL);
    bool paired = baseline || cli_flag(cli, OPT_PAIRED_BS) || cli_flag(cli, OPT_PAIRED_AR);
    size_t n = 0;
    job->systems = calloc(cli_count(cli, 'i') + 2, sizeof *job->systems);
    if (!job->systems)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the systems");
    if (baseline)
        job->systems[n++] = baseline;
    for (size_t i = 0; i < cli_count(cli, 'i'); i++) {
        const char *path = cli_nth(cli, 'i', i);
        if (!paired || n == 0 || strcmp(path, job->systems[0]) != 0)
            job->systems[n++] = path;
    }
    if (!cli_flag(cli, 'i'))
        job->systems[n++] = "-";
    if (baseline && n < 2)
        cli_misuse(cli, "--paired: there is no other system than '%s'", baseline);
    if (paired && n < 2)
        cli_misuse(cli, "a paired test needs two systems or more");
    if (cli_flag(cli, OPT_CONFIDENCE) && n > 1)
        cli_misuse(cli, "--confidence is for one system; --paired-bs has intervals for several");
    job->scoring.files.systems = job->systems;
    job->scoring.files.n_systems = n;
    return 0;
}

static void choose_references(struct nmt_corpus_files *f, const struct cli *cli)
{
    if (cli->n_operands == 0)
        cli_misuse(cli, "no reference%s",
                   cli_flag(cli, 'i') ? "; references stand before -i, or behind --" : "");
    f->refs = (const char *const *)cli->operands;
    f->n_refs = cli->n_operands;
    int64_t n = cli_int(cli, OPT_NUM_REFS, 1, 1, 1000000);
    f->refs_tab = cli_flag(cli, OPT_REFS_TAB) || n > 1;
    f->refs_each = n > 1 ? (size_t)n : 0;
    if (f->refs_tab && f->n_refs != 1)
        cli_misuse(cli, "--%s takes one file of references", n > 1 ? "num-refs" : "refs-tab");
}

static void check_encoding(const struct cli *cli)
{
    const char *name = cli_value(cli, 'e', "utf-8");
    if (strcasecmp(name, "utf-8") != 0 && strcasecmp(name, "utf8") != 0)
        cli_misuse(cli, "--encoding: '%s' cannot be read, only utf-8 (iconv converts)", name);
}

/* What an option says, or else a variable of the environment, whose name *what becomes then. */
static const char *option_or_variable(const struct cli *cli, int key, const char *variable,
                                      const char **what)
{
    const char *from_environment = getenv(variable);
    if (cli_flag(cli, key) || !from_environment)
        return cli_value(cli, key, NULL);
    *what = variable;
    return from_environment;
}

/* "none" is a seed that nobody chose. */
static void choose_seed(struct nmt_scoring *t, const struct cli *cli)
{
    const char *what = "--seed";
    const char *text = option_or_variable(cli, OPT_SEED, "SACREBLEU_SEED", &what);
    int64_t seed;
    struct nmt_err err = NMT_ERR_INIT;
    struct timespec now;
    t->seed_text = text ? text : "12345";
    if (strcasecmp(t->seed_text, "none") == 0) {
        clock_gettime(CLOCK_REALTIME, &now);
        t->seed_text = "none";
        t->seed = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid() << 20;
    } else if (nmt_number_int(&seed, t->seed_text, 0, INT64_MAX, what, &err) < 0) {
        cli_misuse(cli, "%s", err.msg);
    } else {
        t->seed = (uint64_t)seed;
    }
}

/* Options that mean nothing without another one are more likely a slip than a wish. */
static void check_company(const struct cli *cli)
{
    static const struct {
        int key, needs;
        const char *message;
    } rules[] = {
        { OPT_SVG, OPT_BY_LENGTH, "--svg needs --by-length" },
        { OPT_LENGTH_STEP, OPT_BY_LENGTH, "--length-step needs --by-length" },
        { OPT_SOURCE, OPT_WORST, "--source needs --worst" },
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (cli_flag(cli, rules[i].key) && !cli_flag(cli, rules[i].needs))
            cli_misuse(cli, "%s", rules[i].message);
}

static void choose_kind(struct nmt_scoring *t, const struct cli *cli)
{
    static const struct {
        int key;
        enum nmt_scoring_kind kind;
    } kinds[] = {
        { OPT_SENTENCE, NMT_SCORE_SENTENCES },  { OPT_CONFIDENCE, NMT_SCORE_CONFIDENCE },
        { OPT_PAIRED_BS, NMT_SCORE_PAIRED_BS }, { OPT_PAIRED_AR, NMT_SCORE_PAIRED_AR },
        { OPT_BY_LENGTH, NMT_SCORE_BY_LENGTH }, { OPT_WORST, NMT_SCORE_WORST },
    };
    size_t asked = 0;
    t->kind = cli_flag(cli, OPT_PAIRED) ? NMT_SCORE_PAIRED_BS : NMT_SCORE_CORPUS;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (cli_flag(cli, kinds[i].key)) {
            t->kind = kinds[i].kind;
            asked++;
        }
    if (asked > 1)
        cli_misuse(cli, "--sentence, --confidence, --paired-bs, --paired-ar, --by-length and "
                        "--worst exclude one another");
}

static void choose_numbers(struct nmt_scoring *t, const struct cli *cli)
{
    const int64_t most = 10000000;
    switch (t->kind) {
    case NMT_SCORE_CONFIDENCE:
        t->n_samples = (size_t)cli_int(cli, OPT_CONFIDENCE_N, 1000, 1, most);
        break;
    case NMT_SCORE_PAIRED_BS:
        t->n_samples = (size_t)cli_int(cli, OPT_PAIRED_BS_N, 1000, 1, most);
        break;
    case NMT_SCORE_PAIRED_AR:
        t->n_samples = (size_t)cli_int(cli, OPT_PAIRED_AR_N, 10000, 1, most);
        break;
    case NMT_SCORE_BY_LENGTH:
        t->length_step = (size_t)cli_int(cli, OPT_LENGTH_STEP, 10, 1, 1000000);
        t->files.source = cli_value(cli, OPT_BY_LENGTH, NULL);
        break;
    case NMT_SCORE_WORST:
        t->n_worst = (size_t)cli_int(cli, OPT_WORST, 10, 1, NMT_WORST_MAX);
        t->files.source = cli_value(cli, OPT_SOURCE, NULL);
        break;
    case NMT_SCORE_CORPUS:
    case NMT_SCORE_SENTENCES:
        break;
    }
    if (t->n_samples || cli_flag(cli, OPT_SEED))
        choose_seed(t, cli);
}

/* sacreBLEU heeds SACREBLEU_FORMAT when it is one of its formats; a sentence's score is text. */
static enum nmt_report_format choose_format(const struct nmt_scoring *t, const struct cli *cli)
{
    static const char *const formats[] = { "text", "json", "tsv", "latex", NULL };
    const char *variable = getenv("SACREBLEU_FORMAT");
    if (!cli_flag(cli, 'f') && t->kind == NMT_SCORE_SENTENCES)
        return NMT_REPORT_TEXT;
    if (!cli_flag(cli, 'f') && t->kind != NMT_SCORE_WORST && variable)
        for (size_t i = 0; formats[i]; i++)
            if (strcasecmp(variable, formats[i]) == 0)
                return (enum nmt_report_format)i;
    return (enum nmt_report_format)cli_choice(cli, 'f', formats, NMT_REPORT_JSON);
}

static void choose_report(struct nmt_scoring *t, const struct cli *cli)
{
    bool one = t->n_metrics == 1 && t->files.n_systems == 1;
    enum nmt_report_format format = choose_format(t, cli);
    t->report.format = format;
    t->report.width = (unsigned)cli_int(cli, 'w', 1, 0, 30);
    t->report.score_only = cli_flag(cli, 'b');
    t->report.brief = cli_flag(cli, OPT_SHORT);
    if (t->kind == NMT_SCORE_WORST && format != NMT_REPORT_TEXT && format != NMT_REPORT_JSON)
        cli_misuse(cli, "--worst prints text or json");
    if (t->kind == NMT_SCORE_SENTENCES && format == NMT_REPORT_LATEX)
        cli_misuse(cli, "--sentence prints text, json or tsv");
    if (t->kind == NMT_SCORE_SENTENCES && !one && format != NMT_REPORT_TSV)
        cli_misuse(cli, "--sentence with several metrics or systems needs -f tsv");
}

static void choose_output(struct bleu_job *job, const struct cli *cli)
{
    job->output = cli_value(cli, 'o', NULL);
    job->svg = cli_value(cli, OPT_SVG, NULL);
    job->n_threads = (size_t)cli_int(cli, 'j', 0, 0, 1024);
    job->quiet = cli_flag(cli, 'q');
    if (job->svg && files_are_one(job->svg, job->output ? job->output : "-"))
        cli_misuse(cli, "--svg and the report cannot go to the same place");
}

int bleu_job_init(struct bleu_job *job, const struct cli *cli, struct nmt_err *err)
{
    check_company(cli);
    check_encoding(cli);
    choose_metrics(&job->scoring, cli);
    NMT_TRY(choose_systems(job, cli, err));
    choose_references(&job->scoring.files, cli);
    choose_kind(&job->scoring, cli);
    choose_numbers(&job->scoring, cli);
    choose_report(&job->scoring, cli);
    choose_output(job, cli);
    return 0;
}

void bleu_job_release(struct bleu_job *job)
{
    free(job->systems);
    job->systems = NULL;
}
