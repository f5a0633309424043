/* A batch of lines is scored by all threads at once, then added up by one, in order. */
#include <nmt/evaluate.h>

#include <stdlib.h>

/* Lines of a batch: for several workers, who wait for one another at its end, many; for one alone
 * few, which stay in the cache and take few pages from the system. And lines of one task. */
#define BATCH       2048
#define BATCH_ALONE 256
#define CHUNK       64

struct work {
    struct nmt_evaluation *e;
    struct nmt_metric **metrics; /* [workers][n_metrics] */
    const struct nmt_corpus_line *lines;
    size_t n_lines, width;
    size_t batch;         /* lines of one, a multiple of CHUNK */
    double *rows;         /* [batch][width] */
    struct nmt_err *errs; /* [batch / CHUNK] of each task */
};

size_t nmt_evaluation_at(const struct nmt_evaluation *e, size_t system, size_t metric)
{
    size_t all = 0, before = 0;
    for (size_t i = 0; i < e->n_metrics; i++) {
        before += i < metric ? nmt_metric_width(&e->metrics[i]) : 0;
        all += nmt_metric_width(&e->metrics[i]);
    }
    return system * all + before;
}

size_t nmt_evaluation_width(const struct nmt_evaluation *e)
{
    return nmt_evaluation_at(e, e->n_systems, 0);
}

static int score_line(struct work *w, size_t i, struct nmt_metric **metrics, struct nmt_err *err)
{
    const struct nmt_corpus_line *l = &w->lines[i];
    double *row = w->rows + i * w->width;
    for (size_t s = 0; s < w->e->n_systems; s++)
        for (size_t m = 0; m < w->e->n_metrics; m++) {
            NMT_TRY(nmt_metric_line(metrics[m], l->hyps[s], l->hyp_lens[s], l->refs, l->ref_lens,
                                    l->n_refs, row, err));
            row += nmt_metric_width(&w->e->metrics[m]);
        }
    return 0;
}

static void score_chunk(void *arg, size_t task, size_t worker)
{
    struct work *w = arg;
    size_t end = (task + 1) * CHUNK < w->n_lines ? (task + 1) * CHUNK : w->n_lines;
    for (size_t i = task * CHUNK; i < end; i++)
        if (score_line(w, i, w->metrics + worker * w->e->n_metrics, &w->errs[task]) < 0)
            return;
}

static int add_up(struct work *w, struct nmt_err *err)
{
    struct nmt_evaluation *e = w->e;
    for (size_t i = 0; i < w->n_lines; i++) {
        const double *row = w->rows + i * w->width;
        for (size_t k = 0; k < w->width; k++)
            e->sums[k] += row[k];
        if (e->n_lines == 0)
            e->n_refs = w->lines[i].n_refs;
        else if (e->n_refs != w->lines[i].n_refs)
            e->n_refs = 0;
        e->n_lines++;
        if (e->each)
            NMT_TRY(e->each(e->arg, &w->lines[i], row, err));
    }
    return 0;
}

static int run(struct work *w, struct nmt_corpus *c, struct nmt_threads *threads,
               struct nmt_err *err)
{
    int rc;
    while ((rc = nmt_corpus_read(c, w->batch, &w->lines, &w->n_lines, err)) == 1) {
        size_t n_tasks = (w->n_lines + CHUNK - 1) / CHUNK;
        nmt_threads_run(threads, n_tasks, score_chunk, w);
        for (size_t t = 0; t < n_tasks; t++)
            if (w->errs[t].code)
                return nmt_fail(err, w->errs[t].code, w->errs[t].at, "%s", w->errs[t].msg);
        NMT_TRY(add_up(w, err));
        if (w->e->batch)
            w->e->batch(w->e->arg, w->n_lines < w->batch);
    }
    return rc;
}

int nmt_evaluate(struct nmt_evaluation *e, struct nmt_corpus *c, struct nmt_threads *threads,
                 struct nmt_err *err)
{
    size_t workers = threads ? nmt_threads_count(threads) : 1;
    struct work w = { .e = e, .width = nmt_evaluation_width(e) };
    w.batch = workers > 1 ? BATCH : BATCH_ALONE;
    int rc = 0;
    e->n_lines = 0;
    e->sums = calloc(w.width + 1, sizeof *e->sums);
    w.rows = calloc(w.batch * w.width + 1, sizeof *w.rows);
    w.errs = calloc(w.batch / CHUNK, sizeof *w.errs);
    w.metrics = calloc(workers * e->n_metrics + 1, sizeof(struct nmt_metric *));
    if (!e->sums || !w.rows || !w.errs || !w.metrics)
        rc = nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu systems", e->n_systems);
    for (size_t i = 0; rc == 0 && i < workers * e->n_metrics; i++)
        rc = nmt_metric_new(&w.metrics[i], &e->metrics[i % e->n_metrics], err);
    if (rc == 0)
        rc = run(&w, c, threads, err);
    for (size_t i = 0; w.metrics && i < workers * e->n_metrics; i++)
        nmt_metric_free(w.metrics[i]);
    free(w.metrics);
    free(w.errs);
    free(w.rows);
    if (rc < 0)
        nmt_evaluation_release(e);
    return rc;
}

void nmt_evaluation_release(struct nmt_evaluation *e)
{
    free(e->sums);
    e->sums = NULL;
}
