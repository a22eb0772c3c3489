/* Rows about their centres: the kernel that this processor has beside the plain one, and that beside the formula. */
#include "scaled_rows.h"

#include "testing.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { MOST_COLS = 40, N_ROWS = 3, PAD = 5, MOST_WIDTH = MOST_COLS + PAD };

static double centre[MOST_COLS], factor[MOST_COLS], cells[N_ROWS * MOST_COLS];
static float floats[N_ROWS * MOST_COLS];

static void draw(void)
{
    for (size_t c = 0; c < MOST_COLS; c++) {
        centre[c] = wn_random_normal((wn_random){1, WN_RANDOM_TEST, c}, 0);
        factor[c] = ldexp(1, (int)c % 7 - 3);
    }
    for (size_t i = 0; i < N_ROWS * MOST_COLS; i++) {
        floats[i] = (float)ldexp(wn_random_normal((wn_random){2, WN_RANDOM_TEST, i}, 0), (int)i % 90 - 45);
        cells[i] = wn_random_normal((wn_random){3, WN_RANDOM_TEST, i}, 0);
    }
}

/* What lies between the rows stays as it is. */
static void check(wn_cells from, size_t n)
{
    double fast[N_ROWS * MOST_WIDTH], plain[N_ROWS * MOST_WIDTH];
    const wn_scaling scaling = {n, centre, factor};
    size_t width = n + PAD;
    for (size_t i = 0; i < N_ROWS * MOST_WIDTH; i++)
        fast[i] = plain[i] = 77;
    wn_rows_scale(&scaling, from, N_ROWS, fast, width);
    wn_rows_scale_plain(&scaling, from, N_ROWS, plain, width);
    CU_ASSERT_EQUAL(memcmp(fast, plain, sizeof fast), 0);
    for (size_t i = 0; i < N_ROWS; i++) {
        for (size_t c = 0; c < n; c++) {
            double cell = from.is_float32 ? (double)floats[i * n + c] : cells[i * n + c];
            CU_ASSERT_EQUAL(fast[i * width + c], (cell - centre[c]) * factor[c]);
        }
        for (size_t c = n; c < width; c++)
            CU_ASSERT_EQUAL(fast[i * width + c], 77);
    }
}

static void test_kernels(void)
{
    draw();
    for (size_t n = 0; n < MOST_COLS; n++) {
        check((wn_cells){floats, true}, n);
        check((wn_cells){cells, false}, n);
    }
}

static const wn_test tests[] = {{"kernels", test_kernels}};
TEST_MAIN("stats/scaled_rows", tests)
