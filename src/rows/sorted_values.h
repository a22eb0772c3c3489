/* sorted_values.h - where a value lies, or is to go, among ascending ones. Private to labels*.c. */
#ifndef WINNOW_ROWS_SORTED_VALUES_H
#define WINNOW_ROWS_SORTED_VALUES_H

#include <stddef.h>

/* Local. The first of sorted (n) that is not below the value; n where all are. */
static inline size_t wn_sorted_place(const double *sorted, size_t n, double value)
{
    size_t low = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (sorted[low + half] < value) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

#endif
