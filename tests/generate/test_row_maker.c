#include "row_maker.h"

#include "testing.h"
#include "winnow/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_ROWS = 3000, N_COLUMNS = 13, N_CATEGORIES = 3 };

typedef struct {
    unsigned char numbers[N_ROWS * N_COLUMNS * 8], codes[N_ROWS * N_CATEGORIES * 4], labels[N_ROWS * 8];
} rows;

static wn_generate_options options_of(wn_store_type type, size_t n_classes)
{
    wn_generate_options options = wn_generate_defaults(N_ROWS, N_COLUMNS);
    options.type = type;
    options.n_classes = n_classes;
    options.n_categories = N_CATEGORIES;
    options.n_levels = 200;
    options.missing = 0.1;
    options.outliers = 0.05;
    options.duplicates = 0.2;
    options.seed = 3;
    return options;
}

/* All rows, made in runs of `run`. */
static bool make(rows *made, const wn_generate_options *options, size_t run, int64_t *counts)
{
    wn_truth *truth = NULL;
    wn_row_maker *maker = NULL;
    memset(made, 0, sizeof *made);
    bool is_made = CHECK_OK(wn_truth_new(&truth, options)) && CHECK_OK(wn_row_maker_new(&maker, truth));
    for (size_t row = 0; is_made && row < N_ROWS; row += run) {
        wn_row_place place = {made->numbers, made->codes, made->labels, N_ROWS, row};
        wn_row_maker_make(maker, (int64_t)row, N_ROWS - row < run ? N_ROWS - row : run, &place);
    }
    if (is_made)
        memcpy(counts, wn_row_maker_counts(maker), 2 * wn_row_maker_columns(maker) * sizeof *counts);
    wn_row_maker_free(maker);
    wn_truth_free(truth);
    return is_made;
}

/* The same cells and counts, however the rows are cut, in every type. */
static void test_cuts(void)
{
    static const wn_store_type types[] = {WN_STORE_FLOAT32, WN_STORE_FLOAT64, WN_STORE_INT8, WN_STORE_UINT8,
                                          WN_STORE_INT16,   WN_STORE_INT32,   WN_STORE_INT64};
    static const size_t runs[] = {1, 7, 1024};
    rows *whole = malloc(sizeof *whole), *cut = malloc(sizeof *cut);
    int64_t counts[2 * (N_COLUMNS + N_CATEGORIES)], again[2 * (N_COLUMNS + N_CATEGORIES)];
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        wn_generate_options options = options_of(types[k], k % 2 ? 0 : 5);
        options.is_sorted = k > 4;
        options.has_texts = k == 3;
        if (!make(whole, &options, N_ROWS, counts) || !make(cut, &options, runs[k % 3], again))
            break;
        CU_ASSERT_EQUAL(memcmp(whole, cut, sizeof *whole), 0);
        CU_ASSERT_EQUAL(memcmp(counts, again, sizeof counts), 0);
    }
    free(cut);
    free(whole);
}

/* Integers are the rounded numbers: every cell within the type, gaps where there are gaps. Two types with the same
 * centres and scales, of which one is wider, have the same cells. */
static void test_types(void)
{
    rows *narrow = malloc(sizeof *narrow), *wide = malloc(sizeof *wide);
    int64_t counts[2 * (N_COLUMNS + N_CATEGORIES)], n_gaps = 0;
    wn_generate_options options = options_of(WN_STORE_INT32, 5), wider = options_of(WN_STORE_INT64, 5);
    if (make(narrow, &options, N_ROWS, counts) && make(wide, &wider, N_ROWS, counts)) {
        const int32_t *a = (const void *)narrow->numbers;
        const int64_t *b = (const void *)wide->numbers;
        size_t n_unlike = 0;
        for (size_t i = 0; i < N_ROWS * N_COLUMNS; i++) {
            n_unlike += a[i] != b[i];
            n_gaps += a[i] == INT32_MIN;
        }
        for (size_t j = 0; j < N_COLUMNS; j++)
            n_gaps -= counts[j];
        CU_ASSERT(n_unlike == 0 && n_gaps == 0);
    }
    free(wide);
    free(narrow);
}

