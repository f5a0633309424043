/* Ranks and exchange without MPI: one rank, with nobody to talk to. See ranks_mpi.c. */
#include "train/exchange.h"

int nmt_ranks_join(struct nmt_ranks **r, struct nmt_err *err)
{
    (void)err;
    *r = NULL;
    return 0;
}

void nmt_ranks_leave(struct nmt_ranks *r, bool failed)
{
    (void)r;
    (void)failed;
}

size_t nmt_ranks_index(const struct nmt_ranks *r)
{
    (void)r;
    return 0;
}

size_t nmt_ranks_count(const struct nmt_ranks *r)
{
    (void)r;
    return 1;
}

const char *nmt_ranks_library(void)
{
    return NULL;
}

int nmt_exchange_share(struct nmt_ranks *r, void *bytes, size_t n, struct nmt_err *err)
{
    (void)r, (void)bytes, (void)n, (void)err;
    return 0;
}

int nmt_exchange_add(struct nmt_ranks *r, double *v, size_t n, struct nmt_err *err)
{
    (void)r, (void)v, (void)n, (void)err;
    return 0;
}

int nmt_exchange_gather(struct nmt_ranks *r, struct nmt_buffer *bytes, struct nmt_err *err)
{
    (void)r, (void)bytes, (void)err;
    return 0;
}

int nmt_exchange_deal(struct nmt_ranks *r, const real *out, real *in, const size_t *start,
                      const bool *has, struct nmt_err *err)
{
    (void)r, (void)out, (void)in, (void)start, (void)has, (void)err;
    return 0;
}

int nmt_exchange_collect(struct nmt_ranks *r, real *block, const size_t *start, struct nmt_err *err)
{
    (void)r, (void)block, (void)start, (void)err;
    return 0;
}
