/* nmt-bleu: hypotheses beside references in, scores out. */
#include "bleu_options.h"
#include "cli.h"

#include <nmt/buffer.h>
#include <nmt/chart.h>
#include <nmt/metric.h>
#include <nmt/output.h>
#include <nmt/scoring.h>
#include <nmt/spool.h>
#include <nmt/threads.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The running score on the terminal's last line. */
struct progress {
    int64_t next; /* milliseconds; when to show the next one */
    bool stands;  /* one is there now */
};

/* Bytes of a report that stay in memory: a score for each of 30,000 lines, say. */
#define LONG_REPORT ((size_t)4 << 20)

/* Milliseconds from one running score to the next. */
#define PERIOD 500

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool is_time(struct progress *p)
{
    if (now() < p->next)
        return false;
    p->next = now() + PERIOD;
    p->stands = true;
    return true;
}

/* The score so far, for who watches a translation being made. */
static void show_progress(void *arg, uint64_t n_lines, const struct nmt_result *results, size_t n,
                          bool pause)
{
    char name[NMT_METRIC_NAME_MAX];
    struct progress *p = arg;
    if (!is_time(p) && !pause) /* what stands while nothing comes must be the last there is */
        return;
    p->stands = true;
    fprintf(stderr, "\r%llu lines", (unsigned long long)n_lines);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "  %s %.2f", nmt_metric_name(results[i].metric, name), results[i].score);
    fprintf(stderr, "\033[K");
}

static void show_resampling(void *arg, size_t done, size_t all)
{
    if (is_time(arg))
        fprintf(stderr, "\rresampling: %zu of %zu\033[K", done, all);
}

static void wipe_progress(struct progress *p)
{
    if (p->stands)
        fprintf(stderr, "\r\033[K");
    p->stands = false;
}

/* Where the results go. */
struct places {
    struct nmt_output *report, *svg; /* svg: NULL without a picture */
};

/* One curve for every system, over the middle of each class of length. */
static int draw(const struct nmt_scoring *t, const struct nmt_length_curves *c,
                struct nmt_buffer *svg, struct nmt_err *err)
{
    char metric[NMT_METRIC_NAME_MAX];
    size_t n = t->files.n_systems;
    struct nmt_curve *curves = calloc(n, sizeof *curves);
    struct nmt_bar *bars = calloc(c->n + 1, sizeof *bars);
    int rc = curves && bars ? 0 : nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the picture");
    for (size_t s = 0; rc == 0 && s < n; s++)
        curves[s] =
            (struct nmt_curve){ nmt_corpus_name(t->files.systems[s]), c->x, c->y + s * c->n, c->n };
    for (size_t k = 0; rc == 0 && k < c->n; k++)
        bars[k] = (struct nmt_bar){ c->from[k], c->to[k], c->count[k] };
    struct nmt_chart chart = {
        .title = "Score by length of the source sentence",
        .x_label = "words of the source",
        .y_label = nmt_metric_name(&t->metrics[0], metric),
        .curves = curves,
        .n_curves = n,
        .bars = bars,
        .n_bars = c->n,
        .bar_label = "sentences",
    };
    if (rc == 0)
        rc = nmt_chart_svg(&chart, svg, err);
    free(curves);
    free(bars);
    return rc;
}

/* Before the work, so that a wrong name does not cost it. */
static int open_places(struct places *p, const struct bleu_job *job, struct nmt_err *err)
{
    NMT_TRY(nmt_output_open(&p->report, job->output, err));
    return job->svg ? nmt_output_open(&p->svg, job->svg, err) : 0;
}

/* Where a report waits that is long; NULL: where it does by default. */
static const char *folder_of_long_reports(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : NULL;
}

static int work(const struct bleu_job *job, struct places *p, struct nmt_threads *threads,
                struct progress *progress, struct nmt_err *err)
{
    struct nmt_spool report = { .folder = folder_of_long_reports(), .most = LONG_REPORT };
    struct nmt_buffer svg = NMT_BUFFER_INIT;
    int rc = nmt_scoring_run(&job->scoring, threads, &report, err);
    wipe_progress(progress); /* the report may go to the same terminal */
    if (rc == 0 && p->svg)
        rc = draw(&job->scoring, job->scoring.curves, &svg, err);
    if (rc == 0 && p->svg)
        rc = nmt_output_write(p->svg, svg.data, svg.len, err);
    if (rc == 0)
        rc = nmt_spool_write(&report, p->report, err);
    if (rc == 0 && p->svg)
        rc = nmt_output_close(&p->svg, err);
    if (rc == 0)
        rc = nmt_output_close(&p->report, err);
    nmt_spool_release(&report);
    nmt_buffer_release(&svg);
    return rc;
}

int main(int argc, char **argv)
{
    struct cli cli =
        CLI_INIT("nmt-bleu", "[options] REF... < HYPOTHESIS\n[options] REF... -i HYPOTHESIS...",
                 "Scores translations against references, as sacreBLEU does.", bleu_options);
    struct nmt_err err = NMT_ERR_INIT;
    struct bleu_job job = { .systems = NULL };
    struct nmt_threads *threads = NULL;
    struct places places = { NULL, NULL };
    struct nmt_length_curves curves = { .n = 0 };
    struct progress progress = { now() + PERIOD, false };

    cli.equals = true; /* sacreBLEU's options are argparse's */
    cli_parse(&cli, argc, argv);
    if (bleu_job_init(&job, &cli, &err) < 0)
        goto done;
    job.scoring.curves = job.svg ? &curves : NULL;
    if (isatty(STDERR_FILENO) && !job.quiet) {
        job.scoring.progress = show_progress;
        job.scoring.progress_ms = PERIOD;
        job.scoring.resampling = show_resampling;
        job.scoring.progress_arg = &progress;
    }
    if (open_places(&places, &job, &err) == 0 &&
        nmt_threads_new(&threads, job.n_threads, &err) == 0)
        work(&job, &places, threads, &progress, &err);
done:
    nmt_output_abandon(places.report);
    nmt_output_abandon(places.svg);
    nmt_threads_free(threads);
    nmt_length_curves_release(&curves);
    bleu_job_release(&job);
    return cli_finish(&cli, &err);
}
