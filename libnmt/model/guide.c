/*
 * Guided alignment: the attention is told where to look.
 *
 *     L      = -weight sum_tj share_tj log(alpha_tj + 1e-6)
 *     dalpha = -weight share / (alpha + 1e-6)
 */
#include "model/decoder.h"

#include <math.h>
#include <string.h>

#define LEAST_ALPHA 1e-6

void nmt_decoder_guide(struct nmt_decoder *d, real weight, struct nmt_loss *loss)
{
    const struct nmt_batch *b = d->batch;
    double sum = 0;
    if (d->dalpha)
        memset(d->dalpha, 0, b->n_alpha * sizeof *d->dalpha);
    for (size_t i = 0; i < b->B; i++) {
        const struct nmt_pair *pair = &b->pair[i];
        for (size_t k = 0; k < pair->n_guide; k++) {
            const struct nmt_guide *g = &pair->guide[k];
            const size_t at = b->alpha[i] + (size_t)g->t * pair->S + g->j;
            const double share = (double)g->share * (double)nmt_pair_weight(pair);
            const double alpha = (double)d->alpha[at] + LEAST_ALPHA;
            sum -= share * log(alpha);
            if (d->dalpha)
                d->dalpha[at] -= (real)((double)weight * share / alpha);
        }
    }
    loss->guide += sum;
    loss->loss += (double)weight * sum;
}