static void test_doubles(void)
{
    rows *narrow = malloc(sizeof *narrow), *wide = malloc(sizeof *wide);
    int64_t counts[2 * (N_COLUMNS + N_CATEGORIES)];
    wn_generate_options options = options_of(WN_STORE_FLOAT32, 0), wider = options_of(WN_STORE_FLOAT64, 0);
    if (make(narrow, &options, N_ROWS, counts) && make(wide, &wider, N_ROWS, counts)) {
        const float *a = (const void *)narrow->numbers;
        const double *b = (const void *)wide->numbers;
        size_t n_unlike = 0;
        for (size_t i = 0; i < N_ROWS * N_COLUMNS; i++)
            n_unlike += isnan(a[i]) != isnan(b[i]) || fabs((double)a[i] - b[i]) > 1e-5 * (1 + fabs(b[i]));
        CU_ASSERT_EQUAL(n_unlike, 0);
    }
    free(wide);
    free(narrow);
}

/* Rows whose numbers need more than 32 bits, alone and among others, and the labels' order. */
static void test_far(void)
{
    enum { N = 500 };
    wn_truth *truth = NULL;
    wn_row_maker *maker = NULL;
    rows *many = calloc(1, sizeof *many), *one = calloc(1, sizeof *one);
    wn_generate_options options = options_of(WN_STORE_FLOAT32, 0);
    options.n_rows = INT64_C(1) << 47;
    options.is_sorted = true;
    int64_t first = options.n_rows - N;
    if (CHECK_OK(wn_truth_new(&truth, &options)) && CHECK_OK(wn_row_maker_new(&maker, truth))) {
        wn_row_place place = {many->numbers, many->codes, many->labels, N_ROWS, 0};
        wn_row_maker_make(maker, first, N, &place);
        const float *numbers = (const void *)many->numbers, *labels = (const void *)many->labels;
        for (size_t i = 0; i < N; i += 50) {
            place = (wn_row_place){one->numbers, one->codes, one->labels, N_ROWS, 0};
            wn_row_maker_make(maker, first + (int64_t)i, 1, &place);
            CU_ASSERT_EQUAL(memcmp(one->numbers, numbers + i * N_COLUMNS, N_COLUMNS * sizeof *numbers), 0);
            CU_ASSERT_EQUAL(memcmp(one->labels, labels + i, sizeof *labels), 0);
            CU_ASSERT(i == 0 || memcmp(numbers + i * N_COLUMNS, numbers, N_COLUMNS * sizeof *numbers) != 0);
        }
        for (size_t i = 1; i < N; i++)
            CU_ASSERT(labels[i] >= labels[i - 1] && labels[i] > 6.5f && isfinite(labels[i]));
    }
    wn_row_maker_free(maker);
    wn_truth_free(truth);
    free(one);
    free(many);
}

static void test_no_memory(void)
{
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    wn_truth *truth = NULL;
    wn_generate_options options = options_of(WN_STORE_INT8, 3);
    if (!CHECK_OK(wn_truth_new(&truth, &options)))
        return;
    size_t with_truth = wn_memory_used();
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 100; nth++) {
        wn_row_maker *maker = NULL;
        wn_memory_fail_at(nth);
        status = wn_row_maker_new(&maker, truth);
        wn_memory_fail_at(0);
        wn_row_maker_free(maker);
        CU_ASSERT_EQUAL(wn_memory_used(), with_truth);
    }
    CHECK_OK(status);
    wn_truth_free(truth);
    CU_ASSERT_EQUAL(wn_memory_used(), used);
}

static const wn_test tests[] = {{"any cut into runs", test_cuts},
                                {"integers of two widths", test_types},
                                {"floats and doubles", test_doubles},
                                {"far rows", test_far},
                                {"no memory", test_no_memory}};
TEST_MAIN("generate/cells", tests)
