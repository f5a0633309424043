/* What computes: BLAS and the kernels. */
#include "kernels.h"

#include <nmt/engine.h>

#include <cblas.h>

void nmt_engine_init(void)
{
    openblas_set_num_threads(1);
}

void nmt_engine_print(FILE *out)
{
    fprintf(out, "BLAS: %s, core %s\nkernels: %s\n", openblas_get_config(), openblas_get_corename(),
            nmt_kernels()->name);
}
