/*
 * Resampling. A sample is a task; what it needs of the random sequence is where in it to begin:
 *
 *   bootstrap       every sample takes n_lines bounded numbers, and a few more where one is
 *                   rejected, so the beginnings are found by one quick run through the sequence;
 *   randomisation   every sample takes n_lines bits, so the beginning is known and jumped to.
 *
 * Bootstrap sums are in single precision, line after line, as the reference's are: that is exact
 * for counts below 2^24 and wrong in the same way beyond. Randomisation is in double precision in
 * both. So of a line are kept
 *
 *   bootstrap       its row, in single precision;
 *   randomisation   how much the sums of the first system and of another one change when the line
 *                   is exchanged between them: for each other system the difference of rows.
 */
#include "pcg64_internal.h"

#include <nmt/resample.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Kept lines are padded to so many numbers, for loops of a fixed length. */
#define LANE 4

/* Lines drawn at a time, and how far ahead of adding their rows are fetched. */
#define BLOCK      512
#define AHEAD      16
#define CACHE_LINE 64

#if defined(__GNUC__)
#define NMT_PREFETCH(address) __builtin_prefetch(address)
#else
#define NMT_PREFETCH(address) ((void)(address))
#endif

struct job {
    const struct nmt_resample *r;
    size_t width; /* of all systems' rows */
    struct nmt_pcg64 *starts;
    double *scores;   /* bootstrap: [n_systems][n_metrics][n_samples] */
    uint8_t *exceeds; /* randomisation: [n_systems][n_metrics][n_samples] */
    double *real;     /* [n_systems][n_metrics] scores of the corpus */
    double *scratch;  /* [workers][scratch_each] */
    size_t scratch_each;
    size_t first; /* the sample that task 0 is now */
};

/* Numbers in the rows of one system. */
static size_t system_width(const struct nmt_resample *r)
{
    size_t width = 0;
    for (size_t m = 0; m < r->n_metrics; m++)
        width += nmt_metric_width(&r->metrics[m]);
    return width;
}

static int fail_memory(const struct nmt_resample *r, struct nmt_err *err)
{
    return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for resampling %zu lines of %zu systems",
                    r->n_lines, r->n_systems);
}

/* --- what is kept of a line -------------------------------------------------------------- */

static int begin(struct nmt_resample *r, size_t one, struct nmt_err *err)
{
    size_t width = one * (r->test == NMT_RESAMPLE_RANDOMIZE ? r->n_systems - 1 : r->n_systems);
    r->padded = width ? (width + LANE - 1) / LANE * LANE : LANE;
    r->sums = calloc(one * r->n_systems, sizeof *r->sums);
    return r->sums ? 0 : fail_memory(r, err);
}

int nmt_resample_add(struct nmt_resample *r, const double *rows, struct nmt_err *err)
{
    bool randomize = r->test == NMT_RESAMPLE_RANDOMIZE;
    size_t one = system_width(r), width = one * r->n_systems;
    if (!r->sums)
        NMT_TRY(begin(r, one, err));
    size_t bytes = r->padded * (randomize ? sizeof(double) : sizeof(float));
    NMT_TRY(nmt_buffer_reserve(&r->kept, bytes, err));
    void *kept = memset(r->kept.data + r->kept.len, 0, bytes);
    for (size_t k = 0; k < width; k++)
        r->sums[k] += rows[k];
    if (randomize)
        for (size_t k = one; k < width; k++)
            ((double *)kept)[k - one] = rows[k % one] - rows[k];
    else
        for (size_t k = 0; k < width; k++)
            ((float *)kept)[k] = (float)rows[k];
    r->kept.len += bytes;
    r->n_lines++;
    return 0;
}

void nmt_resample_release(struct nmt_resample *r)
{
    nmt_buffer_release(&r->kept);
    free(r->sums);
    r->sums = NULL;
    r->n_lines = 0;
}

static inline const float *kept_row(const struct nmt_resample *r, size_t line)
{
    return (const float *)(const void *)r->kept.data + line * r->padded;
}

static inline const double *kept_difference(const struct nmt_resample *r, size_t line)
{
    return (const double *)(const void *)r->kept.data + line * r->padded;
}

/* --- scores of sums ---------------------------------------------------------------------- */

typedef double score_fn(const struct nmt_metric_options *opt, const double *row);

/* The scores of all systems and metrics whose rows are summed in `sums`. */
static void score_all(const struct nmt_resample *r, score_fn *score, const double *sums,
                      double *scores, size_t stride)
{
    for (size_t s = 0; s < r->n_systems; s++)
        for (size_t m = 0; m < r->n_metrics; m++) {
            *scores = score(&r->metrics[m], sums);
            scores += stride;
            sums += nmt_metric_width(&r->metrics[m]);
        }
}

