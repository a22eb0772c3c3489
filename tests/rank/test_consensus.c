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

/* What features are compared by: smaller is better. */
typedef struct {
    double first[MOST], sum[MOST];
} naive_order;

/* Of one to three numbers. */
static double naive_median(const double *x, size_t n)
{
    double least = x[0], most = x[0], sum = 0;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
        sum += x[i];
    }
    return n < 3 ? sum / (double)n : sum - least - most;
}

static void find_order(wn_consensus rule, size_t keep, const double *const *scores, size_t n_scores, size_t n,
                       naive_order *by)
{
    for (size_t i = 0; i < n; i++) {
        double worst = 0, by_method[SCORES];
        by->sum[i] = 0;
        for (size_t s = 0; s < n_scores; s++) {
            double position = naive_position(scores[s], n, i);
            by->sum[i] += position;
            worst = position > worst ? position : worst;
            by_method[s] = position;
        }
        double median = naive_median(by_method, n_scores);
        bool in_all = worst <= (double)keep;
        by->first[i] = rule == WN_CONSENSUS_MEAN_RANK ? 0 : rule == WN_CONSENSUS_BORDA ? median : in_all ? worst : 1e9;
    }
}

/* Whether a feature stands before another: equal ones by the sum of positions, then by number. */
static bool is_before(const naive_order *by, size_t j, size_t i)
{
    if (by->first[j] != by->first[i])
        return by->first[j] < by->first[i];
    return by->sum[j] < by->sum[i] || (by->sum[j] == by->sum[i] && j < i);
}

static void check_consensus(wn_consensus rule, size_t keep, const double *const *scores, size_t n_scores, size_t n)
{
    double consensus[MOST];
    size_t order[MOST];
    naive_order by;
    if (!CHECK_OK(wn_rank_consensus(rule, keep, scores, n_scores, n, consensus, order)))
        return;
    find_order(rule, keep, scores, n_scores, n, &by);
    for (size_t i = 0; i < n; i++) {
        size_t n_before = 0;
        for (size_t j = 0; j < n; j++)
            n_before += is_before(&by, j, i);
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
        for (int rule = WN_CONSENSUS_MEAN_RANK; rule <= WN_CONSENSUS_INTERSECTION; rule++)
            check_consensus((wn_consensus)rule, 1 + (size_t)trial % 7 * n / 6, scores, 1 + (size_t)trial % SCORES, n);
    }
}

/* Three methods, of which one sees nothing in the feature that the others have first. */
static void test_rules(void)
{
    const double a[] = {9, 6, 1, 2, 5, 3}, b[] = {9, 1, 2, 3, 5, 4}, c[] = {0, 1, 2, 9, 5, 3};
    const double *scores[] = {a, b, c};
    double consensus[6];
    size_t order[6];
    CHECK_OK(wn_rank_consensus(WN_CONSENSUS_BORDA, 2, scores, 3, 6, consensus, order));
    CU_ASSERT_EQUAL(order[0], 0); /* first, first and last */
    CHECK_OK(wn_rank_consensus(WN_CONSENSUS_MEAN_RANK, 2, scores, 3, 6, consensus, order));
    CU_ASSERT_EQUAL(order[0], 4); /* third and twice second */
    CHECK_OK(wn_rank_consensus(WN_CONSENSUS_INTERSECTION, 4, scores, 3, 6, consensus, order));
    CU_ASSERT_EQUAL(order[0], 4);
    CU_ASSERT_EQUAL(order[1], 5); /* fourth and twice third */
    CU_ASSERT_EQUAL(order[2], 0);
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
        status = wn_rank_consensus(WN_CONSENSUS_BORDA, 2, scores, 2, 5, consensus, order);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CHECK_OK(status);
    CU_ASSERT_TRUE(nth > 2);
}

static const wn_test tests[] = {
    {"positions against counting", test_positions},
    {"consensus against counting", test_consensus},
    {"what rules are for", test_rules},
    {"failing allocations", test_allocations},
};
TEST_MAIN("consensus", tests)
