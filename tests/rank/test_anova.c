#include "scored.h"

#include <math.h>

static sums_table table;
static scored_table scored;

/* Sums of squares of column c between and within classes, by two passes in extended precision. */
static void naive_classes(size_t c, long double *between, long double *within)
{
    long double mean = 0, class_mean[SUMS_MOST_COLS] = {0};
    size_t n[SUMS_MOST_COLS] = {0};
    for (size_t i = 0; i < table.n_rows; i++) {
        long double x = (long double)table.cells[i * table.n_cols + c];
        mean += x / (long double)table.n_rows;
        class_mean[(size_t)table.labels[i]] += x;
        n[(size_t)table.labels[i]]++;
    }
    *between = *within = 0;
    for (size_t k = 0; k < table.n_classes; k++)
        if (n[k] > 0) {
            class_mean[k] /= (long double)n[k];
            *between += (long double)n[k] * (class_mean[k] - mean) * (class_mean[k] - mean);
        }
    for (size_t i = 0; i < table.n_rows; i++) {
        long double gap = (long double)table.cells[i * table.n_cols + c] - class_mean[(size_t)table.labels[i]];
        *within += gap * gap;
    }
}

static size_t n_present(void)
{
    bool seen[SUMS_MOST_COLS] = {false};
    size_t n = 0;
    for (size_t i = 0; i < table.n_rows; i++) {
        n += !seen[(size_t)table.labels[i]];
        seen[(size_t)table.labels[i]] = true;
    }
    return n;
}

static double naive_f(size_t c)
{
    long double between, within;
    naive_classes(c, &between, &within);
    size_t k = n_present();
    return (double)(between / (long double)(k - 1) / (within / (long double)(table.n_rows - k)));
}

/* f_regression: r^2 / (1 - r^2) (n - 2). */
static double naive_regression(size_t c)
{
    long double n = (long double)table.n_rows, x_mean = 0, y_mean = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < table.n_rows; i++) {
        x_mean += (long double)table.cells[i * table.n_cols + c] / n;
        y_mean += (long double)table.labels[i] / n;
    }
    for (size_t i = 0; i < table.n_rows; i++) {
        long double x = (long double)table.cells[i * table.n_cols + c] - x_mean;
        long double y = (long double)table.labels[i] - y_mean;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    long double rest = xx - xy * xy / yy;
    return (double)(xy * xy / yy / rest * (n - 2));
}

static void check_rows(size_t n_rows, size_t n_classes)
{
    double score[SUMS_MOST_COLS];
    sums_table_fill(&table, n_rows, 11, n_classes);
    if (scored_open(&scored, &table) && CHECK_OK(wn_rank_anova(&scored.statistics, scored.recipe, score))) {
        for (size_t c = 0; c + 1 < table.n_cols; c++) {
            double wanted = n_classes > 0 ? naive_f(c) : naive_regression(c);
            CHECK_CLOSE(score[c] / wanted, 1, 1e-9);
        }
        CU_ASSERT_EQUAL(score[table.n_cols - 1], 0); /* the constant column */
    }
    scored_close(&scored);
    sums_table_clear(&table);
}

static void test_classes(void)
{
    check_rows(5, 2);
    check_rows(60, 3);
    check_rows(4321, 4); /* squares modulo 4: two classes have no row */
    check_rows(4321, 7);
}

static void test_regression(void)
{
    check_rows(3, 0);
    check_rows(60, 0);
    check_rows(4321, 0);
}

/* Column c is one value a class: an infinite F, at any row count, offset and scale. */
static void check_separation(size_t n_rows, size_t n_classes, double offset, double step)
{
    double score[SUMS_MOST_COLS];
    sums_table_fill(&table, n_rows, 3, n_classes);
    for (size_t i = 0; i < n_rows; i++) {
        double k = table.labels[i];
        table.cells[i * 3] = offset + step * k;
        table.cells[i * 3 + 1] = k == 1 ? offset : offset + step;
    }
    if (scored_open(&scored, &table) && CHECK_OK(wn_rank_anova(&scored.statistics, scored.recipe, score))) {
        CU_ASSERT_EQUAL(score[0], INFINITY);
        CU_ASSERT_EQUAL(score[1], INFINITY);
    }
    scored_close(&scored);
    sums_table_clear(&table);
}

