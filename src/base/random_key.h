/* random_key.h - Philox's key of a seed and a purpose, for one draw and for many at once. */
#ifndef WINNOW_BASE_RANDOM_KEY_H
#define WINNOW_BASE_RANDOM_KEY_H

#include "winnow/random.h"

/* Local. Purposes lie far apart. */
static inline uint64_t wn_random_key(uint64_t seed, wn_random_purpose purpose)
{
    return seed ^ ((uint64_t)purpose * 0x9E3779B97F4A7C15u);
}

#endif
