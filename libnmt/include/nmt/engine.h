/* What computes: BLAS and the kernels. */
#ifndef NMT_ENGINE_H
#define NMT_ENGINE_H

#include <stdio.h>

/**
 * Tells BLAS to run on the calling thread alone: libnmt's parallelism is its own. A program that
 * computes calls it once, before any other thread exists.
 */
void nmt_engine_init(void);

/** Two lines: BLAS with its version and core, and the kernels chosen for this processor. */
void nmt_engine_print(FILE *out);

#endif
