/* Update rules; the equations are in optimizer.h. */
#include "train/optimizer.h"

#include "math/kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)1 << 15)

static size_t chunks(const struct nmt_optimizer *o)
{
    return (o->count + CHUNK - 1) / CHUNK;
}

static size_t chunk_length(const struct nmt_optimizer *o, size_t i)
{
    return o->count - i * CHUNK < CHUNK ? o->count - i * CHUNK : CHUNK;
}

static real *block(size_t count)
{
    real *p = aligned_alloc(64, (count * sizeof *p + 63) / 64 * 64);
    if (p)
        memset(p, 0, count * sizeof *p);
    return p;
}

int nmt_optimizer_init(struct nmt_optimizer *o, const struct nmt_config *c, real *weights,
                       size_t count, struct nmt_err *err)
{
    *o = (struct nmt_optimizer){
        .kind = (enum nmt_optimizer_kind)c->train_optimizer,
        .clip = c->train_clip,
        .beta1 = c->train_adam_beta1,
        .beta2 = c->train_adam_beta2,
        .adam_epsilon = c->train_adam_epsilon,
        .rho = c->train_adadelta_rho,
        .adadelta_epsilon = c->train_adadelta_epsilon,
        .average_decay = c->train_average,
        .count = count,
        .weights = weights,
    };
    bool ok = true;
    if (o->kind != NMT_SGD) {
        o->moment1 = block(count);
        o->moment2 = block(count);
        ok = o->moment1 && o->moment2;
    }
    if (o->average_decay > 0) {
        o->average = block(count);
        ok = ok && o->average;
        if (ok)
            memcpy(o->average, weights, count * sizeof *weights);
    }
    if (!ok) {
        nmt_optimizer_release(o);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory for the optimiser of %zu parameters",
                        count);
    }
    return 0;
}

void nmt_optimizer_release(struct nmt_optimizer *o)
{
    free(o->moment1);
    free(o->moment2);
    free(o->average);
    o->moment1 = o->moment2 = o->average = NULL;
}

struct job {
    struct nmt_optimizer *o;
    real *const *grads;
    size_t n;
    real scale, rate, average;
    struct nmt_adam_factors adam;
};

static void clear_chunk(void *arg, size_t i, size_t worker)
{
    (void)worker;
    struct job *j = arg;
    for (size_t s = 0; s < j->n; s++)
        memset(j->grads[s] + i * CHUNK, 0, chunk_length(j->o, i) * sizeof(real));
}

static void step_chunk(void *arg, size_t i, size_t worker)
{
    struct job *j = arg;
    struct nmt_optimizer *o = j->o;
    const struct nmt_kernels *k = nmt_kernels();
    const size_t at = i * CHUNK, n = chunk_length(o, i);
    real *w = o->weights + at, *g = j->grads[0] + at;
    switch (o->kind) {
    case NMT_ADAM:
        k->adam(w, o->moment1 + at, o->moment2 + at, g, j->scale, &j->adam, n);
        break;
    case NMT_ADADELTA:
        k->adadelta(w, o->moment1 + at, o->moment2 + at, g, j->scale, (real)o->rho,
                    (real)o->adadelta_epsilon, j->rate, n);
        break;
    case NMT_SGD:
        k->axpy(w, -j->rate * j->scale, g, n);
        break;
    }
    if (o->average)
        k->average(o->average + at, w, j->average, n);
    clear_chunk(arg, i, worker);
}

void nmt_optimizer_step(struct nmt_optimizer *o, real *const *grads, size_t n, double norm,
                        double scale, double rate, struct nmt_threads *threads)
{
    if (o->clip > 0 && norm * scale > o->clip)
        scale = o->clip / norm;
    double u = (double)++o->updates;
    double warm = (1 + u) / (10 + u);
    struct job j = { .o = o, .grads = grads, .n = n, .scale = (real)scale, .rate = (real)rate };
    j.average = (real)(warm < o->average_decay ? warm : o->average_decay);
    /* rate m / (1-b1^u) / (sqrt(v / (1-b2^u)) + eps), with the corrections pulled out of the loop
     */
    double c1 = 1 - pow(o->beta1, u), c2 = sqrt(1 - pow(o->beta2, u));
    j.adam = (struct nmt_adam_factors){ (real)o->beta1, (real)o->beta2, (real)(rate * c2 / c1),
                                        (real)(o->adam_epsilon * c2) };
    nmt_threads_run(threads, chunks(o), step_chunk, &j);
}

void nmt_optimizer_clear(struct nmt_optimizer *o, real *const *grads, size_t n,
                         struct nmt_threads *threads)
{
    struct job j = { .o = o, .grads = grads, .n = n };
    nmt_threads_run(threads, chunks(o), clear_chunk, &j);
}
