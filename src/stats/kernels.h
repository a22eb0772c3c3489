/* kernels.h - which instructions of a processor the kernels of src/stats use. Private to src/stats.
 * Every kernel gives the same bits: what a processor has changes the time alone. */
#ifndef WINNOW_STATS_KERNELS_H
#define WINNOW_STATS_KERNELS_H

/* Each set has what those before it lack: AVX2 with BMI and POPCNT, AVX-512 (f, dq, bw, vl). */
typedef enum { WN_KERNELS_PLAIN, WN_KERNELS_AVX2, WN_KERNELS_AVX512 } wn_kernels;

/* Local. Those that are used: what this processor has of them. */
wn_kernels wn_kernels_used(void);

/* Local. For tests: none beyond `most` from now on. Returns those that are used. */
wn_kernels wn_kernels_limit(wn_kernels most);

#endif
