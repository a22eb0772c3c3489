/* key_buckets.h - a span of order keys cut into equal buckets. Private to src/stats. */
#ifndef WINNOW_STATS_KEY_BUCKETS_H
#define WINNOW_STATS_KEY_BUCKETS_H

#include "winnow/cells.h"
#include "winnow/order_key.h"

#include <stddef.h>
#include <stdint.h>

/* Local. The order key of cell number i, which is not NaN. */
static inline int64_t wn_cells_key(wn_cells cells, size_t i)
{
    return wn_order_key(cells.is_float32 ? (double)((const float *)cells.data)[i] : ((const double *)cells.data)[i]);
}

/* Local. By how many bits the distance of a key from `low` is to be shifted, so that so many buckets hold [low, high].
 */
static inline unsigned wn_key_shift(int64_t low, int64_t high, size_t n_buckets)
{
    uint64_t width = (uint64_t)high - (uint64_t)low;
    unsigned shift = 0;
    while (width >> shift >= n_buckets)
        shift++;
    return shift;
}

static inline size_t wn_key_bucket(int64_t key, int64_t low, unsigned shift)
{
    return (size_t)(((uint64_t)key - (uint64_t)low) >> shift);
}

#endif
