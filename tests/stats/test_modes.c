#include "testing.h"

#include "winnow/modes.h"

#include <math.h>

enum { ROWS = 700, COLS = 4 };

/* Ties between -3 and 2; all alike; all different; no valid cell. */
static double cell_of(size_t row, size_t col)
{
    switch (col) {
    case 0:
        return row % 5 == 4 ? NAN : row % 2 ? 2 : -3;
    case 1:
        return row % 2 ? 0.0 : -0.0;
    case 2:
        return 1e-3 * (double)((row * 37 + 5) % ROWS) + 1;
    default:
        return NAN;
    }
}

static const double wanted_value[COLS] = {-3, 0, 1, NAN};

/* One pass of this rank's rows, which lie in blocks of 50. */
static bool add_rows(wn_modes *modes, bool is_float32)
{
    static float narrow[50 * COLS];
    static double wide[50 * COLS];
    bool is_good = true;
    for (size_t b = 0; b < ROWS / 50; b++) {
        if ((int)(b % (size_t)test_ranks.size) != test_ranks.rank)
            continue;
        for (size_t k = 0; k < (size_t)50 * COLS; k++) {
            wide[k] = cell_of(b * 50 + k / COLS, k % COLS);
            narrow[k] = (float)wide[k];
        }
        wn_block block = {.n_rows = 50, .n_cols = COLS, .cells = is_float32 ? NULL : wide};
        if (is_float32)
            block.raw = (wn_cells){.data = narrow, .is_float32 = true};
        is_good = CHECK_OK(wn_modes_add(modes, &block)) && is_good;
    }
    return is_good;
}

/* The values, whatever memory there is. */
static void check_values(size_t budget, const char *directory, bool is_float32)
{
    static const unsigned char wanted[COLS] = {1, 1, 1, 1};
    wn_modes *modes = NULL;
    if (CHECK_OK(wn_ranks_agree(&test_ranks, wn_modes_new(&modes, COLS, wanted, budget, directory)))) {
        CU_ASSERT_FALSE(wn_modes_is_done(modes));
        add_rows(modes, is_float32);
        CHECK_OK(wn_modes_end(&test_ranks, modes));
        CU_ASSERT_TRUE(wn_modes_is_done(modes));
        for (size_t j = 0; j < COLS; j++) {
            double value = wn_modes_value(modes, j);
            CU_ASSERT(isnan(wanted_value[j]) ? isnan(value) : value == wanted_value[j]);
            CU_ASSERT(isnan(value) || !signbit(value) || value < 0);
        }
    }
    wn_modes_free(modes);
}

static void test_values(void)
{
    check_values(0, NULL, false);
    check_values(0, NULL, true);
}

static void test_little_memory(void)
{
    check_values(1, ".", false); /* the least that keyed counts take */
}

/* Columns that are not wanted are done at once. */
static void test_none_wanted(void)
{
    static const unsigned char none[COLS] = {0};
    wn_modes *modes = NULL;
    if (CHECK_OK(wn_modes_new(&modes, COLS, none, 0, NULL))) {
        CU_ASSERT_TRUE(wn_modes_is_done(modes));
        add_rows(modes, false);
        CHECK_OK(wn_modes_end(&test_ranks, modes));
        CU_ASSERT_TRUE(isnan(wn_modes_value(modes, 0)));
    }
    wn_modes_free(modes);
}

static const wn_test tests[] = {
    {"values", test_values}, {"little_memory", test_little_memory}, {"none_wanted", test_none_wanted}};
TEST_MAIN("modes", tests)
