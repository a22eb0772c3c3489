/* sweep_list.h - the places of set bits, for the compiler to make with what a processor has. Private to src/stats. */
#ifndef WINNOW_STATS_SWEEP_LIST_H
#define WINNOW_STATS_SWEEP_LIST_H

#include "sweep.h"

/* The place of the first bit; any where there is none. Without a branch, which nobody would foresee. */
static inline unsigned wn_first_bit(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits + (bits == 0));
}

/* Four at a time whether there are as many or not; those behind the last are written over. So few cells lie inside that
 * the fifth of four periods is rare, and no branch depends on a single one. */
__attribute__((always_inline)) static inline size_t wn_list_bits(const uint16_t inside[WN_STRIP_PERIODS],
                                                                 size_t n_periods, uint16_t wanted, uint16_t *list)
{
    enum { AT_ONCE = 4 };
    const uint64_t mask = wanted * UINT64_C(0x0001000100010001);
    size_t n = 0;
    for (size_t t = 0; t < n_periods; t += AT_ONCE) {
        uint64_t left = (uint64_t)inside[t] | (uint64_t)inside[t + 1] << 16 | (uint64_t)inside[t + 2] << 32 |
                        (uint64_t)inside[t + 3] << 48;
        left &= mask;
        if (n_periods - t < AT_ONCE)
            left &= (UINT64_C(1) << (n_periods - t) * WN_SLOTS) - 1;
        size_t end = n;
        n += (size_t)__builtin_popcountll(left);
        do
            for (int k = 0; k < WN_LIST_SPARE; k++, left &= left - 1)
                list[end++] = (uint16_t)(t * WN_SLOTS + wn_first_bit(left));
        while (left != 0);
    }
    return n;
}

#endif