static int init(struct job *j, const struct nmt_resample *r, struct nmt_err *err)
{
    *j = (struct job){ .r = r, .width = system_width(r) * r->n_systems };
    if (r->n_lines == 0 || r->n_lines > UINT32_MAX || r->n_samples == 0)
        return nmt_fail(err, NMT_ELIMIT, 0, "%zu lines cannot be resampled %zu times", r->n_lines,
                        r->n_samples);
    size_t workers = r->threads ? nmt_threads_count(r->threads) : 1;
    j->scratch_each = 2 * (j->width + LANE);
    j->real = calloc(r->n_systems * r->n_metrics, sizeof *j->real);
    j->scratch = calloc(workers * j->scratch_each, sizeof *j->scratch);
    if (!j->real || !j->scratch)
        return fail_memory(r, err);
    score_all(r, nmt_metric_score, r->sums, j->real, 1);
    return 0;
}

/* All samples, some for each thread at a time, so that somebody can be told how far it is. */
static void run_samples(struct job *j, void (*task)(void *arg, size_t task, size_t worker))
{
    const struct nmt_resample *r = j->r;
    size_t most = 16 * (r->threads ? nmt_threads_count(r->threads) : 1);
    for (j->first = 0; j->first < r->n_samples; j->first += most) {
        size_t left = r->n_samples - j->first;
        nmt_threads_run(r->threads, left < most ? left : most, task, j);
        if (r->progress)
            r->progress(r->progress_arg, left < most ? r->n_samples : j->first + most,
                        r->n_samples);
    }
}

static void release(struct job *j)
{
    free(j->starts);
    free(j->scores);
    free(j->exceeds);
    free(j->real);
    free(j->scratch);
}

/* --- bootstrap --------------------------------------------------------------------------- */

static void find_starts(struct job *j)
{
    struct nmt_pcg64 g;
    uint32_t n = (uint32_t)j->r->n_lines, threshold = nmt_pcg64_threshold(n);
    nmt_pcg64_seed(&g, j->r->seed);
    for (size_t s = 0; s < j->r->n_samples; s++) {
        j->starts[s] = g;
        for (size_t i = 0; i < n; i++)
            nmt_pcg64_below(&g, n, threshold);
    }
}

/* Adds the rows of lines[0..n) to total, in order. Rows lie all over memory: they are called for
 * some lines ahead. */
static void add_rows(const struct job *j, const uint32_t *lines, size_t n, float *restrict total)
{
    size_t padded = j->r->padded;
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n)
            for (size_t k = 0; k < padded; k += CACHE_LINE / sizeof(float))
                NMT_PREFETCH(kept_row(j->r, lines[i + AHEAD]) + k);
        const float *restrict row = kept_row(j->r, lines[i]);
        for (size_t k = 0; k < padded; k += LANE)
            for (size_t l = 0; l < LANE; l++)
                total[k + l] += row[k + l];
    }
}

