#include "normal.h"

#include "testing.h"

#include <math.h>
#include <stdlib.h>

/* The distribution function, by the C library: the inverse's inverse. */
static double below(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}

static void test_quantile(void)
{
    for (double p = 1e-300; p < 0.5; p *= 1.7) {
        double z = wn_normal_quantile(p);
        CHECK_CLOSE(below(z) / p, 1, 1e-12 * (1 + z * z));
        CU_ASSERT(p < 1e-10 || fabs(wn_normal_quantile(1 - p) + z) < 1e-15 / p);
    }
    for (double p = 0.01; p < 1; p += 0.001)
        CHECK_CLOSE(below(wn_normal_quantile(p)), p, 1e-15);
    CU_ASSERT_EQUAL(wn_normal_quantile(0.5), 0);
    CU_ASSERT(isfinite(wn_normal_quantile(1 - 0x1p-53)));
}

/* Both numbers for every kind of word; ascending, but for the last digits of floats. */
static void test_words(void)
{
    enum { N = 1 << 15 };
    uint32_t *words = malloc(N * sizeof *words);
    float *z = malloc(N * sizeof *z), *again = malloc(N * sizeof *again);
    for (uint32_t i = 0; i < N; i++) {
        uint32_t high = i << 17, ends = i % 64 ? 0x1ffffu : 0;
        words[i] = high | (i * 2654435761u & ends);
    }
    words[N - 1] = UINT32_MAX;
    words[0] = 0;
    wn_normal_of_words(words, z, N);
    for (size_t i = 0; i < N; i++) {
        double exact = wn_normal_quantile(((double)words[i] + 0.5) * 0x1p-32);
        CHECK_CLOSE((double)z[i], exact, 1e-6);
        CU_ASSERT(i == 0 || z[i] >= z[i - 1] - 1e-6f);
        wn_normal_of_words(words + i, again, 1); /* as one alone as among many */
        CU_ASSERT_EQUAL(again[0], z[i]);
    }
    CU_ASSERT(z[0] > -6.4f && z[0] < -6.3f && z[N - 1] == -z[0]);
    free(again);
    free(z);
    free(words);
}

static void test_log(void)
{
    for (double x = 1e-300; x < 1e300; x *= 1.37)
        CHECK_CLOSE(wn_normal_log(x) - log(x), 0, 4e-16 * (1 + fabs(log(x))));
    CU_ASSERT_EQUAL(wn_normal_log(1), 0);
}

static const wn_test tests[] = {
    {"quantiles", test_quantile}, {"normal numbers of words", test_words}, {"logarithm", test_log}};
TEST_MAIN("generate/normal", tests)
