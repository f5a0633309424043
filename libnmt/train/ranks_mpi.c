/*
 * Ranks and exchange over MPI (make MPI=1). MPI counts in int: blocks are bounded by that. A
 * failure is an error value here and not MPI's own end of the process; nmt_ranks_leave tells the
 * other ranks.
 */
#include "train/exchange.h"

#include <limits.h>
#include <mpi.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef NMT_DOUBLE
#define MPI_REAL_C MPI_DOUBLE
#else
#define MPI_REAL_C MPI_FLOAT
#endif

struct nmt_ranks {
    MPI_Comm all;
    int index, count;
    int *n_out, *at_out, *n_in, *at_in; /* [count] of an exchange */
};

static int failed_call(struct nmt_err *err, int status, const char *what)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int len;
    if (MPI_Error_string(status, text, &len) != MPI_SUCCESS)
        text[0] = '\0';
    return nmt_fail(err, NMT_EIO, 0, "%s between the ranks failed: %.120s", what, text);
}

int nmt_ranks_join(struct nmt_ranks **out, struct nmt_err *err)
{
    int level, index, count;
    *out = NULL;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
        return nmt_fail(err, NMT_EIO, 0, "MPI does not start");
    if (level < MPI_THREAD_FUNNELED)
        return nmt_fail(err, NMT_EIO, 0, "this MPI cannot be used beside threads");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &index);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    struct nmt_ranks *r = calloc(1, sizeof *r);
    int *room = calloc((size_t)count * 4, sizeof *room);
    if (!r || !room) {
        free(r);
        free(room);
        return nmt_fail(err, NMT_ENOMEM, 0, "out of memory");
    }
    *r = (struct nmt_ranks){ .all = MPI_COMM_WORLD,
                             .index = index,
                             .count = count,
                             .n_out = room,
                             .at_out = room + count,
                             .n_in = room + 2 * (size_t)count,
                             .at_in = room + 3 * (size_t)count };
    *out = r;
    return 0;
}

void nmt_ranks_leave(struct nmt_ranks *r, bool failed)
{
    int started = 0;
    if (MPI_Initialized(&started) == MPI_SUCCESS && started) {
        if (failed && nmt_ranks_count(r) > 1)
            MPI_Abort(MPI_COMM_WORLD, 1);
        MPI_Finalize();
    }
    if (r)
        free(r->n_out);
    free(r);
}

size_t nmt_ranks_index(const struct nmt_ranks *r)
{
    return r ? (size_t)r->index : 0;
}

size_t nmt_ranks_count(const struct nmt_ranks *r)
{
    return r ? (size_t)r->count : 1;
}

const char *nmt_ranks_library(void)
{
#ifdef OPEN_MPI
#define TEXT_OF(x)          #x
#define VERSION_OF(a, b, c) "Open MPI " TEXT_OF(a) "." TEXT_OF(b) "." TEXT_OF(c)
    return VERSION_OF(OMPI_MAJOR_VERSION, OMPI_MINOR_VERSION, OMPI_RELEASE_VERSION);
#else
    return "MPI";
#endif
}

static bool alone(const struct nmt_ranks *r)
{
    return !r || r->count == 1;
}

int nmt_exchange_share(struct nmt_ranks *r, void *bytes, size_t n, struct nmt_err *err)
{
    if (alone(r))
        return 0;
    if (n > INT_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%zu bytes are too many for one message", n);
    int status = MPI_Bcast(bytes, (int)n, MPI_BYTE, 0, r->all);
    return status == MPI_SUCCESS ? 0 : failed_call(err, status, "a broadcast");
}

int nmt_exchange_add(struct nmt_ranks *r, double *v, size_t n, struct nmt_err *err)
{
    if (alone(r))
        return 0;
    if (n > INT_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%zu numbers are too many for one message", n);
    int status = MPI_Allreduce(MPI_IN_PLACE, v, (int)n, MPI_DOUBLE, MPI_SUM, r->all);
    return status == MPI_SUCCESS ? 0 : failed_call(err, status, "a sum");
}

/* Lengths first: n_in and at_in of rank 0 say where everything goes. */
static int plan_gather(struct nmt_ranks *r, int own, size_t *total, struct nmt_err *err)
{
    int status = MPI_Gather(&own, 1, MPI_INT, r->n_in, 1, MPI_INT, 0, r->all);
    if (status != MPI_SUCCESS)
        return failed_call(err, status, "gathering");
    *total = 0;
    for (int q = 0; r->index == 0 && q < r->count; q++) {
        if (*total > INT_MAX - (size_t)r->n_in[q])
            return nmt_fail(err, NMT_ELIMIT, 0, "too many bytes for MPI");
        r->at_in[q] = (int)*total;
        *total += (size_t)r->n_in[q];
    }
    return 0;
}

int nmt_exchange_gather(struct nmt_ranks *r, struct nmt_buffer *bytes, struct nmt_err *err)
{
    struct nmt_buffer all = NMT_BUFFER_INIT;
    size_t total = 0;
    if (alone(r))
        return 0;
    if (bytes->len > INT_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "%zu bytes are too many for one message", bytes->len);
    NMT_TRY(plan_gather(r, (int)bytes->len, &total, err));
    NMT_TRY(nmt_buffer_reserve(&all, total, err));
    int status = MPI_Gatherv(bytes->data, (int)bytes->len, MPI_BYTE, all.data, r->n_in, r->at_in,
                             MPI_BYTE, 0, r->all);
    nmt_buffer_release(bytes);
    *bytes = all;
    bytes->len = total;
    return status == MPI_SUCCESS ? 0 : failed_call(err, status, "gathering");
}

/* The parts of a block as MPI wants them: lengths and places. */
static int cut(const struct nmt_ranks *r, const size_t *start, int *n, int *at, struct nmt_err *err)
{
    if (start[r->count] > INT_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "a model of %zu numbers is too large for MPI",
                        start[r->count]);
    for (int q = 0; q < r->count; q++) {
        n[q] = (int)(start[q + 1] - start[q]);
        at[q] = (int)start[q];
    }
    return 0;
}

int nmt_exchange_deal(struct nmt_ranks *r, const real *out, real *in, const size_t *start,
                      const bool *has, struct nmt_err *err)
{
    if (alone(r))
        return 0;
    NMT_TRY(cut(r, start, r->n_out, r->at_out, err));
    const int mine = r->n_out[r->index];
    if ((int64_t)mine * r->count > INT_MAX)
        return nmt_fail(err, NMT_ELIMIT, 0, "a model of %zu numbers is too large for MPI",
                        start[r->count]);
    for (int s = 0; s < r->count; s++) {
        r->n_in[s] = has[s] ? mine : 0;
        r->at_in[s] = s * mine;
        if (!out)
            r->n_out[s] = 0;
    }
    int status = MPI_Alltoallv(out ? out : in, r->n_out, r->at_out, MPI_REAL_C, in, r->n_in,
                               r->at_in, MPI_REAL_C, r->all);
    return status == MPI_SUCCESS ? 0 : failed_call(err, status, "the exchange of gradients");
}

int nmt_exchange_collect(struct nmt_ranks *r, real *block, const size_t *start, struct nmt_err *err)
{
    if (alone(r))
        return 0;
    NMT_TRY(cut(r, start, r->n_in, r->at_in, err));
    int status = MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, block, r->n_in, r->at_in,
                                MPI_REAL_C, r->all);
    return status == MPI_SUCCESS ? 0 : failed_call(err, status, "the exchange of gradients");
}
