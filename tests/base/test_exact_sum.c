/* What only the digits show; sums themselves are compared with Python's in oracle_exact_sum.py. */
#include "winnow/exact_sum.h"

#include "testing.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { N_VALUES = 500 };

static double draw(uint64_t i)
{
    wn_random stream = {1, WN_RANDOM_TEST, i};
    return ldexp(wn_random_normal(stream, 0), (int)(wn_random_bits(stream, 1) % 400) - 200);
}

static bool is_same(const wn_exact_sum *a, const wn_exact_sum *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static wn_exact_sum sum_of_all(void)
{
    wn_exact_sum sum = {0};
    for (uint64_t i = 0; i < N_VALUES; i++)
        wn_exact_sum_add(&sum, draw(i));
    wn_exact_sum_normalize(&sum);
    return sum;
}

static void test_digits_of_any_split(void)
{
    wn_exact_sum whole = sum_of_all();
    for (size_t n_parts = 1; n_parts <= 9; n_parts++) {
        wn_exact_sum parts[9] = {0}, merged = {0}, added = {0};
        for (uint64_t i = N_VALUES; i-- > 0;)
            wn_exact_sum_add(&parts[i * i % n_parts], draw(i));
        for (size_t p = 0; p < n_parts; p++) {
            wn_exact_sum_merge(&merged, &parts[p]);
            wn_exact_sum_normalize(&parts[p]);
            for (size_t d = 0; d < WN_EXACT_SUM_SIZE; d++) /* as MPI_SUM does */
                added.digit[d] += parts[p].digit[d];
        }
        wn_exact_sum_normalize(&merged);
        wn_exact_sum_normalize(&added);
        CU_ASSERT(is_same(&merged, &whole));
        CU_ASSERT(is_same(&added, &whole));
    }
}

static void test_canonical(void)
{
    wn_exact_sum sum = sum_of_all();
    for (int i = 0; i < WN_EXACT_DIGITS - 1; i++)
        CU_ASSERT(sum.digit[i] >= 0 && sum.digit[i] < (int64_t)1 << 32);
    wn_exact_sum again = sum, empty = {0};
    wn_exact_sum_normalize(&again);
    CU_ASSERT(is_same(&again, &sum));
    wn_exact_sum_merge(&again, &empty);
    CU_ASSERT(is_same(&again, &sum));
    wn_exact_sum_merge_scaled(&again, &sum, -1);
    CU_ASSERT(is_same(&again, &empty));
    CU_ASSERT_EQUAL(wn_exact_sum_round(&empty), 0);
}

static void test_scaled(void)
{
    static const int32_t factors[] = {0, 1, -1, 3, -1000, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        wn_exact_sum one = sum_of_all(), scaled = {0}, products = {0};
        wn_exact_sum_merge_scaled(&scaled, &one, factors[i]);
        for (uint64_t k = 0; k < N_VALUES; k++)
            wn_exact_sum_add_product(&products, draw(k), factors[i]);
        wn_exact_sum_normalize(&products);
        CU_ASSERT(is_same(&scaled, &products));
    }
    wn_exact_sum infinite = {0}, negated = {0}, nothing = {0};
    wn_exact_sum_add(&infinite, INFINITY);
    wn_exact_sum_merge_scaled(&negated, &infinite, -2);
    CU_ASSERT_EQUAL(wn_exact_sum_round(&negated), -INFINITY);
    wn_exact_sum_merge_scaled(&nothing, &infinite, 0);
    CU_ASSERT(isnan(wn_exact_sum_round(&nothing)));
}

static const wn_test tests[] = {{"the same digits by any split", test_digits_of_any_split},
                                {"canonical digits", test_canonical},
                                {"whole multiples", test_scaled}};

TEST_MAIN("base/exact_sum", tests)
