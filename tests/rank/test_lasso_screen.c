/* Rounds of screening on ranks whose processors round in other ways: they must make the same passes, and one score. */
#include "winnow/lasso_screen.h"

#include "fitted.h"
#include "rounding.h"

#include "winnow/ranking.h"

#include <math.h>

static const size_t file_rows[] = {400, 1, 300};

static void check(bool is_real)
{
    fixture_spec spec = {
        .name = is_real ? "real" : "classes", .n_rows = file_rows, .n_files = 3, .real_label = is_real};
    const wn_statistics_options options = {.gram = true, .products = WN_GRAM_WITH_LABEL};
    fitted_table fitted;
    if (fitted_open(&fitted, &spec, false, &options)) {
        double score[FIXTURE_COLS] = {0}, most = 0;
        wn_lasso_screen_report report = {0};
        int n_passes = 0;
        rounding_differs = true;
        CHECK_OK(wn_lasso_screen_run(&fitted.table.pass, fitted.rows, fitted.recipe, fitted.statistics, score, &report,
                                     &n_passes, NULL));
        rounding_differs = false;
        CU_ASSERT_TRUE(rounding_is_shared(score, FIXTURE_COLS));
        CU_ASSERT_TRUE(rounding_is_shared((const double[]){report.exact_to, report.n_rounds, n_passes}, 3));
        CU_ASSERT_TRUE(rounding_is_shared((const double[]){(double)report.n_screened}, 1));
        CU_ASSERT_TRUE(report.n_rounds > 1 && report.n_screened > FIXTURE_COLS / 2);
        CU_ASSERT_TRUE(n_passes >= 2 * report.n_rounds);
        for (size_t f = 0; f < FIXTURE_COLS; f++)
            most = fmax(most, score[f]);
        CU_ASSERT_TRUE(most > 0);
        CU_ASSERT_EQUAL(score[4], 0); /* the constant column */
    }
    fitted_close(&fitted);
}

static void test_classes(void)
{
    check(false);
}

static void test_real_label(void)
{
    check(true);
}

static const wn_test tests[] = {
    {"classes", test_classes},
    {"a real label", test_real_label},
};
TEST_MAIN("lasso_screen", tests)
