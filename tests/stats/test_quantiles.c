/* Windows: what is said when they miss or hold more cells than memory does, and how often those of a sample miss.
 * Values are the oracle's matter too. */
#include "winnow/moments.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/radix_sort.h"
#include "winnow/random.h"
#include "winnow/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_ROWS = 2000, N_COLS = 4, N_PROBABILITIES = 3, N_TARGETS = N_COLS * N_PROBABILITIES };

static const double probability[N_PROBABILITIES] = {0.25, 0.5, 0.75};

/* Standard normal; few values; two heaps far apart, with the median between them; of all sizes, about 0. */
static double cell(int64_t row, size_t column)
{
    double z = (double)(float)wn_random_normal((wn_random){column, WN_RANDOM_TEST, (uint64_t)row}, 0);
    switch (column) {
    case 0:
        return z;
    case 1:
        return floor(3 * z);
    case 2:
        return (double)(float)(row % 2 ? 1e30 * (1 + z / 1e3) : -1e-30 * (1 + z / 1e3));
    default:
        return (double)(float)(z * exp(-20 * fabs(z)));
    }
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

/* How the tests' quantiles take their cells. */
static bool is_carried, is_float32;
static size_t budget = 1 << 20;

/* The ranks' parts are of different lengths; the last of several has none. */
static wn_range rows_of_rank(void)
{
    int64_t dealers = test_ranks.size > 1 ? test_ranks.size - 1 : 1, rank = test_ranks.rank;
    wn_range rows = {N_ROWS * rank * rank / (dealers * dealers),
                     N_ROWS * (rank + 1) * (rank + 1) / (dealers * dealers)};
    return rank < dealers ? rows : (wn_range){N_ROWS, N_ROWS};
}

static void fill(wn_block *block)
{
    wn_range mine = rows_of_rank();
    float *floats = block->raw.data;
    for (int64_t row = mine.first; row < mine.last; row++, block->n_rows++)
        for (size_t c = 0; c < N_COLS; c++) {
            size_t k = block->n_rows * N_COLS + c;
            if (is_float32)
                floats[k] = (float)cell(row, c);
            else
                block->cells[k] = cell(row, c);
        }
}

/* Local. This rank's rows, as one block. No memory is taken for them. */
static wn_status add_rows(wn_quantiles *quantiles)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    wn_moments *moments = NULL;
    TRY(wn_block_new(&block, N_ROWS, N_COLS, is_float32));
    if (is_float32)
        block->raw = block->buffer;
    fill(block);
    TRY(wn_moments_new(&moments, N_COLS));
    if (is_carried)
        wn_moments_carry(moments, quantiles);
    const wn_accumulator both[] = {wn_moments_accumulator(moments), wn_quantiles_accumulator(quantiles)};
    size_t before = wn_memory_used();
    for (size_t i = 0; i < 2; i++)
        TRY(both[i].ops->add(both[i].state, block));
    CU_ASSERT_EQUAL(wn_memory_used(), before);
done:
    wn_moments_free(moments);
    wn_block_free(block);
    return status;
}

static wn_status make(const wn_window *windows, wn_quantiles **quantiles)
{
    return wn_quantiles_new(quantiles, N_COLS, N_PROBABILITIES, probability, windows, budget);
}

/* Collective. One pass: values, and windows for the next. */
static bool find(wn_window *windows, double *values, unsigned char *missed, size_t *n_missed)
{
    wn_quantiles *quantiles = NULL;
    bool is_good = CHECK_OK(wn_ranks_agree(&test_ranks, make(windows, &quantiles)));
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

static wn_window window_of(const double *cells, size_t n, double p)
{
    static double scratch[N_ROWS];
    wn_window window;
    wn_windows_of_sample(cells, scratch, n, 1, &p, &window);
    return window;
}

/* As sorting has it. */
static wn_window window_of_sorted(const double *sorted, size_t n, double p)
{
    double spread = 6 * sqrt((double)n * p * (1 - p)) + 2, low = p * (double)n - spread, high = p * (double)n + spread;
    return (wn_window){low >= 0 ? sorted[(size_t)low] : -(double)INFINITY,
                       high < (double)n ? sorted[(size_t)high] : (double)INFINITY};
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
            wn_window window = window_of(sample, N_SAMPLE, probability[k]);
            missed += window.low > probability[k] || window.high < probability[k];
            wide += window.high - window.low > 0.25;
        }
    }
    CU_ASSERT_EQUAL(missed, 0);
    CU_ASSERT_EQUAL(wide, 0);
    wn_window all = window_of(sample, 10, 0.5), none = window_of(NULL, 0, 0.5);
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
            wn_window window = window_of(sorted, n, p);
            CU_ASSERT(window.low <= value && value <= window.high);
        }
    CU_ASSERT(isnan(wn_quantile_sorted(sorted, 0, 0.5)));
}

