/* The one place where the processor is asked what it can do. */
#include "kernels.h"

extern const struct nmt_kernels nmt_kernels_portable;

#if defined(__x86_64__)
extern const struct nmt_kernels nmt_kernels_avx2, nmt_kernels_avx512, nmt_kernels_avx512vnni,
    nmt_kernels_avx512bf16;

const struct nmt_kernels *nmt_kernels_nth(size_t i)
{
    if (i == 0)
        return &nmt_kernels_portable;
    if (i == 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &nmt_kernels_avx2;
    if (i == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return &nmt_kernels_avx512;
    if (i == 3 && nmt_kernels_nth(2) && __builtin_cpu_supports("avx512vnni"))
        return &nmt_kernels_avx512vnni;
    if (i == 4 && nmt_kernels_nth(3) && __builtin_cpu_supports("avx512bf16"))
        return &nmt_kernels_avx512bf16;
    return NULL;
}
#else
const struct nmt_kernels *nmt_kernels_nth(size_t i)
{
    return i == 0 ? &nmt_kernels_portable : NULL;
}
#endif

const struct nmt_kernels *nmt_kernels(void)
{
    const struct nmt_kernels *best = nmt_kernels_nth(0);
    for (size_t i = 1; nmt_kernels_nth(i); i++)
        best = nmt_kernels_nth(i);
    return best;
}