static void test_separation(void)
{
    static const size_t rows[] = {7, 100, 999, 10000, 100001};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t n_classes = 2; n_classes <= 7; n_classes++) {
            check_separation(rows[i], n_classes, 0.1, 0.1);
            check_separation(rows[i], n_classes, -3e-7, 1e-7 / 3);
            check_separation(rows[i], n_classes, 1e6 / 7, 0.7);
        }
}

/* Classes far apart, but not without spread: finite, and right as far as doubles tell. */
static void test_far_classes(void)
{
    double score[SUMS_MOST_COLS];
    sums_table_fill(&table, 5000, 3, 3);
    for (size_t i = 0; i < table.n_rows; i++)
        table.cells[i * 3] = 1000 * table.labels[i] + (double)(i % 17) / 17;
    if (scored_open(&scored, &table) && CHECK_OK(wn_rank_anova(&scored.statistics, scored.recipe, score)))
        CHECK_CLOSE(score[0] / naive_f(0), 1, 1e-8);
    scored_close(&scored);
    sums_table_clear(&table);
}

/* A mean 1e9 times the spread costs no digits: the score is that of the column without it (the difference is exact). */
static void test_large_mean(void)
{
    double score[SUMS_MOST_COLS];
    sums_table_fill(&table, 20000, 3, 2);
    for (size_t i = 0; i < table.n_rows; i++) {
        double *row = table.cells + i * 3;
        row[0] = 1e9 + (double)(i * 7919 % 1013) / 509 + 0.2 * table.labels[i];
        row[1] = row[0] - 1e9;
    }
    if (scored_open(&scored, &table) && CHECK_OK(wn_rank_anova(&scored.statistics, scored.recipe, score))) {
        CHECK_CLOSE(score[0] / naive_f(1), 1, 1e-9);
        CHECK_CLOSE(score[1] / naive_f(1), 1, 1e-9);
    }
    scored_close(&scored);
    sums_table_clear(&table);
}

/* A real label that does not vary explains nothing. */
static void test_constant_label(void)
{
    double score[SUMS_MOST_COLS];
    sums_table_fill(&table, 200, 4, 0);
    for (size_t i = 0; i < table.n_rows; i++)
        table.labels[i] = 0.1;
    if (scored_open(&scored, &table) && CHECK_OK(wn_rank_anova(&scored.statistics, scored.recipe, score)))
        for (size_t c = 0; c < table.n_cols; c++)
            CU_ASSERT_EQUAL(score[c], 0);
    scored_close(&scored);
    sums_table_clear(&table);
}

/* A column that is a line in the label, as far as doubles tell. */
static void test_line(void)
{
    double score[SUMS_MOST_COLS];
    sums_table_fill(&table, 5000, 3, 0);
    for (size_t i = 0; i < table.n_rows; i++)
        table.cells[i * 3] = 3.14 - 1.7 * table.labels[i];
    if (scored_open(&scored, &table) && CHECK_OK(wn_rank_anova(&scored.statistics, scored.recipe, score)))
        CU_ASSERT_EQUAL(score[0], INFINITY);
    scored_close(&scored);
    sums_table_clear(&table);
}

static void check_refused(size_t n_rows, size_t n_classes, double label)
{
    double score[SUMS_MOST_COLS];
    sums_table_fill(&table, n_rows, 3, n_classes);
    for (size_t i = 0; i < n_rows && label >= 0; i++)
        table.labels[i] = label;
    if (scored_open(&scored, &table))
        CU_ASSERT_EQUAL(wn_rank_anova(&scored.statistics, scored.recipe, score), WN_BAD_DATA);
    scored_close(&scored);
    sums_table_clear(&table);
}

static void test_refusals(void)
{
    check_refused(2, 2, -1);  /* two classes, two rows: nothing within */
    check_refused(50, 2, 1);  /* one class */
    check_refused(2, 0, -1);  /* a line through two points */
    check_refused(1, 0, 3.5); /* one row */
}

static const wn_test tests[] = {
    {"classes against two passes", test_classes},
    {"a real label", test_regression},
    {"separation without spread", test_separation},
    {"classes far apart", test_far_classes},
    {"a large mean", test_large_mean},
    {"a label that does not vary", test_constant_label},
    {"a line in the label", test_line},
    {"refusals", test_refusals},
};
TEST_MAIN("anova", tests)
