#include "feature_draw.h"

#include "testing.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

enum { N = 12 };

/* Read in parts or at once: the same permutation, each feature once, and the scratch is as before. */
static void test_parts(void)
{
    wn_feature_draw draw = {0};
    uint32_t all[N], parts[N];
    if (!CHECK_OK(wn_feature_draw_init(&draw, N)))
        return;
    for (uint64_t node = 1; node < 50; node++) {
        unsigned seen = 0;
        CU_ASSERT_EQUAL(wn_feature_draw_take(&draw, 3, node, 0, N, all), N);
        for (size_t first = 0; first < N; first += 5)
            CU_ASSERT_EQUAL(wn_feature_draw_take(&draw, 3, node, first, 5, parts + first),
                            N - first < 5 ? N - first : 5);
        CU_ASSERT_EQUAL(memcmp(all, parts, sizeof all), 0);
        for (size_t i = 0; i < N; i++)
            seen |= 1u << all[i];
        CU_ASSERT_EQUAL(seen, (1u << N) - 1);
    }
    CU_ASSERT_EQUAL(wn_feature_draw_take(&draw, 3, 1, N, 5, parts), 0);
    wn_feature_draw_clear(&draw);
}

/* Each is drawn first about as often. */
static void test_shares(void)
{
    wn_feature_draw draw = {0};
    double count[N] = {0}, n = 6000;
    if (!CHECK_OK(wn_feature_draw_init(&draw, N)))
        return;
    for (uint64_t node = 1; node <= (uint64_t)n; node++) {
        uint32_t features[2];
        wn_feature_draw_take(&draw, 9, node, 0, 2, features);
        count[features[0]]++;
        count[features[1]]++;
    }
    for (size_t f = 0; f < N; f++)
        CU_ASSERT(fabs(count[f] - 2 * n / N) < 5 * sqrt(2 * n / N));
    wn_feature_draw_clear(&draw);
}

static const wn_test tests[] = {{"parts", test_parts}, {"shares", test_shares}};
TEST_MAIN("feature_draw", tests)
