/* Windows: what is said when they miss, and how often those of a sample do. Values are the oracle's matter too. */
#include "winnow/moments.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>

enum { N_ROWS = 2000, N_COLS = 2, N_PROBABILITIES = 3, N_TARGETS = N_COLS * N_PROBABILITIES };

static const double probability[N_PROBABILITIES] = {0.25, 0.5, 0.75};

static double cell(int64_t row, size_t column)
{
    double z = wn_random_normal((wn_random){column, WN_RANDOM_TEST, (uint64_t)row}, 0);
    return column == 0 ? z : floor(3 * z);
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static void sort_column(size_t column, double *sorted)
{
    for (size_t i = 0; i < N_ROWS; i++)
        sorted[i] = cell((int64_t)i, column);
    qsort(sorted, N_ROWS, sizeof *sorted, ascending);
}

/* Whether the tests' quantiles ride along with moments. */
static bool is_carried;

/* Local. This rank's rows, as one block. */
static wn_status add_rows(wn_quantiles *quantiles)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    wn_moments *moments = NULL;
    wn_range mine = wn_range_part(N_ROWS, test_ranks.size, test_ranks.rank);
    TRY(wn_block_new(&block, N_ROWS, N_COLS, false));
    for (int64_t row = mine.first; row < mine.last; row++, block->n_rows++)
        for (size_t c = 0; c < N_COLS; c++)
            block->cells[block->n_rows * N_COLS + c] = cell(row, c);
    TRY(wn_moments_new(&moments, N_COLS, NULL));
    if (is_carried)
        wn_moments_carry(moments, quantiles);
    const wn_accumulator both[] = {wn_moments_accumulator(moments), wn_quantiles_accumulator(quantiles)};
    for (size_t i = 0; i < 2; i++)
        TRY(both[i].ops->add(both[i].state, block));
done:
    wn_moments_free(moments);
    wn_block_free(block);
    return status;
}

/* Collective. One pass: values, and windows for the next. */
static bool find(wn_window *windows, double *values, unsigned char *missed, size_t *n_missed)
{
    wn_quantiles *quantiles = NULL;
    bool is_good = CHECK_OK(
        wn_ranks_agree(&test_ranks, wn_quantiles_new(&quantiles, N_COLS, N_PROBABILITIES, probability, windows)));
    if (is_good && CHECK_OK(wn_ranks_agree(&test_ranks, add_rows(quantiles)))) {
        wn_accumulator accumulator = wn_quantiles_accumulator(quantiles);
        wn_span sums = accumulator.ops->sums(quantiles);
        is_good = CHECK_OK(wn_ranks_sum(&test_ranks, sums.data, sums.n)) &&
                  CHECK_OK(wn_quantiles_finish(&test_ranks, quantiles, values, windows, missed, n_missed));
    }
    wn_quantiles_free(quantiles);
    return is_good;
}

static void check_values(const double *values)
{
    double sorted[N_ROWS];
    for (size_t c = 0; c < N_COLS; c++) {
        sort_column(c, sorted);
        for (size_t k = 0; k < N_PROBABILITIES; k++) {
            CU_ASSERT_EQUAL(values[c * N_PROBABILITIES + k], wn_quantile_sorted(sorted, N_ROWS, probability[k]));
            double place = probability[k] * (N_ROWS - 1), low = sorted[(size_t)place], high = sorted[(size_t)place + 1];
            CHECK_CLOSE(values[c * N_PROBABILITIES + k], low + (place - floor(place)) * (high - low), 1e-14);
        }
    }
}

/* Windows too high, too low, and one that holds the lower order statistic alone: the next one is as narrow as can be
 * known, and does not miss. */
