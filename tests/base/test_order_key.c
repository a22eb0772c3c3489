#include "winnow/order_key.h"

#include "testing.h"

#include <float.h>
#include <math.h>

static const double ASCENDING[] = {-INFINITY, -DBL_MAX,  -1e10, -1 - DBL_EPSILON, -1,
                                   -DBL_MIN,  -4.9e-324, 0,     4.9e-324,         DBL_MIN,
                                   1 - 1e-16, 1,         1e10,  DBL_MAX,          INFINITY};

enum { N = sizeof ASCENDING / sizeof *ASCENDING };

static void test_order(void)
{
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            CU_ASSERT_EQUAL(wn_order_key(ASCENDING[i]) < wn_order_key(ASCENDING[k]), ASCENDING[i] < ASCENDING[k]);
            CU_ASSERT_EQUAL(wn_order_key(ASCENDING[i]) == wn_order_key(ASCENDING[k]), ASCENDING[i] == ASCENDING[k]);
        }
}

static void test_way_back(void)
{
    for (size_t i = 0; i < N; i++)
        CU_ASSERT_EQUAL(wn_order_key_value(wn_order_key(ASCENDING[i])), ASCENDING[i]);
}

static void test_zeros(void)
{
    CU_ASSERT_EQUAL(wn_order_key(-0.0), wn_order_key(0.0));
    CU_ASSERT(!signbit(wn_order_key_value(wn_order_key(-0.0))));
    CU_ASSERT(wn_order_key(-INFINITY) > INT64_MIN); /* which stands for no key */
    CU_ASSERT(~wn_order_key(INFINITY) > INT64_MIN);
}

static const wn_test tests[] = {
    {"the order of doubles", test_order}, {"back to doubles", test_way_back}, {"zeros and bounds", test_zeros}};

TEST_MAIN("base/order_key", tests)
