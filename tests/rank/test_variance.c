#include "sample.h"

#include "winnow/ranking.h"

#include <math.h>

/* Variance over squared range, by two passes over the rows. */
static double naive(const sample *table, size_t c)
{
    long double n = (long double)table->n_rows, mean = 0, squares = 0;
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < table->n_rows; i++) {
        double x = table->cells[i * SAMPLE_COLS + c];
        mean += (long double)x / n;
        least = fmin(least, x);
        most = fmax(most, x);
    }
    for (size_t i = 0; i < table->n_rows; i++) {
        long double gap = (long double)table->cells[i * SAMPLE_COLS + c] - mean;
        squares += gap * gap;
    }
    long double range = (long double)most - (long double)least;
    return range > 0 ? (double)(squares / n / (range * range)) : 0;
}

static void test_against_naive(void)
{
    static const size_t n_rows[] = {1, 2, 500, 10000};
    for (size_t i = 0; i < 4; i++) {
        sample table;
        double score[SAMPLE_COLS];
        if (sample_fill(&table, n_rows[i], 3, 4)) {
            wn_rank_variance(table.statistics, table.recipe, score);
            for (size_t f = 0; f < SAMPLE_COLS; f++)
                CHECK_CLOSE(score[f], naive(&table, sample_source(&table, f)), 1e-13);
            CU_ASSERT_EQUAL(score[SAMPLE_CONSTANT], 0);
        }
        sample_clear(&table);
    }
}

static const wn_test tests[] = {{"against two passes", test_against_naive}};
TEST_MAIN("variance", tests)
