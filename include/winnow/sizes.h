/* sizes.h - the smaller and the larger of two sizes. */
#ifndef WINNOW_SIZES_H
#define WINNOW_SIZES_H

#include <stddef.h>

/* Local. */
static inline size_t wn_size_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Local. */
static inline size_t wn_size_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

#endif
