/*
 * From attention over tokens to attention between words.
 *
 * The weight of a source word for a target word is the sum over the source word's pieces, averaged
 * over the target word's pieces and over the models that have an alignment model. What </s> and
 * spaces get is left out, so a row sums to at most 1.
 */
#include "words_internal.h"

#include "model/model.h"

#include <string.h>

/* Rows of a part's annotations in model m, which is how many weights each of its tokens has. */
static uint32_t rows_of(const struct nmt_making *l, const struct nmt_searched_part *p, size_t m)
{
    const struct nmt_annotation *a = &l->source->annotation[l->k->index[m]];
    uint32_t rows = 1;
    if (l->record->forced)
        return a->n;
    while (a->ids[p->first[m] + rows - 1] != NMT_ID_EOS)
        rows++;
    return rows;
}

/* The column of a source token, NMT_NO_WORD: none. *ends counts the </s> met so far. */
static uint32_t column(const struct nmt_making *l, const struct nmt_annotation *a, uint32_t token,
                       uint32_t *ends)
{
    if (!l->k->options->tokens)
        return a->word[token];
    if (a->ids[token] != NMT_ID_EOS)
        return token - *ends;
    ++*ends;
    return NMT_NO_WORD;
}

/* Adds what one model's attention says. Returns the tokens of the word. */
static size_t add_weights(const struct nmt_making *l, const struct nmt_made_word *w, size_t m,
                          float *row)
{
    const struct nmt_searched_part *p = &l->part[w->part];
    const struct nmt_annotation *a = &l->source->annotation[l->k->index[m]];
    const uint32_t *of = l->token_word[w->part], word = of[w->first], rows = rows_of(l, p, m);
    size_t pieces = 0;
    for (uint32_t i = w->first; i < w->end; i++) {
        uint32_t ends = w->part; /* each part before this one has its </s> */
        if (of[i] != word)
            continue;
        const real *alpha = p->found->alpha[m] + (size_t)i * rows;
        for (uint32_t j = 0; j < rows; j++) {
            const uint32_t to = column(l, a, p->first[m] + j, &ends);
            if (to != NMT_NO_WORD)
                row[to] += (float)alpha[j];
        }
        pieces++;
    }
    return pieces;
}

/* Has the model attention, and to the tokens that are the columns? */
static bool counts(const struct nmt_making *l, size_t m)
{
    const struct nmt_annotation *a = l->source->annotation;
    if (nmt_model_shape(l->k->models[m])->attention == NMT_NO_ATTENTION)
        return false;
    return !l->k->options->tokens || a[l->k->index[m]].n == a[l->k->index[0]].n;
}

void nmt_making_weights(const struct nmt_making *l, const struct nmt_made_word *w, float *row)
{
    size_t pieces = 0;
    memset(row, 0, l->n_source * sizeof *row);
    for (size_t m = 0; w->end > w->first && m < l->k->n_models; m++)
        if (counts(l, m))
            pieces += add_weights(l, w, m, row);
    const float share = pieces ? 1 / (float)pieces : 0;
    for (uint32_t j = 0; j < l->n_source; j++)
        row[j] *= share;
}

uint32_t nmt_making_source(const struct nmt_making *l, const struct nmt_made_word *w)
{
    nmt_making_weights(l, w, l->row);
    return nmt_weights_best(l->row, l->n_source);
}
