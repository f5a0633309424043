/* A job of nmt-bleu from files to report. */
#include <nmt/by_length.h>
#include <nmt/report_lines.h>
#include <nmt/resample.h>
#include <nmt/scoring.h>
#include <nmt/worst.h>

#include <math.h>

#include <stdlib.h>
#include <string.h>

/* Bytes of a report between two visits to the place where all of it goes. */
#define PIECE ((size_t)1 << 16)

struct job {
    const struct nmt_scoring *s;
    struct nmt_evaluation evaluation;
    struct nmt_report report;
    struct nmt_resample lines; /* what resampling needs of them */
    const char **names;        /* [n_systems] as they are shown, in name_text */
    struct nmt_buffer name_text;
    struct nmt_by_length by_length;
    struct nmt_worst *worst; /* [n_systems], the first unused if there are several */
    struct nmt_buffer *out;  /* the report, or what is not in all of it yet */
    struct nmt_spool *all;
};

static bool is_resampled(const struct nmt_scoring *s)
{
    return s->kind == NMT_SCORE_CONFIDENCE || s->kind == NMT_SCORE_PAIRED_BS ||
           s->kind == NMT_SCORE_PAIRED_AR;
}

/* The result of a system by a metric out of rows laid out as an evaluation's. */
static struct nmt_result result_of(const struct job *j, const double *rows, size_t system,
                                   size_t metric)
{
    const double *row = rows + nmt_evaluation_at(&j->evaluation, system, metric);
    return (struct nmt_result){
        .metric = &j->s->metrics[metric],
        .row = row,
        .score = nmt_metric_score(&j->s->metrics[metric], row),
    };
}

/* --- sentences --------------------------------------------------------------------------- */

static int add_heading(const struct job *j, struct nmt_err *err)
{
    char name[NMT_METRIC_NAME_MAX];
    NMT_TRY(nmt_buffer_adds(j->out, "line", err));
    for (size_t s = 0; s < j->s->files.n_systems; s++)
        for (size_t m = 0; m < j->s->n_metrics; m++) {
            NMT_TRY(nmt_buffer_addc(j->out, '\t', err));
            if (j->s->files.n_systems > 1)
                NMT_TRY(nmt_buffer_addf(j->out, err, "%s ", j->names[s]));
            NMT_TRY(nmt_buffer_adds(j->out, nmt_metric_name(&j->s->metrics[m], name), err));
        }
    return nmt_buffer_addc(j->out, '\n', err);
}

static int add_sentence(struct job *j, const struct nmt_corpus_line *line, const double *rows,
                        struct nmt_err *err)
{
    j->report.how.n_refs = line->n_refs;
    if (j->report.format != NMT_REPORT_TSV) {
        struct nmt_result r = result_of(j, rows, 0, 0);
        return nmt_report_score(&j->report, &r, j->out, err);
    }
    NMT_TRY(nmt_buffer_addf(j->out, err, "%llu", (unsigned long long)line->number));
    for (size_t s = 0; s < j->s->files.n_systems; s++)
        for (size_t m = 0; m < j->s->n_metrics; m++)
            NMT_TRY(nmt_buffer_addf(j->out, err, "\t%.*f", (int)j->report.width,
                                    result_of(j, rows, s, m).score));
    return nmt_buffer_addc(j->out, '\n', err);
}

/* Nobody may see it until all files are known to have the same number of lines. */
static int put_away(struct job *j, struct nmt_err *err)
{
    NMT_TRY(nmt_spool_add(j->all, j->out->data, j->out->len, err));
    j->out->len = 0;
    return 0;
}

/* --- by length, and the worst ------------------------------------------------------------ */

void nmt_length_curves_release(struct nmt_length_curves *c)
{
    free(c->x); /* the others lie behind it */
    *c = (struct nmt_length_curves){ .n = 0 };
}

