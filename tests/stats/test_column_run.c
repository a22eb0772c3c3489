#include "column_run.h"

#include "testing.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { MOST_COLS = 19, MOST_ROWS = 1100 };

/* Normal numbers far from 0, some small integers that occur often, some gaps. */
static double draw(wn_random stream, uint64_t at)
{
    uint64_t bits = wn_random_bits(stream, at);
    if (bits % 16 == 0)
        return (double)NAN;
    if (bits % 16 < 4)
        return (double)(bits % 5);
    return (double)(float)(wn_random_normal(stream, at) * 100 + 3);
}

/* A block of float32 or double cells. */
static wn_block *make_block(size_t n_rows, size_t n_cols, bool is_float32)
{
    wn_block *block = NULL;
    const wn_random stream = {5, WN_RANDOM_TEST, n_rows * 100 + n_cols};
    if (!CHECK_OK(wn_block_new(&block, MOST_ROWS, n_cols, is_float32)))
        return NULL;
    block->n_rows = n_rows;
    block->raw = block->buffer;
    for (size_t i = 0; i < n_rows * n_cols; i++) {
        double x = draw(stream, i);
        if (is_float32)
            ((float *)block->buffer.data)[i] = (float)x;
        else
            ((double *)block->buffer.data)[i] = x;
    }
    return block;
}

static double cell_of(wn_cells cells, size_t i)
{
    return cells.is_float32 ? (double)((const float *)cells.data)[i] : ((const double *)cells.data)[i];
}

static bool is_same(double a, double b)
{
    return (a != a && b != b) || a == b;
}

/* A strip holds the block's cells, and gaps after them. */
static void check_strip(const wn_column_strip *strip, const wn_block *block, size_t row, size_t col)
{
    size_t wrong = 0;
    CU_ASSERT_EQUAL(strip->n % WN_RUN_STEP, 0);
    CU_ASSERT(strip->n >= strip->n_rows && strip->n < strip->n_rows + WN_RUN_STEP);
    for (size_t c = 0; c < strip->n_cols; c++)
        for (size_t i = 0; i < strip->n; i++) {
            double is = cell_of(wn_column_strip_run(strip, c), i);
            double wanted =
                i < strip->n_rows ? cell_of(wn_block_view(block), (row + i) * block->n_cols + col + c) : (double)NAN;
            wrong += !is_same(is, wanted);
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Moments are the naive sums' but for rounding. */
static void check_moments(const wn_run_moments *found, wn_cells run, size_t n, double centre)
{
    long double rest = 0, squares = 0;
    double least = (double)INFINITY, most = -(double)INFINITY;
    int64_t count = 0;
    for (size_t i = 0; i < n; i++) {
        double x = cell_of(run, i);
        if (x != x)
            continue;
        count++;
        rest += (long double)x - centre;
        squares += ((long double)x - centre) * ((long double)x - centre);
        least = x < least ? x : least;
        most = x > most ? x : most;
    }
    CU_ASSERT_EQUAL(found->count, count);
    CU_ASSERT(found->least == least && found->most == most);
    CU_ASSERT(fabsl(found->rest - rest) <= 1e-13L * (1 + sqrtl(squares * (long double)count)));
    CU_ASSERT(fabsl(found->squares - squares) <= 1e-13L * (1 + squares));
}

/* A window's cells in their order, and how many lie below. */
static void check_window(const wn_run_window *w, wn_cells run, size_t n)
{
    const wn_cells kept = {.data = w->kept, .is_float32 = run.is_float32};
    size_t below = 0, inside = 0, wrong = 0;
    for (size_t i = 0; i < n; i++) {
        double x = cell_of(run, i);
        below += x < w->low;
        if (x < w->low || !(x <= w->high))
            continue;
        if (kept.data != NULL)
            wrong += inside >= w->inside || cell_of(kept, inside) != x;
        inside++;
    }
    CU_ASSERT(w->below == below && w->inside == inside);
    CU_ASSERT_EQUAL(wrong, 0);
}

enum { MOST_WINDOWS = 6, KEPT = WN_RUN_ROWS + WN_RUN_LANES };

/* What a sweep may write of `kept`: so many bytes; what lies behind them stays. */
static const double GUARD = -123;

/* One kernel with so many windows, whose cells are kept but for one window's. */
static wn_run_moments sweep(wn_cells run, size_t n, double centre, size_t n_windows)
{
    static const double edges[MOST_WINDOWS][2] = {{-50.03, 70.01},       {3, 3},  {0.1, 0.2},
                                                  {-INFINITY, INFINITY}, {1, -1}, {2, 1e300}};
    static double kept[MOST_WINDOWS][KEPT + 1];
    size_t room = (n + WN_RUN_LANES) * wn_cell_bytes(run.is_float32);
    wn_run_window windows[MOST_WINDOWS];
    for (size_t k = 0; k < n_windows; k++) {
        windows[k] = wn_run_window_of(edges[k][0], edges[k][1]);
        windows[k].kept = k == 1 ? NULL : kept[k];
        memcpy((char *)kept[k] + room, &GUARD, sizeof GUARD);
    }
    wn_run_moments found = wn_run_sweep(run, n, centre, windows, n_windows);
    for (size_t k = 0; k < n_windows; k++) {
        check_window(&windows[k], run, n);
        CU_ASSERT_EQUAL(memcmp((char *)kept[k] + room, &GUARD, sizeof GUARD), 0);
    }
    return found;
}

/* Every kernel of this processor gives the plain one's bits, with any number of windows. */
static void check_sweeps(wn_cells run, size_t n, double centre)
{
    wn_column_run_limit(WN_KERNELS_PLAIN);
    wn_run_moments wanted = sweep(run, n, centre, MOST_WINDOWS);
    check_moments(&wanted, run, n, centre);
    for (wn_column_kernels k = WN_KERNELS_AVX2; wn_column_run_limit(k) == k && k <= WN_KERNELS_AVX512; k++)
        for (size_t n_windows = 0; n_windows <= MOST_WINDOWS; n_windows++) {
            wn_run_moments found = sweep(run, n, centre, n_windows);
            CU_ASSERT_EQUAL(memcmp(&found, &wanted, sizeof found), 0);
        }
}

static void check_block(size_t n_rows, size_t n_cols, bool is_float32)
{
    static wn_column_strip strip;
    wn_block *block = make_block(n_rows, n_cols, is_float32);
    for (size_t row = 0; block != NULL && row < n_rows; row += WN_RUN_ROWS)
        for (size_t col = 0; col < n_cols; col += WN_RUN_COLS) {
            for (wn_column_kernels k = WN_KERNELS_PLAIN; k <= WN_KERNELS_AVX512; k++) {
                wn_column_run_limit(k);
                wn_column_strip_fill(&strip, block, row, col);
                check_strip(&strip, block, row, col);
            }
            for (size_t c = 0; c < strip.n_cols; c++) {
                wn_column_strip_ask_ahead(block, row, col, c); /* changes nothing */
                check_sweeps(wn_column_strip_run(&strip, c), strip.n, 2.75);
            }
        }
    wn_block_free(block);
}

static void test_shapes(void)
{
    const size_t rows[] = {1, 7, 8, 63, 511, 512, 513, MOST_ROWS};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (size_t n_cols = 1; n_cols <= MOST_COLS; n_cols += 3) {
            check_block(rows[r], n_cols, true);
            check_block(rows[r], n_cols, false);
        }
}

static const wn_test tests[] = {{"all kernels, strips of every shape", test_shapes}};
TEST_MAIN("stats/column_run", tests)
