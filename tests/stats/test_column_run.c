#include "column_run.h"

#include "testing.h"
#include "vector_kernels.h"
#include "winnow/random.h"

#include <math.h>

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

static void check_block(size_t n_rows, size_t n_cols, bool is_float32)
{
    static wn_column_strip strip;
    wn_block *block = make_block(n_rows, n_cols, is_float32);
    for (size_t row = 0; block != NULL && row < n_rows; row += WN_RUN_ROWS)
        for (size_t col = 0; col < n_cols; col += WN_RUN_COLS) {
            for (wn_vector_kernels k = WN_KERNELS_PLAIN; k <= WN_KERNELS_AVX512; k++) {
                wn_vector_kernels_limit(k);
                wn_column_strip_fill(&strip, block, row, col);
                check_strip(&strip, block, row, col);
            }
            for (size_t c = 0; c < strip.n_cols; c++)
                wn_column_strip_ask_ahead(block, row, col, c); /* changes nothing */
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
