/* The output layer with its loss, in blocks of rows; see cross_entropy.h. */
#include "layer/cross_entropy.h"

#include "layer/linear.h"
#include "math/kernels.h"

static void block_loss(const struct nmt_output_layer *o, struct nmt_loss *sum, real *log_prob,
                       const nmt_id *gold, const real *weight, size_t n)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t i = 0; i < n; i++) {
        const real f = weight ? weight[i] : 1;
        real mean_log = 0;
        real of_gold =
            k->cross_entropy(o->block + i * o->V, gold[i], o->smooth, f, &mean_log, o->V);
        sum->nll -= (double)f * (double)of_gold;
        sum->loss -= (double)f * (1 - (double)o->smooth) * (double)of_gold;
        if (o->smooth > 0)
            sum->loss -= (double)f * (double)o->smooth * (double)mean_log;
        if (log_prob)
            log_prob[i] = of_gold;
    }
}

void nmt_output_layer_run(const struct nmt_output_layer *o, struct nmt_loss *sum, real *log_prob,
                          real *dt, real *dW, real *db, const real *t, const nmt_id *gold)
{
    for (size_t first = 0; first < o->N; first += o->rows) {
        size_t n = o->N - first < o->rows ? o->N - first : o->rows;
        const real *tn = t + first * o->L;
        nmt_linear_forward(o->block, tn, o->W, o->b, n, o->L, o->V, o->products);
        block_loss(o, sum, log_prob ? log_prob + first : NULL, gold + first,
                   o->weight ? o->weight + first : NULL, n);
        if (!dt)
            continue;
        nmt_linear_backward_input(dt + first * o->L, o->block, o->W, n, o->L, o->V, o->products);
        nmt_linear_backward_weights(dW, db, o->block, tn, n, o->L, o->V, o->products);
    }
}