/* The same windows of cells that nobody sorted: even, of few values, of one, far apart, of all sizes. */
static void test_windows_of_cells(void)
{
    static const double wanted[] = {0, 0.01, 0.25, 0.5, 0.75, 0.99, 1};
    enum { N_WANTED = sizeof wanted / sizeof *wanted };
    double cells[N_ROWS], scratch[N_ROWS], sorted[N_ROWS];
    wn_window windows[N_WANTED];
    size_t wrong = 0;
    for (size_t kind = 0; kind < N_COLS + 2; kind++)
        for (size_t n = 0; n <= N_ROWS; n += n < 40 ? 1 : 97) {
            for (size_t i = 0; i < n; i++)
                cells[i] = kind < N_COLS ? cell((int64_t)i, kind) : kind == N_COLS ? 3.5 : i % 2 ? 1.7e308 : -1.7e308;
            memcpy(sorted, cells, n * sizeof *sorted);
            wn_doubles_sort(sorted, n);
            wn_windows_of_sample(cells, scratch, n, N_WANTED, wanted, windows);
            for (size_t k = 0; k < N_WANTED; k++) {
                wn_window expected = window_of_sorted(sorted, n, wanted[k]);
                wrong += windows[k].low != expected.low || windows[k].high != expected.high;
            }
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Selection beside sorting: the same value, in whatever order the values come, ties or not. */
static void test_selection(void)
{
    double sorted[N_ROWS], values[N_ROWS];
    size_t wrong = 0;
    for (int kind = 0; kind < 5; kind++)
        for (size_t n = 1; n <= N_ROWS; n += n < 40 ? 1 : 61)
            for (double p = 0; p <= 1; p += 0.125) {
                for (size_t i = 0; i < n; i++)
                    values[i] = kind == 0   ? (double)(i * 7919 % 1009)
                                : kind == 1 ? (double)(i * 31 % 5)
                                : kind == 2 ? 3.5
                                : kind == 3 ? (double)i
                                            : -(double)i;
                memcpy(sorted, values, n * sizeof *sorted);
                wn_doubles_sort(sorted, n);
                wrong += wn_quantile_select(values, n, p) != wn_quantile_sorted(sorted, n, p);
                wn_doubles_sort(values, n);
                wrong += memcmp(values, sorted, n * sizeof *sorted) != 0;
            }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(isnan(wn_quantile_select(values, 0, 0.5)));
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
    budget = 0; /* and none is needed */
    CU_ASSERT_TRUE(find(windows, values, missed, &n_missed));
    budget = 1 << 20;
    for (size_t i = N_PROBABILITIES; i < 2 * N_PROBABILITIES; i++) /* the column of ties */
        CU_ASSERT_TRUE(!missed[i] && values[i] == wanted[i]);
}

/* Collective. Passes until nothing is missing; of the whole line, or of windows that miss. */
static int search(wn_window first)
{
    enum { MOST_PASSES = 18 };
    wn_window windows[N_TARGETS];
    double values[N_TARGETS], found[N_TARGETS];
    unsigned char missed[N_TARGETS], is_open[N_TARGETS];
    size_t n_missed = 1;
    int n_passes = 0;
    for (size_t i = 0; i < N_TARGETS; i++) {
        windows[i] = first;
        is_open[i] = 1;
    }
    while (n_missed > 0 && n_passes < MOST_PASSES && find(windows, values, missed, &n_missed)) {
        n_passes++;
        for (size_t i = 0; i < N_TARGETS; i++)
            if (is_open[i] && !missed[i]) {
                found[i] = values[i];
                is_open[i] = 0;
                windows[i] = (wn_window){INFINITY, -INFINITY};
            }
        n_missed = 0;
        for (size_t i = 0; i < N_TARGETS; i++)
            n_missed += is_open[i];
    }
    CU_ASSERT_EQUAL(n_missed, 0);
    if (n_missed == 0)
        check_values(found);
    return n_passes;
}

/* Any memory for the cells in windows gives the same values; little of it takes more passes. */
static void test_budgets(void)
{
    static const size_t budgets[] = {0, 3000, N_TARGETS * 1000, N_TARGETS * 7000, 1 << 20};
    enum { N_BUDGETS = sizeof budgets / sizeof *budgets };
    for (size_t way = 0; way < 4; way++) {
        int passes[N_BUDGETS];
        is_carried = way % 2;
        is_float32 = way / 2;
        for (size_t b = 0; b < N_BUDGETS; b++) {
            budget = budgets[b];
            passes[b] = search((wn_window){-INFINITY, INFINITY});
            CU_ASSERT(b == 0 || passes[b] <= passes[b - 1]);
            search((wn_window){-1e-3, 1e-3});
        }
        CU_ASSERT(passes[0] > 2);
        CU_ASSERT_EQUAL(passes[N_BUDGETS - 1], 1);
    }
    is_carried = is_float32 = false;
    budget = 1 << 20;
}

/* What a budget takes, and that not less than the least is taken. */
static void test_budget_is_kept(void)
{
    wn_window windows[N_TARGETS];
    size_t used[2] = {0};
    static const size_t budgets[2] = {0, 1 << 22};
    for (size_t i = 0; i < N_TARGETS; i++)
        windows[i] = (wn_window){-1, 1};
    for (size_t b = 0; b < 2; b++) {
        wn_quantiles *quantiles = NULL;
        size_t before = wn_memory_used();
        budget = budgets[b];
        CHECK_OK(make(windows, &quantiles));
        used[b] = wn_memory_used() - before;
        wn_quantiles_free(quantiles);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CU_ASSERT(used[0] >= N_TARGETS * WN_WINDOW_LEAST && used[0] < N_TARGETS * WN_WINDOW_LEAST + (1 << 18));
    CU_ASSERT(used[1] <= budgets[1] + (1 << 18));
    budget = 1 << 20;
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
                                {"windows of cells in any order", test_windows_of_cells},
                                {"selection", test_selection},
                                {"carried by moments", test_carried},
                                {"little memory for windows", test_budgets},
                                {"memory for windows", test_budget_is_kept}};
TEST_MAIN("stats/quantiles", tests)
