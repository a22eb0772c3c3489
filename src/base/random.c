#include "winnow/random.h"

#include "random_key.h"

#include <Random123/philox.h>
#include <math.h>

static philox4x32_ctr_t draw(wn_random stream, uint64_t counter)
{
    philox4x32_ctr_t input = {
        {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)stream.identity, (uint32_t)(stream.identity >> 32)}};
    uint64_t keyed = wn_random_key(stream.seed, stream.purpose);
    philox4x32_key_t key = {{(uint32_t)keyed, (uint32_t)(keyed >> 32)}};
    return philox4x32(input, key);
}

uint64_t wn_random_bits(wn_random stream, uint64_t counter)
{
    philox4x32_ctr_t drawn = draw(stream, counter);
    return (uint64_t)drawn.v[1] << 32 | drawn.v[0];
}

static double unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

double wn_random_uniform(wn_random stream, uint64_t counter)
{
    return unit(wn_random_bits(stream, counter));
}

double wn_random_normal(wn_random stream, uint64_t counter)
{
    philox4x32_ctr_t drawn = draw(stream, counter);
    double u = unit((uint64_t)drawn.v[1] << 32 | drawn.v[0]);
    double v = unit((uint64_t)drawn.v[3] << 32 | drawn.v[2]);
    return sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * 3.14159265358979323846 * v);
}

uint64_t wn_random_below(uint64_t bits, uint64_t n)
{
    return (uint64_t)(((unsigned __int128)bits * n) >> 64);
}

void wn_random_permutation(wn_random stream, size_t n, int64_t *order)
{
    for (size_t i = 0; i < n; i++)
        order[i] = (int64_t)i;
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)wn_random_below(wn_random_bits(stream, i), i);
        int64_t swapped = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swapped;
    }
}