static int fill_curves(const struct job *j, struct nmt_length_curves *c, struct nmt_err *err)
{
    const struct nmt_by_length *b = &j->by_length;
    size_t n_systems = j->s->files.n_systems, most = b->n_classes;
    uint64_t from, to;
    c->x = calloc(most * (4 + n_systems) + 1, sizeof *c->x);
    if (!c->x)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu classes", most);
    c->from = c->x + most;
    c->to = c->from + most;
    c->count = c->to + most;
    c->y = c->count + most;
    for (size_t k = 1; k < most; k++)
        c->n += b->counts[k] > 0;
    for (size_t k = 1, at = 0; k < most; k++) {
        if (b->counts[k] == 0)
            continue;
        nmt_by_length_range(b, k, &from, &to);
        c->from[at] = (double)from - 0.5;
        c->to[at] = (double)(to ? to : from) + 0.5;
        c->x[at] = (c->from[at] + c->to[at]) / 2;
        c->count[at] = (double)b->counts[k];
        for (size_t s = 0; s < n_systems; s++)
            c->y[s * c->n + at] = nmt_by_length_score(b, &j->evaluation, k, s, 0);
        at++;
    }
    return 0;
}

static int report_by_length(struct job *j, struct nmt_err *err)
{
    j->report.how = (struct nmt_provenance){ .n_refs = j->evaluation.n_refs };
    NMT_TRY(nmt_report_by_length(&j->report, &j->by_length, &j->evaluation, j->names, j->out, err));
    return j->s->curves ? fill_curves(j, j->s->curves, err) : 0;
}

/* Sentence scores want the effective order. */
static struct nmt_metric_options sentence_metric(const struct job *j)
{
    struct nmt_metric_options m = j->s->metrics[0];
    m.bleu.effective_order = true;
    return m;
}

/* Against the reference, a line that is one of them has lost nothing, whatever the metric says of
 * empty lines. */
static bool is_a_reference(const struct nmt_corpus_line *line, size_t s)
{
    for (size_t i = 0; i < line->n_refs; i++)
        if (line->ref_lens[i] == line->hyp_lens[s] &&
            memcmp(line->refs[i], line->hyps[s], line->hyp_lens[s]) == 0)
            return true;
    return false;
}

static int look_for_worst(struct job *j, const struct nmt_corpus_line *line, const double *rows,
                          struct nmt_err *err)
{
    struct nmt_metric_options metric = sentence_metric(j);
    bool is_error = nmt_metric_is_error_rate(&metric);
    double base = nmt_metric_score(&metric, rows);
    size_t n = j->s->files.n_systems;
    if (n == 1 && is_a_reference(line, 0))
        return 0;
    if (n == 1)
        return nmt_worst_add(&j->worst[0], line, 0, base, NAN, is_error ? base : 100 - base, err);
    for (size_t s = 1; s < n; s++) {
        double score = nmt_metric_score(&metric, rows + nmt_evaluation_at(&j->evaluation, s, 0));
        double loss = is_error ? score - base : base - score;
        if (loss > 0)
            NMT_TRY(nmt_worst_add(&j->worst[s], line, s, score, base, loss, err));
    }
    return 0;
}

static int report_worst(struct job *j, struct nmt_err *err)
{
    struct nmt_metric_options metric = sentence_metric(j);
    size_t n = j->s->files.n_systems;
    for (size_t s = n > 1; s < n; s++) {
        if (s > 1 && j->report.format == NMT_REPORT_TEXT)
            NMT_TRY(nmt_buffer_addc(j->out, '\n', err));
        NMT_TRY(nmt_report_worst(&j->report, &j->worst[s], &metric, j->names[s],
                                 n > 1 ? j->names[0] : NULL, j->out, err));
    }
    return 0;
}

/* --- lines as they come ------------------------------------------------------------------ */

