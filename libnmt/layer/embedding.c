/* Word vectors: rows of a table. */
#include "layer/embedding.h"

#include "math/kernels.h"

#include <string.h>

void nmt_embedding_forward(real *x, const real *table, const nmt_id *ids, size_t N, size_t E)
{
    for (size_t i = 0; i < N; i++, x += E) {
        if (ids[i] == NMT_NO_ID)
            memset(x, 0, E * sizeof *x);
        else
            memcpy(x, table + ids[i] * E, E * sizeof *x);
    }
}

void nmt_embedding_backward(real *dtable, const real *dx, const nmt_id *ids, size_t N, size_t E)
{
    const struct nmt_kernels *k = nmt_kernels();
    for (size_t i = 0; i < N; i++)
        if (ids[i] != NMT_NO_ID)
            k->axpy(dtable + ids[i] * E, 1, dx + i * E, E);
}
