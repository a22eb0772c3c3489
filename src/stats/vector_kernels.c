#include "vector_kernels.h"

#include <stdbool.h>

static wn_vector_kernels most_kernels = WN_KERNELS_AVX512;

wn_vector_kernels wn_vector_kernels_used(void)
{
    wn_vector_kernels found = WN_KERNELS_PLAIN;
#ifdef __x86_64__
    bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
        found = has_avx512 ? WN_KERNELS_AVX512 : WN_KERNELS_AVX2;
#endif
    return found < most_kernels ? found : most_kernels;
}

wn_vector_kernels wn_vector_kernels_limit(wn_vector_kernels most)
{
    most_kernels = most;
    return wn_vector_kernels_used();
}
