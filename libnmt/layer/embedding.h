/* Word vectors: rows of a table. */
#ifndef NMT_EMBEDDING_H
#define NMT_EMBEDDING_H

#include <nmt/id.h>
#include <nmt/real.h>

#include <stddef.h>

/** "No word": the vector before the first target word is zero. */
#define NMT_NO_ID UINT32_MAX

/** x [N][E] written: table[ids[i]], or zeros for NMT_NO_ID. */
void nmt_embedding_forward(real *x, const real *table, const nmt_id *ids, size_t N, size_t E);

/** dtable[ids[i]] += dx[i]. */
void nmt_embedding_backward(real *dtable, const real *dx, const nmt_id *ids, size_t N, size_t E);

#endif
