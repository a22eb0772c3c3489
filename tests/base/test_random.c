#include "winnow/random.h"

#include "testing.h"
#include "winnow/memory.h"

#include <Random123/philox.h>
#include <math.h>
#include <stdlib.h>

enum { N_DRAWS = 200000 };

static const wn_random STREAM = {42, WN_RANDOM_TEST, 7};

/* The published generator: one draw is Philox4x32-10 of the counter. */
static void test_generator(void)
{
    philox4x32_ctr_t zero = philox4x32((philox4x32_ctr_t){{0}}, (philox4x32_key_t){{0}});
    wn_random stream = {0, (wn_random_purpose)0, 0};
    CU_ASSERT_EQUAL(wn_random_bits(stream, 0), (uint64_t)zero.v[1] << 32 | zero.v[0]);
    CU_ASSERT_EQUAL(zero.v[0], 0x6627e8d5u); /* known answer of Salmon et al. */
    CU_ASSERT_EQUAL(zero.v[1], 0xe169c58du);
}

/* Many streams at once are the same draws, whatever their number and however they lie in the vectors. */
static void test_words(void)
{
    static const uint64_t identities[] = {0, 5, UINT64_MAX, 1u << 31, UINT64_C(77) << 40};
    uint32_t words[5 * 23 * 4];
    for (size_t n = 0; n <= 5; n++) {
        for (size_t n_draws = 1; n_draws <= 23; n_draws += 11) {
            uint64_t first = UINT32_MAX - 5;
            wn_random_words(42, WN_RANDOM_TEST, identities, n, first, n_draws, words);
            for (size_t i = 0; i < n * n_draws; i++) {
                wn_random stream = {42, WN_RANDOM_TEST, identities[i / n_draws]};
                uint64_t wanted = wn_random_bits(stream, first + i % n_draws);
                CU_ASSERT_EQUAL((uint64_t)words[4 * i + 1] << 32 | words[4 * i], wanted);
                CU_ASSERT(i == 0 || words[4 * i + 2] != words[4 * i - 2]);
            }
        }
    }
    philox4x32_ctr_t drawn = philox4x32((philox4x32_ctr_t){{0}}, (philox4x32_key_t){{0}});
    wn_random_words(0, (wn_random_purpose)0, identities, 1, 0, 1, words);
    for (size_t k = 0; k < 4; k++)
        CU_ASSERT_EQUAL(words[k], drawn.v[k]);
}

static void test_below(void)
{
    CU_ASSERT_EQUAL(wn_random_below(0, 7), 0);
    CU_ASSERT_EQUAL(wn_random_below(UINT64_MAX, 7), 6);
    CU_ASSERT_EQUAL(wn_random_below(UINT64_C(1) << 63, 7), 3);
    CU_ASSERT_EQUAL(wn_random_below(UINT64_MAX, 1), 0);
    CU_ASSERT_EQUAL(wn_random_below(UINT64_MAX, UINT64_MAX), UINT64_MAX - 1);
}

/* Mean and variance within five standard errors. */
static void test_uniform(void)
{
    double sum = 0, squares = 0, least = 1, most = 0;
    for (uint64_t i = 0; i < N_DRAWS; i++) {
        double u = wn_random_uniform(STREAM, i);
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
        least = fmin(least, u);
        most = fmax(most, u);
    }
    CU_ASSERT(least >= 0 && least < 1e-4);
    CU_ASSERT(most < 1 && most > 1 - 1e-4);
    CHECK_CLOSE(sum / N_DRAWS, 0.5, 5 * sqrt(1.0 / 12 / N_DRAWS));
    CHECK_CLOSE(squares / N_DRAWS, 1.0 / 12, 5 * sqrt(1.0 / 180 / N_DRAWS));
}

static void test_normal(void)
{
    double power[5] = {0};
    for (uint64_t i = 0; i < N_DRAWS; i++) {
        double z = wn_random_normal(STREAM, i);
        for (int k = 1; k <= 4; k++)
            power[k] += pow(z, k) / N_DRAWS;
    }
    CHECK_CLOSE(power[1], 0, 5 * sqrt(1.0 / N_DRAWS));
    CHECK_CLOSE(power[2], 1, 5 * sqrt(2.0 / N_DRAWS));
    CHECK_CLOSE(power[3], 0, 5 * sqrt(15.0 / N_DRAWS));
    CU_ASSERT(fabs(power[4] - 3) < 5 * sqrt(96.0 / N_DRAWS));
}

/* No state: draws in another order are the same; another seed, purpose or identity draws otherwise. */
static void test_independence(void)
{
    uint64_t forward[100];
    const wn_random others[] = {{43, WN_RANDOM_TEST, 7}, {42, WN_RANDOM_SPLIT, 7}, {42, WN_RANDOM_TEST, 8}};
    for (uint64_t i = 0; i < 100; i++)
        forward[i] = wn_random_bits(STREAM, i);
    for (uint64_t i = 100; i-- > 0;) {
        CU_ASSERT_EQUAL(wn_random_bits(STREAM, i), forward[i]);
        for (size_t k = 0; k < 3; k++)
            CU_ASSERT_NOT_EQUAL(wn_random_bits(others[k], i), forward[i]);
    }
}

static bool is_permutation(const int64_t *order, size_t n)
{
    bool seen[64] = {false};
    for (size_t i = 0; i < n; i++) {
        if (order[i] < 0 || order[i] >= (int64_t)n || seen[order[i]])
            return false;
        seen[order[i]] = true;
    }
    return true;
}

static void test_permutation(void)
{
    int64_t order[64];
    int count[4][4] = {{0}};
    for (size_t n = 0; n <= 64; n++) {
        wn_random_permutation(STREAM, n, order);
        CU_ASSERT(is_permutation(order, n));
    }
    for (uint64_t k = 0; k < 4000; k++) { /* every element comes to every place equally often */
        wn_random stream = {k, WN_RANDOM_TEST, 0};
        wn_random_permutation(stream, 4, order);
        for (int i = 0; i < 4; i++)
            count[i][order[i]]++;
    }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            CU_ASSERT(abs(count[i][j] - 1000) < 5 * 28);
}

static const wn_test tests[] = {{"Philox", test_generator},
                                {"many streams at once", test_words},
                                {"integers below a bound", test_below},
                                {"uniform numbers", test_uniform},
                                {"normal numbers", test_normal},
                                {"draws do not depend on each other", test_independence},
                                {"permutations", test_permutation}};

TEST_MAIN("base/random", tests)
