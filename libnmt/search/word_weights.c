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

/* Adds what one model's attention says. Returns the tokens of the word. */
static size_t add_weights(const struct nmt_making *l, const struct nmt_made_word *w, size_t m,
                          float *row)
{
    const struct nmt_searched_part *p = &l->part[w->part];
    const struct nmt_annotation *a = &l->source->annotation[l->k->index[m]];
    const uint32_t *of = l->token_word[w->part], word = of[w->first];
    uint32_t rows = 1;
    size_t pieces = 0;
    while (a->ids[p->first[m] + rows - 1] != NMT_ID_EOS)
        rows++;
    for (uint32_t i = w->first; i < w->end; i++) {
        if (of[i] != word)
            continue;
        const real *alpha = p->found->alpha[m] + (size_t)i * rows;
        for (uint32_t j = 0; j < rows; j++)
            if (a->word[p->first[m] + j] != NMT_NO_WORD)
                row[a->word[p->first[m] + j]] += (float)alpha[j];
        pieces++;
    }
    return pieces;
}

void nmt_making_weights(const struct nmt_making *l, const struct nmt_made_word *w, float *row)
{
    size_t pieces = 0;
    memset(row, 0, l->source->n_words * sizeof *row);
    for (size_t m = 0; w->end > w->first && m < l->k->n_models; m++)
        if (nmt_model_shape(l->k->models[m])->attention != NMT_NO_ATTENTION)
            pieces += add_weights(l, w, m, row);
    const float share = pieces ? 1 / (float)pieces : 0;
    for (uint32_t j = 0; j < l->source->n_words; j++)
        row[j] *= share;
}

uint32_t nmt_making_source(const struct nmt_making *l, const struct nmt_made_word *w)
{
    nmt_making_weights(l, w, l->row);
    return nmt_weights_best(l->row, l->source->n_words);
}
