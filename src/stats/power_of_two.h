/* power_of_two.h - 2^e by its bits. Private to src/stats. */
#ifndef WINNOW_STATS_POWER_OF_TWO_H
#define WINNOW_STATS_POWER_OF_TWO_H

#include <stdint.h>
#include <string.h>

/* Local. 2^exponent, for exponents from -1022 to 1023. */
static inline double wn_power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

#endif
