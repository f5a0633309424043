/* Rows summed by the number of words of the source. */
#include "unitext_internal.h"

#include <nmt/by_length.h>
#include <nmt/utf8.h>

#include <stdlib.h>
#include <string.h>

static size_t count_words(const char *s, size_t n)
{
    size_t words = 0;
    bool in_word = false;
    for (size_t i = 0, used; i < n; i += used) {
        uint32_t cp = 0;
        used = nmt_utf8_decode(s + i, n - i, &cp);
        used += used == 0;
        bool space = nmt_unitext_is_space(cp);
        words += !space && !in_word;
        in_word = !space;
    }
    return words;
}

static int reach_class(struct nmt_by_length *b, size_t k, struct nmt_err *err)
{
    if (k < b->n_classes)
        return 0;
    uint64_t *counts = realloc(b->counts, (k + 1) * sizeof *counts);
    if (counts)
        b->counts = counts;
    double *sums = realloc(b->sums, (k + 1) * b->width * sizeof *sums);
    if (sums)
        b->sums = sums;
    if (!counts || !sums)
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for %zu classes of length", k + 1);
    for (; b->n_classes <= k; b->n_classes++) {
        counts[b->n_classes] = 0;
        memset(sums + b->n_classes * b->width, 0, b->width * sizeof *sums);
    }
    return 0;
}

int nmt_by_length_add(struct nmt_by_length *b, const struct nmt_evaluation *e,
                      const struct nmt_corpus_line *line, const double *rows, struct nmt_err *err)
{
    size_t k = (count_words(line->source, line->source_len) + b->step - 1) / b->step;
    k = k < NMT_BY_LENGTH_CLASSES ? k : NMT_BY_LENGTH_CLASSES - 1;
    b->width = nmt_evaluation_width(e);
    NMT_TRY(reach_class(b, k, err));
    b->counts[k]++;
    for (size_t i = 0; i < b->width; i++)
        b->sums[k * b->width + i] += rows[i];
    return 0;
}

void nmt_by_length_release(struct nmt_by_length *b)
{
    free(b->counts);
    free(b->sums);
    *b = (struct nmt_by_length){ .step = b->step };
}

void nmt_by_length_range(const struct nmt_by_length *b, size_t k, uint64_t *from, uint64_t *to)
{
    *from = k ? (k - 1) * b->step + 1 : 0;
    *to = k == NMT_BY_LENGTH_CLASSES - 1 ? 0 : k * b->step;
}

double nmt_by_length_score(const struct nmt_by_length *b, const struct nmt_evaluation *e, size_t k,
                           size_t system, size_t metric)
{
    return nmt_metric_score(&e->metrics[metric],
                            b->sums + k * b->width + nmt_evaluation_at(e, system, metric));
}
