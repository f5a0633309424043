/*
 * Initial weights.
 *
 * paper (appendix B.1): recurrent matrices random orthogonal; W_a, U_a ~ N(0, 0.001^2); v_a and
 * biases 0; everything else ~ N(0, 0.01^2).
 * uniform: recurrent matrices orthogonal; other matrices uniform with variance
 * 2 / (rows + cols) (Glorot and Bengio 2010); word vectors ~ N(0, 1/E), so that a tied output
 * layer starts with logits of unit size; v_a like a matrix of one row; biases 0.
 * The forget gate of an LSTM starts at bias 1 in both, and so do the gains of normalisation.
 */
#include "model/params.h"

#include "math/kernels.h"

#include <nmt/random.h>

#include <math.h>
#include <string.h>

enum { UNIFORM, PAPER };

static void fill_normal(real *w, size_t n, double deviation, struct nmt_random *r)
{
    for (size_t i = 0; i < n; i++)
        w[i] = (real)(deviation * nmt_random_normal(r));
}

static void fill_uniform(real *w, size_t n, double bound, struct nmt_random *r)
{
    for (size_t i = 0; i < n; i++)
        w[i] = (real)(bound * (2 * nmt_random_uniform(r) - 1));
}

/*
 * Gram and Schmidt on Gaussian rows gives the uniform (Haar) distribution over orthogonal matrices,
 * as does the left factor of the SVD. Each row is cleaned twice, which is enough in floating point.
 */
static void fill_orthogonal(real *w, size_t n, struct nmt_random *r)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t i = 0; i < n; i++) {
        real *row = w + i * n, length = 0;
        while (length < (real)1e-3) {
            fill_normal(row, n, 1, r);
            for (int pass = 0; pass < 2; pass++)
                for (size_t j = 0; j < i; j++)
                    k->axpy(row, -k->dot(row, w + j * n, n), w + j * n, n);
            length = (real)sqrt((double)k->dot(row, row, n));
        }
        for (size_t j = 0; j < n; j++)
            row[j] /= length;
    }
}

/* Every tensor has a stream of its own, named by its name: adding one leaves the others as they
 * were. */
static uint64_t stream_of(const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 0x100000001b3u;
    return h;
}

static void fill_tensor(real *w, const struct nmt_tensor *t, int init, uint64_t seed)
{
    struct nmt_random r = { seed, stream_of(t->name), 0 };
    const size_t n = t->rows * t->cols;
    const double glorot = sqrt(6.0 / (double)(t->rows + t->cols));
    switch (t->init) {
    case NMT_INIT_RECURRENT:
        fill_orthogonal(w, t->rows, &r);
        break;
    case NMT_INIT_EMBEDDING:
        fill_normal(w, n, init == PAPER ? 0.01 : 1 / sqrt((double)t->cols), &r);
        break;
    case NMT_INIT_ALIGNMENT:
        if (init == PAPER)
            fill_normal(w, n, 0.001, &r);
        else
            fill_uniform(w, n, glorot, &r);
        break;
    case NMT_INIT_MATRIX:
        if (init == PAPER)
            fill_normal(w, n, 0.01, &r);
        else
            fill_uniform(w, n, glorot, &r);
        break;
    case NMT_INIT_ONE:
        for (size_t i = 0; i < n; i++)
            w[i] = 1;
        break;
    case NMT_INIT_ZERO:
        if (init == UNIFORM && strcmp(t->name, "alignment.score.weight") == 0)
            fill_uniform(w, n, glorot, &r);
        break;
    }
}

int nmt_params_init(real *block, const struct nmt_layout *l, int init, uint64_t seed,
                    struct nmt_err *err)
{
    if (init != UNIFORM && init != PAPER)
        return nmt_fail(err, NMT_ECONFIG, 0, "no such initialisation: %d", init);
    memset(block, 0, l->count * sizeof *block);
    for (size_t i = 0; i < l->n; i++)
        fill_tensor(block + l->tensor[i].offset, &l->tensor[i], init, seed);
    return 0;
}
