/* What a wrong order of subtractions would lose. Means and deviations of common columns are the oracle's matter. */
#include "winnow/moments.h"

#include "testing.h"
#include "winnow/random.h"

#include <math.h>

enum { N_ROWS = 3000, BLOCK_ROWS = 100 };

typedef double (*cell_rule)(size_t row);

/* Moments of one column, in blocks of block_rows rows. */
static wn_moments_summary *summarize(cell_rule rule, size_t block_rows)
{
    wn_moments *moments = NULL;
    wn_moments_summary *summary = NULL;
    wn_block *block = NULL;
    if (CHECK_OK(wn_moments_new(&moments, 1)) && CHECK_OK(wn_block_new(&block, block_rows, 1, false))) {
        for (size_t row = 0; row < N_ROWS;) {
            block->n_rows = 0;
            for (; block->n_rows < block_rows && row < N_ROWS; row++)
                block->cells[block->n_rows++] = rule(row);
            CHECK_OK(wn_moments_add(moments, block));
        }
        CHECK_OK(wn_moments_finish(moments, &summary));
    }
    wn_block_free(block);
    wn_moments_free(moments);
    return summary;
}

/* Two sweeps in extended precision. */
static void naive(cell_rule rule, double *mean, double *deviation)
{
    long double sum = 0, squares = 0;
    for (size_t row = 0; row < N_ROWS; row++)
        sum += (long double)rule(row) - (long double)rule(0);
    long double exact = (long double)rule(0) + sum / N_ROWS;
    for (size_t row = 0; row < N_ROWS; row++) {
        long double gap = (long double)rule(row) - (long double)rule(0) - sum / N_ROWS;
        squares += gap * gap;
    }
    *mean = (double)exact;
    *deviation = (double)sqrtl(squares / N_ROWS);
}

static double normal(size_t row)
{
    return wn_random_normal((wn_random){3, WN_RANDOM_TEST, row}, 0);
}

static double sorted_times(size_t row)
{
    return 1.7e18 + 2.88e10 * (double)row;
}

/* Only the last bit differs. */
static double neighbours(size_t row)
{
    return 4503599627370496.0 + (double)(row % 2);
}

static double far_blocks(size_t row)
{
    return row < N_ROWS / 2 ? -1e12 + normal(row) : 1e12 + normal(row);
}

static double tiny_beside_large(size_t row)
{
    return row == 17 ? 1e14 : normal(row);
}

static double tenth(size_t row)
{
    return row % 3 == 0 ? 0.1 : 0.3;
}

static void check_rule(cell_rule rule, size_t block_rows)
{
    double mean, deviation;
    wn_moments_summary *summary = summarize(rule, block_rows);
    naive(rule, &mean, &deviation);
    if (summary != NULL) {
        CU_ASSERT_EQUAL(summary->count[0], N_ROWS);
        CU_ASSERT(fabs(summary->mean[0] - mean) <= 1e-14 * fmax(fabs(mean), deviation));
        CU_ASSERT(fabs(summary->deviation[0] - deviation) <= 1e-13 * deviation);
    }
    wn_moments_summary_free(summary);
}

static void test_digits(void)
{
    static const cell_rule rules[] = {normal, sorted_times, neighbours, far_blocks, tiny_beside_large, tenth};
    static const size_t block_rows[] = {1, 7, BLOCK_ROWS, N_ROWS};
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        for (size_t b = 0; b < sizeof block_rows / sizeof *block_rows; b++)
            check_rule(rules[r], block_rows[b]);
}

static double constant(size_t row)
{
    return row % 2 == 0 ? 1e17 + 16 : 1e17 + 16;
}

static double zeros(size_t row)
{
    return row % 2 == 0 ? -0.0 : 0.0;
}

static void test_constant(void)
{
    static const cell_rule rules[] = {constant, zeros};
    for (size_t r = 0; r < 2; r++) {
        wn_moments_summary *summary = summarize(rules[r], 7);
        if (summary != NULL) {
            CU_ASSERT_EQUAL(summary->mean[0], rules[r](0));
            CU_ASSERT_EQUAL(summary->deviation[0], 0);
            CU_ASSERT_EQUAL(summary->min[0], summary->max[0]);
        }
        wn_moments_summary_free(summary);
    }
}

static double squares_overflow(size_t row)
{
    return row % 2 == 0 ? -1e200 : 1e200;
}

/* As NumPy's: 0 or NaN would call the column constant. */
static void test_overflow(void)
{
    wn_moments_summary *summary = summarize(squares_overflow, BLOCK_ROWS);
    if (summary != NULL) {
        CU_ASSERT_EQUAL(summary->deviation[0], (double)INFINITY);
        CU_ASSERT_EQUAL(summary->max[0], 1e200);
    }
    wn_moments_summary_free(summary);
}

/* A seventh of the rows are gaps. */
static double gappy(size_t row)
{
    return row % 7 == 0 ? (double)NAN : normal(row) * 10 + 3;
}

