/* A job of nmt-bleu from files to report. */
#include <nmt/resample.h>
#include <nmt/scoring.h>

#include <stdlib.h>
#include <string.h>

struct job {
    const struct nmt_scoring *s;
    struct nmt_evaluation evaluation;
    struct nmt_report report;
    struct nmt_buffer rows; /* doubles of all lines, for resampling */
    struct nmt_buffer *out;
};

static bool keeps_rows(const struct nmt_scoring *s)
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
                NMT_TRY(nmt_buffer_addf(j->out, err, "%s ", j->s->files.systems[s]));
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

/* --- lines as they come ------------------------------------------------------------------ */

static int each_line(void *arg, const struct nmt_corpus_line *line, const double *rows,
                     struct nmt_err *err)
{
    struct job *j = arg;
    if (j->s->kind == NMT_SCORE_SENTENCES)
        NMT_TRY(add_sentence(j, line, rows, err));
    if (keeps_rows(j->s))
        NMT_TRY(nmt_buffer_add(&j->rows, rows, nmt_evaluation_width(&j->evaluation) * sizeof *rows,
                               err));
    return 0;
}

static void each_batch(void *arg)
{
    struct job *j = arg;
    struct nmt_result results[NMT_METRIC_KINDS];
    for (size_t m = 0; m < j->s->n_metrics; m++)
        results[m] = result_of(j, j->evaluation.sums, 0, m);
    j->s->progress(j->s->progress_arg, j->evaluation.n_lines, results, j->s->n_metrics);
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
    int rc = nmt_evaluate(&j->evaluation, corpus, threads, err);
    nmt_corpus_close(corpus);
    return rc;
}

/* --- results ----------------------------------------------------------------------------- */

static int resample(const struct job *j, struct nmt_threads *threads, struct nmt_result *results,
                    struct nmt_err *err)
{
    size_t n = j->s->files.n_systems * j->s->n_metrics;
    struct nmt_resampled *samples = calloc(n, sizeof *samples);
    if (!samples)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu systems", n);
    struct nmt_resample r = {
        .metrics = j->s->metrics,
        .n_metrics = j->s->n_metrics,
        .n_systems = j->s->files.n_systems,
        .rows = (const double *)(const void *)j->rows.data,
        .n_lines = j->evaluation.n_lines,
        .n_samples = j->s->n_samples,
        .seed = j->s->seed,
        .threads = threads,
    };
    bool randomized = j->s->kind == NMT_SCORE_PAIRED_AR;
    int rc = randomized ? nmt_resample_randomize(&r, samples, err)
                        : nmt_resample_bootstrap(&r, samples, err);
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

/* Where a difference is tested, the first system's name says what it is. */
static int report_systems(const struct job *j, const struct nmt_result *results,
                          struct nmt_err *err)
{
    const char *const *given = j->s->files.systems;
    size_t n = j->s->files.n_systems;
    struct nmt_buffer baseline = NMT_BUFFER_INIT;
    const char **names = calloc(n, sizeof *names);
    int rc = names ? nmt_buffer_addf(&baseline, err, "Baseline: %s", given[0])
                   : nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu systems", n);
    if (rc == 0) {
        for (size_t i = 0; i < n; i++)
            names[i] = strcmp(given[i], "-") == 0 ? "(stdin)" : given[i];
        if (keeps_rows(j->s))
            names[0] = nmt_buffer_str(&baseline, err);
        rc = names[0]
                 ? nmt_report_systems(&j->report, names, n, results, j->s->n_metrics, j->out, err)
                 : NMT_ENOMEM;
    }
    nmt_buffer_release(&baseline);
    free(names);
    return rc;
}

static int report(struct job *j, struct nmt_threads *threads, struct nmt_err *err)
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
    if (keeps_rows(j->s)) {
        how->seed = j->s->seed_text;
        *(j->s->kind == NMT_SCORE_PAIRED_AR ? &how->randomizations : &how->bootstraps) =
            j->s->n_samples;
        rc = resample(j, threads, results, err);
    }
    if (rc == 0)
        rc = n_systems > 1 || j->report.format == NMT_REPORT_TSV
                 ? report_systems(j, results, err)
                 : nmt_report_single(&j->report, results, n_metrics, j->out, err);
    free(results);
    return rc;
}

int nmt_scoring_run(const struct nmt_scoring *s, struct nmt_threads *threads,
                    struct nmt_buffer *out, struct nmt_err *err)
{
    struct job j = { .s = s, .report = s->report, .out = out, .rows = NMT_BUFFER_INIT };
    int rc = 0;
    if (s->kind == NMT_SCORE_SENTENCES && s->report.format == NMT_REPORT_TSV)
        rc = add_heading(&j, err);
    if (rc == 0)
        rc = evaluate(&j, threads, err);
    if (rc == 0 && s->kind != NMT_SCORE_SENTENCES)
        rc = report(&j, threads, err);
    nmt_evaluation_release(&j.evaluation);
    nmt_buffer_release(&j.rows);
    return rc;
}
