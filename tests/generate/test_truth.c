#include "truth.h"

#include "testing.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* S of truth.h, entry by entry. */
static double covariance(const wn_truth *t, size_t i, size_t j)
{
    size_t m = t->options.n_informative;
    double sum = i == j ? (double)t->unique[i] * t->unique[i] : 0;
    for (size_t k = 0; k < t->options.n_factors; k++)
        sum += (double)t->loading[k * m + i] * t->loading[k * m + j];
    return sum;
}

/* S weight = shift; a regression's: (S + shift shift') weight = shift. And what was asked for. */
static void check_weights(const wn_generate_options *options)
{
    wn_truth *t = NULL;
    double distance = 0;
    if (!CHECK_OK(wn_truth_new(&t, options)))
        return;
    size_t m = options->n_informative;
    for (size_t k = 0; k < t->n_targets; k++) {
        const float *shift = t->shift + k * m;
        const double *weight = t->weight + k * m;
        double along = 0;
        for (size_t i = 0; i < m; i++)
            along += weight[i] * (double)shift[i];
        for (size_t i = 0; i < m; i++) {
            double sum = options->n_classes > 0 ? 0 : (double)shift[i] * along;
            for (size_t j = 0; j < m; j++)
                sum += covariance(t, i, j) * weight[j];
            CHECK_CLOSE(sum, (double)shift[i], 1e-6);
        }
        distance += along * (options->n_classes > 0 ? t->priors[k] : 1);
        if (options->n_classes > 0)
            CHECK_CLOSE(t->intercept[k], log(t->priors[k]) - along / 2, 1e-12);
    }
    if (m > 0)
        CHECK_CLOSE(distance, options->n_classes > 0 ? options->separation * options->separation : 1 - options->noise,
                    1e-6);
    for (size_t i = 0; i < m; i++)
        CHECK_CLOSE(covariance(t, i, i), 1, 1e-6);
    wn_truth_free(t);
}

static void test_weights(void)
{
    static const double priors[] = {7, 2, 1};
    wn_generate_options options = wn_generate_defaults(1000, 50);
    check_weights(&options);
    options.n_factors = 0;
    check_weights(&options);
    options.n_factors = 20; /* more than columns */
    options.n_classes = 3;
    options.priors = priors;
    options.separation = 0.5;
    check_weights(&options);
    options.n_classes = 0;
    options.noise = 0.25;
    check_weights(&options);
    options.n_informative = options.n_redundant = 0;
    check_weights(&options);
    options.n_classes = 40;
    options.priors = NULL;
    check_weights(&options);
}

/* Every column has one role; the classes' means have their mean at 0 and their strength. */
static void test_roles(void)
{
    wn_truth *t = NULL;
    wn_generate_options options = wn_generate_defaults(1000, 40);
    int n_roles[40] = {0};
    options.n_classes = 4;
    if (!CHECK_OK(wn_truth_new(&t, &options)))
        return;
    for (size_t i = 0; i < options.n_informative; i++)
        n_roles[t->informative[i]]++;
    for (size_t i = 0; i < options.n_redundant; i++) {
        n_roles[t->redundant[i]]++;
        CU_ASSERT(t->source[i] < options.n_informative);
    }
    for (size_t j = 0; j < 40; j++)
        CU_ASSERT(n_roles[j] <= 1);
    for (size_t i = 0; i < options.n_informative; i++) {
        double mean = 0, squares = 0;
        for (size_t k = 0; k < 4; k++) {
            double shift = (double)t->shift[k * options.n_informative + i];
            mean += shift / 4;
            squares += shift * shift / 4;
        }
        CHECK_CLOSE(mean, 0, 1e-6);
        CHECK_CLOSE(sqrt(squares), t->strength[i], 1e-6);
    }
    wn_truth_free(t);
}

/* Neither files nor chunks depend on anything but the table. */
static void test_files(void)
{
    static const struct {
        int64_t n_rows;
        size_t n_columns, n_files, chunk_rows;
    } cases[] = {{1, 1, 1, 8192},
                 {1 << 20, 64, 1, 2048},
                 {(1 << 20) + 1, 64, 2, 2048},
                 {100000000, 200, 299, 512},
                 {2, 1 << 20, 1, 1},
                 {INT64_C(1) << 40, 1000, 100000, 128}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wn_truth *t = NULL;
        wn_generate_options options = wn_generate_defaults(cases[i].n_rows, cases[i].n_columns);
        options.is_chunked = true;
        CHECK_OK(wn_generate_check(&options));
        if (!CHECK_OK(wn_truth_new(&t, &options)))
            continue;
        CU_ASSERT_EQUAL(t->options.n_files, cases[i].n_files);
        CU_ASSERT_EQUAL(t->options.chunk_rows, cases[i].chunk_rows);
        wn_truth_free(t);
    }
}

static void test_classes(void)
{
    static const double priors[] = {1, 1e-9, 1};
    wn_truth *t = NULL;
    wn_generate_options options = wn_generate_defaults(10, 3);
    options.n_classes = 3;
    options.priors = priors;
    options.duplicates = 0.96; /* one row ten times */
    if (!CHECK_OK(wn_truth_new(&t, &options)))
        return;
    CU_ASSERT_EQUAL(t->n_unique, 1);
    CU_ASSERT_EQUAL(t->class_end[2], 1);
    wn_truth_free(t);
}

static void test_no_memory(void)
{
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    wn_generate_options options = wn_generate_defaults(1000, 40);
    options.n_categories = 2;
    options.n_levels = 5;
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 100; nth++) {
        wn_truth *t = NULL;
        wn_memory_fail_at(nth);
        status = wn_truth_new(&t, &options);
        wn_memory_fail_at(0);
        CU_ASSERT((t == NULL) == (status != WN_OK));
        wn_truth_free(t);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    CHECK_OK(status);
}

static const wn_test tests[] = {{"weights", test_weights},
                                {"roles", test_roles},
                                {"files and chunks", test_files},
                                {"classes", test_classes},
                                {"no memory", test_no_memory}};
TEST_MAIN("generate/truth", tests)
