/* Strips of every shape hold the block's cells, by every kernel of this processor. */
#include "column_strip.h"

#include "drawn_block.h"
#include "kernels.h"
#include "testing.h"

#include <math.h>

enum { MOST_COLS = 19, MOST_ROWS = 1100 };

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
            double is = drawn_cell(wn_column_strip_run(strip, c), i);
            double wanted =
                i < strip->n_rows ? drawn_cell(wn_block_view(block), (row + i) * block->n_cols + col + c) : (double)NAN;
            wrong += !is_same(is, wanted);
        }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_block(size_t n_rows, size_t n_cols, bool is_float32)
{
    static wn_column_strip strip;
    wn_block *block = drawn_block_new(n_rows, n_cols, is_float32);
    for (size_t row = 0; block != NULL && row < n_rows; row += WN_RUN_ROWS)
        for (size_t col = 0; col < n_cols; col += WN_RUN_COLS) {
            wn_column_strip_fill(&strip, block, row, col);
            check_strip(&strip, block, row, col);
        }
    wn_block_free(block);
}

/* Shapes that fill strips and that do not, by every kernel of this processor. */
static void test_fill(void)
{
    static const size_t rows[] = {1, 8, 63, 64, 511, 512, 513, MOST_ROWS}, cols[] = {1, 3, 4, 7, 8, 9, 16, MOST_COLS};
    for (wn_kernels k = WN_KERNELS_PLAIN; k <= WN_KERNELS_AVX512 && wn_kernels_limit(k) == k; k++)
        for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
            for (size_t c = 0; c < sizeof cols / sizeof *cols; c++)
                for (int is_float32 = 0; is_float32 < 2; is_float32++)
                    check_block(rows[r], cols[c], is_float32);
    wn_kernels_limit(WN_KERNELS_AVX512);
}

static const wn_test tests[] = {{"fill", test_fill}};
TEST_MAIN("column strips", tests)
