/* vector_kernels.h - which kernels are used: for every processor the same results, for some of them sooner. Private to
 * src/stats. */
#ifndef WINNOW_STATS_VECTOR_KERNELS_H
#define WINNOW_STATS_VECTOR_KERNELS_H

/* Each set has what those before it lack: AVX2 with BMI and POPCNT; AVX-512 (f, dq, bw, vl) too. */
typedef enum { WN_KERNELS_PLAIN, WN_KERNELS_AVX2, WN_KERNELS_AVX512 } wn_vector_kernels;

/* Local. What this processor has. */
wn_vector_kernels wn_vector_kernels_used(void);

/* Local. For tests: none beyond `most` from now on. Returns those that are used. */
wn_vector_kernels wn_vector_kernels_limit(wn_vector_kernels most);

#endif
