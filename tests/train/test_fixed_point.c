#include "testing.h"

#include "fixed_point.h"

#include "winnow/random.h"

#include <math.h>

enum { N = 1003 };

static float values[N];
static int32_t sums[N], other[N];

/* Numbers of many magnitudes and both signs. */
static void fill(uint64_t which, int smallest, int largest)
{
    wn_random stream = {9, WN_RANDOM_TEST, which};
    for (size_t i = 0; i < N; i++) {
        int exponent = smallest + (int)(wn_random_bits(stream, 2 * i) % (uint64_t)(largest - smallest + 1));
        values[i] = (float)ldexp(2.0 * wn_random_uniform(stream, 2 * i + 1) - 1.0, exponent);
    }
}

static float largest_value(void)
{
    float largest = 0.0f;
    for (size_t i = 0; i < N; i++)
        largest = fabsf(values[i]) > largest ? fabsf(values[i]) : largest;
    return largest;
}

static void test_largest(void)
{
    for (uint64_t which = 0; which < 5; which++) {
        union {
            int32_t bits;
            float value;
        } found;
        fill(which, -20, 3 * (int)which);
        found.bits = wn_fixed_largest_bits(values, N);
        CU_ASSERT_EQUAL(found.value, largest_value());
    }
    CU_ASSERT_EQUAL(wn_fixed_largest_bits(values, 0), 0);
    values[500] = -INFINITY;
    CU_ASSERT_EQUAL(wn_fixed_largest_bits(values, N), WN_FLOAT_NOT_FINITE);
    values[7] = NAN;
    CU_ASSERT_TRUE(wn_fixed_largest_bits(values, N) > WN_FLOAT_NOT_FINITE);
}

/* Scaled magnitudes fit the bits, and use them: nothing of two times the size would. */
static void test_shift(void)
{
    const int exponents[] = {-140, -120, -30, -1, 0, 5, 100, 128};
    for (size_t e = 0; e < sizeof exponents / sizeof *exponents; e++)
        for (int bits = 10; bits <= 30; bits += 4) {
            fill(e, exponents[e] - 4, exponents[e]);
            int shift = wn_fixed_shift(wn_fixed_largest_bits(values, N), bits);
            double scaled = ldexp((double)largest_value(), shift);
            CU_ASSERT_TRUE(scaled < ldexp(1.0, bits));
            CU_ASSERT_TRUE(scaled >= ldexp(1.0, bits - 1) || shift == 126);
        }
    CU_ASSERT_EQUAL(wn_fixed_shift(0, 30), 30);
}

/* Against rounding in double, one by one; what is added is added to what was there. */
static void test_add(void)
{
    for (uint64_t which = 0; which < 6; which++) {
        fill(which, -40, (int)which * 10 - 20);
        int shift = wn_fixed_shift(wn_fixed_largest_bits(values, N), 28);
        for (size_t i = 0; i < N; i++)
            sums[i] = other[i] = (int32_t)i - 500;
        wn_fixed_add(sums, values, shift, N);
        for (size_t i = 0; i < N; i++) {
            double exact = ldexp((double)values[i], shift), found = (double)(sums[i] - other[i]);
            CU_ASSERT_TRUE(fabs(found - exact) <= 0.5);
            CU_ASSERT_TRUE(found == round(exact));
        }
    }
}

static void test_values(void)
{
    float found[N];
    wn_random stream = {9, WN_RANDOM_TEST, 99};
    for (size_t i = 0; i < N; i++)
        sums[i] = (int32_t)wn_random_bits(stream, i);
    wn_fixed_values(sums, 0x1p-20 / 3.0, found, N);
    for (size_t i = 0; i < N; i++)
        CU_ASSERT_EQUAL(found[i], (float)((double)sums[i] * (0x1p-20 / 3.0)));
}

static const wn_test tests[] = {
    {"largest magnitude", test_largest},
    {"shift", test_shift},
    {"add", test_add},
    {"values", test_values},
};

TEST_MAIN("train/fixed_point", tests)
