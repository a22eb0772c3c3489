#include "testing.h"

#include "consensus.h"
#include "winnow/memory.h"
#include "winnow/random.h"
#include "winnow/ranking.h"

#include <math.h>

enum { MOST = 60, SCORES = 3, TRIALS = 40 };

/* Few distinct values, so that many are equal; infinities and NaN among them. */
static double draw(uint64_t trial, uint64_t counter)
{
    static const double special[] = {INFINITY, -INFINITY, NAN, 0.0, -0.0};
    uint64_t bits = wn_random_bits((wn_random){3, WN_RANDOM_TEST, trial}, counter);
    if (bits % 8 == 0)
        return special[bits / 8 % 5];
    return (double)(bits / 64 % 20) - 9.5;
}

static bool is_better(double a, double b)
{
    return a > b || (isnan(b) && !isnan(a));
}

/* 1 + how many are better + half of those that are equal, itself not counted. */
static double naive_position(const double *score, size_t n, size_t i)
{
    double position = 1;
    for (size_t j = 0; j < n; j++)
        if (is_better(score[j], score[i]))
            position += 1;
        else if (j != i && !is_better(score[i], score[j]))
            position += 0.5;
    return position;
}

static void check_positions(const double *score, size_t n)
{
    double position[MOST];
    if (!CHECK_OK(wn_rank_positions(score, n, position)))
        return;
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_EQUAL(position[i], naive_position(score, n, i));
}

static void test_positions(void)
{
    double score[MOST];
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        size_t n = trial < 4 ? (size_t)trial : (size_t)(trial * 31 % MOST);
        for (size_t i = 0; i < n; i++)
            score[i] = draw(trial, i);
        check_positions(score, n);
    }
    check_positions((double[]){NAN, NAN}, 2);
    check_positions((double[]){-INFINITY, NAN, INFINITY, 1}, 4);
}

/* A feature is before another if the sum of its positions is smaller, or equal and its number is smaller. */
static void check_consensus(const double *const *scores, size_t n_scores, size_t n)
{
    double sum[MOST] = {0}, consensus[MOST];
    size_t order[MOST];
    if (!CHECK_OK(wn_rank_consensus(scores, n_scores, n, consensus, order)))
        return;
    for (size_t s = 0; s < n_scores; s++)
        for (size_t i = 0; i < n; i++)
            sum[i] += naive_position(scores[s], n, i);
    for (size_t i = 0; i < n; i++) {
        size_t n_before = 0;
        for (size_t j = 0; j < n; j++)
            n_before += sum[j] < sum[i] || (sum[j] == sum[i] && j < i);
        CU_ASSERT_EQUAL(consensus[i], (double)(n_before + 1));
        CU_ASSERT_EQUAL(order[n_before], i);
    }
}

static void test_consensus(void)
{
    double values[SCORES][MOST];
    const double *scores[SCORES] = {values[0], values[1], values[2]};
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        size_t n = (size_t)(1 + trial * 17 % MOST);
        for (size_t i = 0; i < SCORES * MOST; i++)
            values[i / MOST][i % MOST] = draw(1000 + trial, i);
        check_consensus(scores, 1 + (size_t)trial % SCORES, n);
    }
}

static void test_allocations(void)
{
    double values[5] = {3, 1, NAN, 1, INFINITY}, consensus[5];
    const double *scores[2] = {values, values};
    size_t order[5], before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    int64_t nth = 1;
    for (; nth < 50 && status == WN_NO_MEMORY; nth++) {
        wn_memory_fail_at(nth);
        status = wn_rank_consensus(scores, 2, 5, consensus, order);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CHECK_OK(status);
    CU_ASSERT_TRUE(nth > 2);
}

static const wn_test tests[] = {
    {"positions against counting", test_positions},
    {"consensus against counting", test_consensus},
    {"failing allocations", test_allocations},
};
TEST_MAIN("consensus", tests)
