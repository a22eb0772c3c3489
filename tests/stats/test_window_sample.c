/* Windows narrowed by a sample of blocks, beside the naive way: all cells sorted, deviations of blocks by their
 * formula.
 */
#include "winnow/window_sample.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/radix_sort.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { N_BLOCKS = 24, BLOCK_ROWS = 100, N_COLS = 7, N_PROBABILITIES = 3, N_TARGETS = N_COLS * N_PROBABILITIES };
enum { N_PILOT = 150, BUDGET = 1 << 20 };

static const double probability[N_PROBABILITIES] = {0.02, 0.5, 0.75};

/* Normal; blocks of their own level each; small integers; one value; gaps, half of them; nothing; sorted. */
static double cell(size_t block, size_t row, size_t column)
{
    const wn_random stream = {column, WN_RANDOM_TEST, block};
    double z = (double)(float)wn_random_normal(stream, row);
    switch (column) {
    case 0:
        return z;
    case 1:
        return (double)(float)(z / 10 + wn_random_normal((wn_random){9, WN_RANDOM_TEST, block}, 0));
    case 2:
        return floor(2 * z);
    case 3:
        return 3.5;
    case 4:
        return z < 0 ? (double)NAN : z;
    case 5:
        return (double)NAN;
    default:
        return (double)(block * BLOCK_ROWS + row);
    }
}

/* The windows of a pilot of the same rows. */
static void guess(wn_window *windows)
{
    double cells[N_PILOT], scratch[N_PILOT];
    for (size_t c = 0; c < N_COLS; c++) {
        size_t n = 0;
        for (size_t i = 0; i < N_PILOT; i++) {
            double x = cell(i % N_BLOCKS, i * 7 % BLOCK_ROWS, c);
            if (!isnan(x))
                cells[n++] = x;
        }
        wn_windows_of_sample(cells, scratch, n, N_PROBABILITIES, probability, windows + c * N_PROBABILITIES);
    }
}

/* The variance of how many cells lie beyond a finite end of the window, by what the blocks have. */
static double variance_of_blocks(size_t column, wn_window window)
{
    double beyond[N_BLOCKS] = {0}, valid[N_BLOCKS] = {0}, all_beyond = 0, all = 0, gaps = 0;
    for (size_t b = 0; b < N_BLOCKS; b++) {
        for (size_t i = 0; i < BLOCK_ROWS; i++) {
            double x = cell(b, i, column);
            valid[b] += !isnan(x);
            beyond[b] += isfinite(window.low) ? x < window.low : x > window.high;
        }
        all += valid[b];
        all_beyond += beyond[b];
    }
    for (size_t b = 0; b < N_BLOCKS; b++)
        gaps += pow(beyond[b] - all_beyond / all * valid[b], 2);
    return gaps * N_BLOCKS / (N_BLOCKS - 1);
}

/* What a pilot's window becomes. */
static wn_window naive(size_t column, double p, wn_window window)
{
    static double sorted[N_BLOCKS * BLOCK_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < N_BLOCKS * BLOCK_ROWS; i++) {
        double x = cell(i / BLOCK_ROWS, i % BLOCK_ROWS, column);
        if (!isnan(x))
            sorted[n++] = x;
    }
    wn_doubles_sort(sorted, n);
    double place = p * (double)n;
    double spread = 6 * sqrt(fmax((double)n * p * (1 - p), n > 0 ? variance_of_blocks(column, window) : 0)) + 2;
    double low = floor(place - spread), high = ceil(place + spread);
    if (low >= 0 && low < (double)n)
        window.low = fmax(window.low, sorted[(size_t)low]);
    if (high >= 0 && high < (double)n)
        window.high = fmin(window.high, sorted[(size_t)high]);
    return window;
}

static void fill(wn_block *block, size_t number, bool is_float32)
{
    block->n_rows = BLOCK_ROWS;
    for (size_t i = 0; i < BLOCK_ROWS; i++)
        for (size_t c = 0; c < N_COLS; c++) {
            if (is_float32)
                ((float *)block->raw.data)[i * N_COLS + c] = (float)cell(number, i, c);
            else
                block->cells[i * N_COLS + c] = cell(number, i, c);
        }
}

/* Local. This rank's blocks: every size-th, of several ranks the last has none. */
static wn_status add_blocks(const wn_accumulator *accumulators, bool is_float32)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    size_t dealers = test_ranks.size > 1 ? (size_t)test_ranks.size - 1 : 1;
    TRY(wn_block_new(&block, BLOCK_ROWS, N_COLS, is_float32));
    if (is_float32)
        block->raw = block->buffer;
    for (size_t b = (size_t)test_ranks.rank; (size_t)test_ranks.rank < dealers && b < N_BLOCKS; b += dealers) {
        fill(block, b, is_float32);
        for (size_t k = 0; k < WN_WINDOW_SAMPLE_STATES; k++)
            TRY(accumulators[k].ops->add(accumulators[k].state, block));
    }