static int each_line(void *arg, const struct nmt_corpus_line *line, const double *rows,
                     struct nmt_err *err)
{
    struct job *j = arg;
    if (j->s->kind == NMT_SCORE_SENTENCES)
        NMT_TRY(add_sentence(j, line, rows, err));
    if (j->s->kind == NMT_SCORE_BY_LENGTH)
        NMT_TRY(nmt_by_length_add(&j->by_length, &j->evaluation, line, rows, err));
    if (j->s->kind == NMT_SCORE_WORST)
        NMT_TRY(look_for_worst(j, line, rows, err));
    if (is_resampled(j->s))
        NMT_TRY(nmt_resample_add(&j->lines, rows, err));
    return j->out->len < PIECE ? 0 : put_away(j, err);
}

/* The system whose score is told on the way: the one that is being made. */
static size_t watched(const struct nmt_corpus_files *f)
{
    for (size_t s = 0; s < f->n_systems; s++)
        if (strcmp(f->systems[s], "-") == 0)
            return s;
    return 0;
}

static void each_batch(void *arg, bool pause)
{
    struct job *j = arg;
    struct nmt_result results[NMT_METRIC_KINDS];
    for (size_t m = 0; m < j->s->n_metrics; m++)
        results[m] = result_of(j, j->evaluation.sums, watched(&j->s->files), m);
    j->s->progress(j->s->progress_arg, j->evaluation.n_lines, results, j->s->n_metrics, pause);
}

static int evaluate(struct job *j, struct nmt_threads *threads, struct nmt_err *err)
{
    struct nmt_corpus *corpus = NULL;
    j->evaluation = (struct nmt_evaluation){
        .metrics = j->s->metrics,
        .n_metrics = j->s->n_metrics,
        .n_systems = j->s->files.n_systems,
        .each = each_line,
        .batch = j->s->progress ? each_batch : NULL,
        .arg = j,
    };
    NMT_TRY(nmt_corpus_open(&corpus, &j->s->files, err));
    if (j->s->progress)
        nmt_corpus_pace(corpus, j->s->progress_ms);
    int rc = nmt_evaluate(&j->evaluation, corpus, threads, err);
    nmt_corpus_close(corpus);
    return rc;
}

/* --- results ----------------------------------------------------------------------------- */

static int resample(const struct job *j, struct nmt_result *results, struct nmt_err *err)
{
    bool randomized = j->s->kind == NMT_SCORE_PAIRED_AR;
    size_t n = j->s->files.n_systems * j->s->n_metrics;
    struct nmt_resampled *samples = calloc(n, sizeof *samples);
    if (!samples)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu systems", n);
    int rc = nmt_resample_run(&j->lines, samples, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        results[i].has_interval = !randomized;
        results[i].mean = samples[i].mean;
        results[i].half_width = samples[i].half_width;
        results[i].has_p = i >= j->s->n_metrics;
        results[i].p = samples[i].p;
    }
    free(samples);
    return rc;
}

static int report(struct job *j, struct nmt_err *err)
{
    size_t n_systems = j->s->files.n_systems, n_metrics = j->s->n_metrics;
    struct nmt_provenance *how = &j->report.how;
    struct nmt_result *results = calloc(n_systems * n_metrics, sizeof *results);
    if (!results)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu systems", n_systems);
    for (size_t i = 0; i < n_systems * n_metrics; i++)
        results[i] = result_of(j, j->evaluation.sums, i / n_metrics, i % n_metrics);
    *how = (struct nmt_provenance){ .n_refs = j->evaluation.n_refs };
    int rc = 0;
    if (is_resampled(j->s)) {
        how->seed = j->s->seed_text;
        *(j->s->kind == NMT_SCORE_PAIRED_AR ? &how->randomizations : &how->bootstraps) =
            j->s->n_samples;
        rc = resample(j, results, err);
    }
    if (rc == 0)
        rc = n_systems > 1 || j->report.format == NMT_REPORT_TSV ||
                     j->report.format == NMT_REPORT_LATEX
                 ? nmt_report_systems(&j->report, j->names, n_systems, results, n_metrics, j->out,
                                      err)
                 : nmt_report_single(&j->report, results, n_metrics, j->out, err);
    free(results);
    return rc;
}

