/* order_key.h - doubles as int64 keys of the same order, so that least and greatest are integer reductions.
 * MPI_MIN over doubles depends on the rank where NaN or -0 occur; over these keys it does not. */
#ifndef WINNOW_ORDER_KEY_H
#define WINNOW_ORDER_KEY_H

#include <stdint.h>
#include <string.h>

/* Local. The key of a double that is not NaN: a < b exactly when key(a) < key(b); -0 has the key of 0. */
static inline int64_t wn_order_key(double value)
{
    int64_t bits;
    value += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits >= 0 ? bits : (int64_t)((uint64_t)INT64_MIN - (uint64_t)bits);
}

/* Local. The double of a key. */
static inline double wn_order_key_value(int64_t key)
{
    double value;
    int64_t bits = key >= 0 ? key : (int64_t)((uint64_t)INT64_MIN - (uint64_t)key);
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
