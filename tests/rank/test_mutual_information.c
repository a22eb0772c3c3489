#include "sample.h"

#include "winnow/ranking.h"

#include <math.h>

enum { MOST = 256 };

/* By the definition: sum of p(b, k) log(p(b, k) / (p(b) p(k))). */
static double naive(const int64_t *table, size_t n_bins, size_t n_classes)
{
    long double total = 0, sum = 0, row[MOST] = {0}, column[MOST] = {0};
    for (size_t i = 0; i < n_bins * n_classes; i++) {
        total += (long double)table[i];
        row[i / n_classes] += (long double)table[i];
        column[i % n_classes] += (long double)table[i];
    }
    for (size_t i = 0; i < n_bins * n_classes; i++) {
        long double both = (long double)table[i] / total;
        if (table[i] > 0)
            sum += both * logl(both / (row[i / n_classes] / total * (column[i % n_classes] / total)));
    }
    return (double)sum;
}

static void test_against_naive(void)
{
    static const size_t n_rows[] = {3, 500, 10000}, n_classes[] = {0, 2, 7}, n_bins[] = {2, 16, 256};
    for (size_t i = 0; i < 27; i++) {
        sample table;
        double score[SAMPLE_COLS];
        if (sample_fill(&table, n_rows[i / 9], n_classes[i / 3 % 3], n_bins[i % 3])) {
            const wn_statistics *statistics = table.statistics;
            size_t n_counts = statistics->n_bins * statistics->n_classes;
            wn_rank_mutual_information(statistics, table.recipe, score);
            for (size_t f = 0; f < SAMPLE_COLS; f++) {
                const int64_t *counts = statistics->contingency + sample_source(&table, f) * n_counts;
                CU_ASSERT_TRUE(score[f] >= 0);
                CU_ASSERT_TRUE(fabs(score[f] - naive(counts, statistics->n_bins, statistics->n_classes)) <= 1e-13);
            }
            CU_ASSERT_EQUAL(score[SAMPLE_CONSTANT], 0);
        }
        sample_clear(&table);
    }
}

/* Tables whose information is known: of one value, of independent ones, of a copy, of none. */
static void test_known(void)
{
    static int64_t one_bin[] = {10, 20, 30, 0, 0, 0}, independent[] = {20, 40, 60, 30, 60, 90},
                   copy[] = {0, 7, 0, 7, 0, 0}, empty[6];
    static int64_t one_class[] = {0, 3, 0, 0, 999999999999, 0};
    static const struct {
        int64_t *counts;
        double wanted, tolerance;
    } cases[] = {{one_bin, 0, 0}, {one_class, 0, 0}, {empty, 0, 0}, {independent, 0, 1e-15}, {copy, M_LN2, 1e-15}};
    size_t source = 0;
    wn_recipe recipe = {.n_features = 1, .feature_source = &source};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wn_statistics statistics = {.n_bins = 2, .n_classes = 3, .contingency = cases[i].counts};
        double score = NAN;
        wn_rank_mutual_information(&statistics, &recipe, &score);
        CU_ASSERT_TRUE(score >= 0 && fabs(score - cases[i].wanted) <= cases[i].tolerance);
    }
}

static const wn_test tests[] = {
    {"against the definition", test_against_naive},
    {"known tables", test_known},
};
TEST_MAIN("mutual_information", tests)