static void test_missed(void)
{
    wn_window windows[N_TARGETS];
    double values[N_TARGETS], sorted[N_ROWS];
    unsigned char missed[N_TARGETS];
    size_t n_missed = 0;
    sort_column(0, sorted);
    double lower = sorted[(size_t)(0.75 * (N_ROWS - 1))];
    for (size_t i = 0; i < N_TARGETS; i++)
        windows[i] = (wn_window){-INFINITY, INFINITY};
    windows[0] = (wn_window){3, 4};
    windows[1] = (wn_window){-4, -3};
    windows[2] = (wn_window){lower - 0.1, lower};
    windows[4] = (wn_window){INFINITY, -INFINITY};
    if (!find(windows, values, missed, &n_missed))
        return;
    CU_ASSERT_EQUAL(n_missed, 4);
    CU_ASSERT(missed[0] && missed[1] && missed[2] && !missed[3] && missed[4] && !missed[5]);
    CU_ASSERT(isnan(values[0]) && isnan(values[1]) && isnan(values[2]) && isnan(values[4]));
    CU_ASSERT(isinf(windows[0].low) && windows[0].high == 4);
    CU_ASSERT(windows[1].low == -4 && isinf(windows[1].high));
    CU_ASSERT(windows[2].low == lower - 0.1 && isinf(windows[2].high));
    CU_ASSERT(windows[4].low == -INFINITY && windows[4].high == INFINITY);
    if (!find(windows, values, missed, &n_missed))
        return;
    CU_ASSERT_EQUAL(n_missed, 0);
    check_values(values);
}

/* Of 400 random samples none has a window that misses; windows of large samples are narrow. */
static void test_window_of_sample(void)
{
    enum { N_SAMPLE = 1000, N_TRIES = 400 };
    double sample[N_SAMPLE];
    size_t missed = 0, wide = 0;
    for (uint64_t t = 0; t < N_TRIES; t++) {
        for (size_t i = 0; i < N_SAMPLE; i++)
            sample[i] = wn_random_uniform((wn_random){t, WN_RANDOM_TEST, i}, 0);
        qsort(sample, N_SAMPLE, sizeof *sample, ascending);
        for (size_t k = 0; k < N_PROBABILITIES; k++) {
            wn_window window = wn_window_of_sample(sample, N_SAMPLE, probability[k]);
            missed += window.low > probability[k] || window.high < probability[k];
            wide += window.high - window.low > 0.25;
        }
    }
    CU_ASSERT_EQUAL(missed, 0);
    CU_ASSERT_EQUAL(wide, 0);
    wn_window all = wn_window_of_sample(sample, 10, 0.5), none = wn_window_of_sample(NULL, 0, 0.5);
    CU_ASSERT(all.low == -INFINITY && all.high == INFINITY);
    CU_ASSERT(none.low == -INFINITY && none.high == INFINITY);
}

/* A table that the sample holds as a whole: its own order statistics are inside. */
static void test_window_of_all(void)
{
    double sorted[N_ROWS];
    sort_column(1, sorted);
    for (size_t n = 1; n <= N_ROWS; n += 37)
        for (double p = 0; p <= 1; p += 0.125) {
            double value = wn_quantile_sorted(sorted, n, p);
            wn_window window = wn_window_of_sample(sorted, n, p);
            CU_ASSERT(window.low <= value && value <= window.high);
        }
    CU_ASSERT(isnan(wn_quantile_sorted(sorted, 0, 0.5)));
}

/* Ties fill a window of one value: it gives the quantile and keeps no cells. */
static void test_window_of_one_value(void)
{
    wn_window windows[N_TARGETS];
    double wanted[N_TARGETS], values[N_TARGETS];
    unsigned char missed[N_TARGETS];
    size_t n_missed = 0;
    for (size_t i = 0; i < N_TARGETS; i++)
        windows[i] = (wn_window){-INFINITY, INFINITY};
    if (!find(windows, wanted, missed, &n_missed))
        return;
    for (size_t i = 0; i < N_TARGETS; i++)
        windows[i] = (wn_window){wanted[i], wanted[i]};
    wn_quantiles *quantiles = NULL;
    if (CHECK_OK(wn_quantiles_new(&quantiles, N_COLS, N_PROBABILITIES, probability, windows))) {
        size_t before = wn_memory_used();
        CHECK_OK(add_rows(quantiles));
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    wn_quantiles_free(quantiles);
    CU_ASSERT_TRUE(find(windows, values, missed, &n_missed));
    for (size_t i = N_PROBABILITIES; i < N_TARGETS; i++) /* the column of ties */
        CU_ASSERT_TRUE(!missed[i] && values[i] == wanted[i]);
}

/* As all the tests before, in the sweep of moments. */
static void test_carried(void)
{
    is_carried = true;
    test_missed();
    test_window_of_one_value();
    test_window_of_all();
    is_carried = false;
}

static const wn_test tests[] = {{"windows that miss", test_missed},
                                {"windows of samples", test_window_of_sample},
                                {"windows of one value", test_window_of_one_value},
                                {"windows of the whole table", test_window_of_all},
                                {"carried by moments", test_carried}};
TEST_MAIN("stats/quantiles", tests)