static void bootstrap_sample(void *arg, size_t task, size_t worker)
{
    struct job *j = arg;
    size_t sample = j->first + task;
    struct nmt_pcg64 g = j->starts[sample];
    uint32_t lines[BLOCK], n = (uint32_t)j->r->n_lines, threshold = nmt_pcg64_threshold(n);
    double *sums = j->scratch + worker * j->scratch_each;
    float *total = (float *)(sums + j->width + LANE);
    memset(total, 0, j->r->padded * sizeof *total);
    for (size_t done = 0; done < n;) {
        size_t block = n - done < BLOCK ? n - done : BLOCK;
        for (size_t i = 0; i < block; i++)
            lines[i] = nmt_pcg64_below(&g, n, threshold);
        add_rows(j, lines, block, total);
        done += block;
    }
    for (size_t k = 0; k < j->width; k++)
        sums[k] = (double)total[k];
    score_all(j->r, nmt_metric_score_single, sums, j->scores + sample, j->r->n_samples);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double mean_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

/* Of the differences from the first system, how many exceed the real one when they are centred. */
static double bootstrap_p(const double *base, const double *scores, size_t n, double real)
{
    double mean = 0;
    size_t beyond = 0;
    for (size_t i = 0; i < n; i++)
        mean += fabs(scores[i] - base[i]) / (double)n;
    for (size_t i = 0; i < n; i++)
        beyond += fabs(scores[i] - base[i]) - mean > real;
    return (double)(beyond + 1) / (double)(n + 1);
}

static void summarize(struct job *j, struct nmt_resampled *out)
{
    const struct nmt_resample *r = j->r;
    size_t n = r->n_samples, n_scores = r->n_systems * r->n_metrics;
    for (size_t i = 0; i < n_scores; i++) {
        size_t m = i % r->n_metrics;
        out[i].p = i < r->n_metrics ? 1
                                    : bootstrap_p(j->scores + m * n, j->scores + i * n, n,
                                                  fabs(j->real[i] - j->real[m]));
    }
    for (size_t i = 0; i < n_scores; i++) {
        double *scores = j->scores + i * n;
        out[i].mean = mean_of(scores, n);
        qsort(scores, n, sizeof *scores, compare);
        out[i].half_width = 0.5 * (scores[n - n / 40 - 1] - scores[n / 40]);
    }
}

static int bootstrap(struct job *j, struct nmt_resampled *out, struct nmt_err *err)
{
    const struct nmt_resample *r = j->r;
    j->starts = calloc(r->n_samples, sizeof *j->starts);
    j->scores = calloc(r->n_samples * r->n_systems * r->n_metrics, sizeof *j->scores);
    if (!j->starts || !j->scores)
        return fail_memory(r, err);
    find_starts(j);
    run_samples(j, bootstrap_sample);
    summarize(j, out);
    return 0;
}

/* --- approximate randomisation ----------------------------------------------------------- */

static inline void add_difference(const struct job *j, size_t line, double *restrict moved)
{
    const double *restrict row = kept_difference(j->r, line);
    for (size_t k = 0; k < j->r->padded; k += LANE)
        for (size_t l = 0; l < LANE; l++)
            moved[k + l] += row[k + l];
}

/* Sums the differences of the lines whose bit is set: bits of 32-bit numbers, the lowest first. */
static void sum_exchanged(const struct job *j, size_t sample, double *restrict moved)
{
    size_t n = j->r->n_lines;
    uint64_t bit = (uint64_t)sample * n;
    struct nmt_pcg64 g;
    nmt_pcg64_seed(&g, j->r->seed);
    nmt_pcg64_advance(&g, bit / 64);
    if (bit % 64 >= 32)
        nmt_pcg64_next32(&g);
    memset(moved, 0, j->r->padded * sizeof *moved);
    /* The first number may have bits of the sample before, the last one of the sample behind. */
    uint32_t bits = nmt_pcg64_next32(&g) >> bit % 32;
    for (size_t line = 0, in_word = 32 - bit % 32; line < n; line += in_word, in_word = 32) {
        if (line > 0)
            bits = nmt_pcg64_next32(&g);
        if (n - line < 32)
            bits &= (UINT32_C(1) << (n - line)) - 1;
        for (; bits; bits &= bits - 1)
            add_difference(j, line + (size_t)__builtin_ctz(bits), moved);
    }
}

static void randomized_sample(void *arg, size_t task, size_t worker)
{
    struct job *j = arg;
    size_t sample = j->first + task;
    const struct nmt_resample *r = j->r;
    double *moved = j->scratch + worker * j->scratch_each, a[NMT_METRIC_WIDTH_MAX],
           b[NMT_METRIC_WIDTH_MAX];
    size_t one = j->width / r->n_systems, at = one;
    sum_exchanged(j, sample, moved);
    for (size_t i = r->n_metrics; i < r->n_systems * r->n_metrics; i++) {
        const struct nmt_metric_options *metric = &r->metrics[i % r->n_metrics];
        size_t width = nmt_metric_width(metric);
        for (size_t k = 0; k < width; k++) {
            a[k] = r->sums[at + k] + moved[at - one + k];
            b[k] = r->sums[at % one + k] - moved[at - one + k];
        }
        double difference =
            fabs(nmt_metric_score_exchanged(metric, a) - nmt_metric_score_exchanged(metric, b));
        double real = fabs(j->real[i] - j->real[i % r->n_metrics]);
        j->exceeds[i * r->n_samples + sample] = difference > real;
        at += width;
    }
}

static int randomize(struct job *j, struct nmt_resampled *out, struct nmt_err *err)
{
    const struct nmt_resample *r = j->r;
    j->exceeds = calloc(r->n_samples * r->n_systems * r->n_metrics, 1);
    if (!j->exceeds)
        return fail_memory(r, err);
    run_samples(j, randomized_sample);
    for (size_t i = 0; i < r->n_systems * r->n_metrics; i++) {
        size_t beyond = 0;
        for (size_t s = 0; s < r->n_samples; s++)
            beyond += j->exceeds[i * r->n_samples + s];
        out[i].p = i < r->n_metrics ? 1 : (double)(beyond + 1) / (double)(r->n_samples + 1);
    }
    return 0;
}

int nmt_resample_run(const struct nmt_resample *r, struct nmt_resampled *out, struct nmt_err *err)
{
    struct job j;
    int rc = init(&j, r, err);
    if (rc == 0)
        rc = r->test == NMT_RESAMPLE_RANDOMIZE ? randomize(&j, out, err) : bootstrap(&j, out, err);
    release(&j);
    return rc;
}