done:
    wn_block_free(block);
    return status;
}

/* Collective. What windows become; false after a failure. */
static bool narrow(wn_window *windows, size_t budget, bool is_float32)
{
    wn_window_sample *sample = NULL;
    wn_accumulator accumulators[WN_WINDOW_SAMPLE_STATES];
    bool is_good = CHECK_OK(wn_ranks_agree(
        &test_ranks, wn_window_sample_new(&sample, N_COLS, N_PROBABILITIES, probability, windows, budget)));
    if (is_good) {
        wn_window_sample_accumulators(sample, accumulators);
        is_good = CHECK_OK(wn_ranks_agree(&test_ranks, add_blocks(accumulators, is_float32)));
    }
    for (size_t k = 0; is_good && k < WN_WINDOW_SAMPLE_STATES; k++) {
        wn_span sums = accumulators[k].ops->sums(accumulators[k].state);
        is_good = CHECK_OK(wn_ranks_sum(&test_ranks, sums.data, sums.n));
    }
    is_good = is_good && CHECK_OK(wn_window_sample_finish(&test_ranks, sample, windows));
    wn_window_sample_free(sample);
    return is_good;
}

static void test_windows(void)
{
    wn_window first[N_TARGETS], windows[N_TARGETS];
    guess(first);
    for (int is_float32 = 0; is_float32 < 2; is_float32++) {
        memcpy(windows, first, sizeof windows);
        if (!narrow(windows, BUDGET, is_float32))
            return;
        for (size_t i = 0; i < N_TARGETS; i++) {
            wn_window wanted = naive(i / N_PROBABILITIES, probability[i % N_PROBABILITIES], first[i]);
            CU_ASSERT(windows[i].low == wanted.low && windows[i].high == wanted.high);
        }
        size_t median = 1;
        CU_ASSERT(windows[median].high - windows[median].low < (first[median].high - first[median].low) / 2);
        CU_ASSERT(memcmp(&windows[N_PROBABILITIES + 1], &first[N_PROBABILITIES + 1], sizeof *windows) == 0);
    }
}

/* Windows that nothing is known of, and one that no cell is in. */
static void test_whole_line(void)
{
    wn_window windows[N_TARGETS];
    for (size_t i = 0; i < N_TARGETS; i++)
        windows[i] = (wn_window){-INFINITY, INFINITY};
    windows[0] = (wn_window){100, 101};
    windows[2] = (wn_window){INFINITY, -INFINITY};
    if (!narrow(windows, BUDGET, false))
        return;
    CU_ASSERT(windows[0].low == 100 && windows[0].high == 101);
    CU_ASSERT(windows[2].low > windows[2].high);
    for (size_t i = 0; i < N_TARGETS; i++) {
        wn_window wanted =
            naive(i / N_PROBABILITIES, probability[i % N_PROBABILITIES], (wn_window){-INFINITY, INFINITY});
        CU_ASSERT(i == 0 || i == 2 || (windows[i].low == wanted.low && windows[i].high == wanted.high));
    }
}

/* What had no room on some rank leaves its window as it was. */
static void test_no_room(void)
{
    wn_window first[N_TARGETS], windows[N_TARGETS];
    guess(first);
    memcpy(windows, first, sizeof windows);
    if (narrow(windows, 0, false))
        for (size_t i = 0; i < N_TARGETS; i++) {
            wn_window least = naive(i / N_PROBABILITIES, probability[i % N_PROBABILITIES], first[i]);
            CU_ASSERT(windows[i].low >= first[i].low && windows[i].high <= first[i].high);
            CU_ASSERT(windows[i].low <= least.low && windows[i].high >= least.high);
        }
}

static void test_no_memory(void)
{
    wn_window windows[N_TARGETS];
    wn_window_sample *sample = NULL;
    wn_status status = WN_NO_MEMORY;
    size_t before = wn_memory_used();
    guess(windows);
    for (int64_t nth = 1; status == WN_NO_MEMORY; nth++) {
        wn_memory_fail_at(nth);
        status = wn_window_sample_new(&sample, N_COLS, N_PROBABILITIES, probability, windows, BUDGET);
        wn_memory_fail_at(0);
        CU_ASSERT(status == WN_OK || wn_memory_used() == before);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    wn_window_sample_free(sample);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static const wn_test tests[] = {{"windows narrowed", test_windows},
                                {"windows of the whole line", test_whole_line},
                                {"no room for cells", test_no_room},
                                {"no memory", test_no_memory}};
TEST_MAIN("stats/window_sample", tests)
