/*
 * The coverage penalty (Wu et al. 2016): beta sum over source positions j, </s> included, of
 * log(min(sum over the translation's tokens i of alpha_ij, 1)). Of an ensemble, the mean over the
 * models that have attention. The weights are kept step by step, so it is computed once, when a
 * hypothesis ends. A position that got less than LEAST in all counts as LEAST, lest a weight too
 * small for its number type make the score infinite.
 */
#include "searcher_internal.h"

#include <math.h>

#define LEAST 1e-10

/* Sum over j of the logarithms; the model's weights begin `at` behind those of a row. */
static double of_model(const struct nmt_searcher *s, size_t at, size_t rows, uint32_t node)
{
    double sum = 0;
    for (size_t j = 0; j < rows; j++) {
        double seen = 0;
        for (uint32_t i = node; i != NMT_NO_NODE; i = s->beams.node[i].before)
            seen += (double)s->alpha[s->beams.node[i].alpha + at + j];
        if (seen < 1)
            sum += log(seen > LEAST ? seen : LEAST);
    }
    return sum;
}

double nmt_searcher_coverage(const void *arg, uint32_t sentence, uint32_t node)
{
    const struct nmt_searcher *s = arg;
    double sum = 0;
    size_t at = 0, models = 0;
    for (size_t m = 0; m < s->n_models; m++) {
        const size_t *row = s->source[m].row + sentence, rows = row[1] - row[0];
        if (s->model[m].shape->attention != NMT_NO_ATTENTION) {
            sum += of_model(s, at, rows, node);
            models++;
        }
        at += rows;
    }
    return models ? s->options.coverage * sum / (double)models : 0;
}