/* What the systems are called. Control characters, which would break a table, become '?'; where a
 * difference is tested, the first system's name says what it is. */
static int name_systems(struct job *j, struct nmt_err *err)
{
    const struct nmt_corpus_files *f = &j->s->files;
    struct nmt_buffer *text = &j->name_text;
    for (size_t i = 0; i < f->n_systems; i++) {
        bool baseline = i == 0 && f->n_systems > 1 && is_resampled(j->s);
        const char *name = nmt_corpus_name(f->systems[i]);
        NMT_TRY(nmt_buffer_adds(text, baseline ? "Baseline: " : "", err));
        NMT_TRY(nmt_buffer_add(text, name, strlen(name) + 1, err));
    }
    char *p = text->data;
    for (size_t i = 0; i < f->n_systems; i++) {
        j->names[i] = p;
        for (; *p; p++)
            if ((unsigned char)*p < 0x20 || *p == 0x7F)
                *p = '?';
        p++;
    }
    return 0;
}

static int prepare(struct job *j, struct nmt_err *err)
{
    const struct nmt_scoring *s = j->s;
    j->names = calloc(s->files.n_systems, sizeof *j->names);
    j->worst = calloc(s->files.n_systems, sizeof *j->worst);
    if (!j->names || !j->worst)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu systems", s->files.n_systems);
    NMT_TRY(name_systems(j, err));
    for (size_t i = 0; i < s->files.n_systems; i++)
        j->worst[i].most = s->n_worst;
    j->by_length.step = s->length_step;
    return s->kind == NMT_SCORE_SENTENCES && s->report.format == NMT_REPORT_TSV
               ? add_heading(j, err)
               : 0;
}

static int finish(struct job *j, struct nmt_err *err)
{
    switch (j->s->kind) {
    case NMT_SCORE_SENTENCES:
        return 0;
    case NMT_SCORE_BY_LENGTH:
        return report_by_length(j, err);
    case NMT_SCORE_WORST:
        return report_worst(j, err);
    case NMT_SCORE_CORPUS:
    case NMT_SCORE_CONFIDENCE:
    case NMT_SCORE_PAIRED_BS:
    case NMT_SCORE_PAIRED_AR:
        break;
    }
    return report(j, err);
}

int nmt_scoring_run(const struct nmt_scoring *s, struct nmt_threads *threads, struct nmt_spool *out,
                    struct nmt_err *err)
{
    struct nmt_buffer text = NMT_BUFFER_INIT;
    struct job j = { .s = s, .report = s->report, .out = &text, .all = out };
    j.lines = (struct nmt_resample){
        .test = s->kind == NMT_SCORE_PAIRED_AR ? NMT_RESAMPLE_RANDOMIZE : NMT_RESAMPLE_BOOTSTRAP,
        .metrics = s->metrics,
        .n_metrics = s->n_metrics,
        .n_systems = s->files.n_systems,
        .n_samples = s->n_samples,
        .seed = s->seed,
        .threads = threads,
        .progress = s->resampling,
        .progress_arg = s->progress_arg,
    };
    int rc = prepare(&j, err);
    if (rc == 0)
        rc = evaluate(&j, threads, err);
    if (rc == 0)
        rc = finish(&j, err);
    if (rc == 0)
        rc = put_away(&j, err);
    for (size_t i = 0; j.worst && i < s->files.n_systems; i++)
        nmt_worst_release(&j.worst[i]);
    nmt_by_length_release(&j.by_length);
    nmt_evaluation_release(&j.evaluation);
    nmt_resample_release(&j.lines);
    nmt_buffer_release(&j.name_text);
    nmt_buffer_release(&text);
    free(j.worst);
    free(j.names);
    return rc;
}
