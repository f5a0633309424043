/*
 * What this machine's BLAS gives: GFLOP/s of sgemm, C[m][n] = A[m][k] B[n][k]^T, for the shapes
 * that a training update is made of and for a large square. `sgemm THREADS` prints "sgemm-MxNxK
 * GFLOP/s" lines; each figure is the best of the runs that fit in a fifth of a second.
 */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *matrix(size_t n)
{
    float *a = aligned_alloc(64, (n * sizeof *a + 63) / 64 * 64);
    for (size_t i = 0; a && i < n; i++)
        a[i] = (float)(i % 17) / 17 - 0.5f;
    return a;
}

static double best_rate(size_t m, size_t n, size_t k)
{
    float *a = matrix(m * k), *b = matrix(n * k), *c = matrix(m * n);
    double best = 0;
    if (a && b && c)
        for (double begin = now(); now() - begin < 0.2 || best == 0;) {
            double start = now();
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)m, (blasint)n, (blasint)k,
                        1, a, (blasint)k, b, (blasint)k, 0, c, (blasint)n);
            double rate = 2e-9 * (double)(m * n * k) / (now() - start);
            if (rate > best)
                best = rate;
        }
    free(a);
    free(b);
    free(c);
    return best;
}

int main(int argc, char **argv)
{
    static const size_t shapes[][3] = {
        { 2048, 2048, 2048 }, /* the machine's own rate */
        { 64, 2048, 512 },    /* a step of a batch: [W_a; U_z; U_r] s and more */
        { 1024, 1536, 256 },  /* input projections over all steps */
        { 1024, 10000, 256 }, /* the output layer over all steps */
        { 1, 2048, 512 },     /* one sentence at a time */
    };
    size_t n = sizeof shapes / sizeof *shapes, wanted = argc > 2 ? (size_t)atol(argv[2]) : n;
    openblas_set_num_threads(argc > 1 ? atoi(argv[1]) : 1);
    printf("sgemm-core %s\n", openblas_get_corename());
    for (size_t i = 0; i < n && i < wanted; i++)
        printf("sgemm-%zux%zux%zu %.1f\n", shapes[i][0], shapes[i][1], shapes[i][2],
               best_rate(shapes[i][0], shapes[i][1], shapes[i][2]));
    return 0;
}