static double fill_of_gappy;

static double filled(size_t row)
{
    return row % 7 == 0 ? fill_of_gappy : gappy(row);
}

/* Filled afterwards, the gaps count as the cells would have; a fill that is NaN leaves them. */
static void check_fill(double fill)
{
    wn_moments *moments = NULL, *full = NULL;
    wn_moments_summary *summary = NULL;
    wn_block *block = NULL;
    double mean, deviation, gaps = (N_ROWS + 6) / 7;
    fill_of_gappy = fill;
    if (CHECK_OK(wn_moments_new(&moments, 1)) && CHECK_OK(wn_moments_new(&full, 1)) &&
        CHECK_OK(wn_block_new(&block, N_ROWS, 1, false))) {
        for (block->n_rows = 0; block->n_rows < N_ROWS; block->n_rows++)
            block->cells[block->n_rows] = gappy(block->n_rows);
        CHECK_OK(wn_moments_add(moments, block));
        wn_moments_fill(full, moments, &fill);
        CHECK_OK(wn_moments_finish(full, &summary));
        naive(isnan(fill) ? normal : filled, &mean, &deviation);
        CU_ASSERT_EQUAL(summary->missing[0], isnan(fill) ? (int64_t)gaps : 0);
        CU_ASSERT_EQUAL(summary->count[0] + summary->missing[0], N_ROWS);
        if (!isnan(fill)) {
            CHECK_CLOSE(summary->mean[0], mean, 1e-13);
            CHECK_CLOSE(summary->deviation[0], deviation, 1e-13);
            CU_ASSERT(summary->min[0] <= fill && summary->max[0] >= fill);
        }
    }
    wn_moments_summary_free(summary);
    wn_block_free(block);
    wn_moments_free(full);
    wn_moments_free(moments);
}

static void test_fill(void)
{
    const double fills[] = {3, 0, -0.25, 1e9, -1e-300, (double)NAN};
    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++)
        check_fill(fills[i]);
}

static double greatest(size_t row)
{
    return row % 2 == 0 ? -1.7e308 : 1.7e308;
}

/* x - q is beyond a double: the point is given up, not the column. */
static void test_largest_cells(void)
{
    wn_moments_summary *summary = summarize(greatest, 2);
    if (summary != NULL) {
        CU_ASSERT_EQUAL(summary->mean[0], 0);
        CU_ASSERT_EQUAL(summary->deviation[0], (double)INFINITY);
        CU_ASSERT_EQUAL(summary->min[0], -1.7e308);
    }
    wn_moments_summary_free(summary);
}

/* Blocks [first, last) of a column into a state. */
static void add_blocks(wn_moments *moments, wn_block *block, size_t first, size_t last)
{
    for (size_t b = first; b < last; b++) {
        block->n_rows = 0;
        for (size_t i = 0; i < BLOCK_ROWS; i++)
            block->cells[block->n_rows++] = b % 3 == 0 && i < 2 ? (double)NAN : normal(b * BLOCK_ROWS + i) + (double)b;
        CHECK_OK(wn_moments_add(moments, block));
    }
}

/* Tables read apart, whatever their first cells: the digits of their sums add to those of one read together. */
static void test_parts(void)
{
    enum { N_BLOCKS = 9, CUT = 4, N_STATES = 3 };
    wn_moments *state[N_STATES] = {NULL};
    wn_block *block = NULL;
    bool is_ready = CHECK_OK(wn_block_new(&block, BLOCK_ROWS, 1, false));
    for (size_t s = 0; s < N_STATES && is_ready; s++)
        is_ready = CHECK_OK(wn_moments_new(&state[s], 1));
    if (is_ready) {
        add_blocks(state[0], block, 0, CUT);
        add_blocks(state[1], block, CUT, N_BLOCKS);
        add_blocks(state[2], block, 0, N_BLOCKS);
        wn_accumulator one = wn_moments_accumulator(state[0]), all = wn_moments_accumulator(state[2]);
        wn_span first = one.ops->sums(state[0]), second = one.ops->sums(state[1]);
        for (size_t i = 0; i < first.n; i++)
            first.data[i] += second.data[i];
        wn_span sum = one.ops->sums(state[0]), expected = all.ops->sums(state[2]);
        for (size_t i = 0; i < sum.n; i++)
            CU_ASSERT_EQUAL(sum.data[i], expected.data[i]);
    }
    for (size_t s = 0; s < N_STATES; s++)
        wn_moments_free(state[s]);
    wn_block_free(block);
}

static const wn_test tests[] = {
    {"digits that cancel", test_digits},        {"a constant column", test_constant},
    {"squares beyond a double", test_overflow}, {"gaps that are filled afterwards", test_fill},
    {"the largest cells", test_largest_cells},  {"parts of a table", test_parts}};
TEST_MAIN("stats/moments", tests)
