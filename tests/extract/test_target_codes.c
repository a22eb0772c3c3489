/* Target codes beside a naive computation from rows, by scikit-learn's formula; sums of parts; folds. */
#include "winnow/target_codes.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <string.h>

enum { N_ROWS = 400, N_CODES = 6, N_FOLDS = 5, MOST_CLASSES = 4, N_CELLS = (N_FOLDS + 1) * N_CODES * MOST_CLASSES };

typedef struct {
    size_t code, fold, class_index;
    double target;
} row;

static uint64_t draw(size_t i, uint64_t what)
{
    return wn_random_bits((wn_random){7, WN_RANDOM_TEST, i}, what);
}

/* The last code but one has a single row, the last none. */
static row row_of(size_t i, size_t n_classes)
{
    row made = {.code = i == 17 ? N_CODES - 2 : (size_t)(draw(i, 0) % (N_CODES - 2)),
                .fold = wn_target_fold(3, i, N_FOLDS)};
    made.class_index = n_classes > 0 ? (size_t)(draw(i, 1) % 7 % n_classes) : 0;
    made.target = (double)(int64_t)draw(i, 2) * 0x1p-60 + 1e3;
    return made;
}

static void add_rows(wn_target_sums *sums, size_t first, size_t end, size_t n_classes)
{
    for (size_t i = first; i < end; i++) {
        row r = row_of(i, n_classes);
        if (n_classes > 0)
            wn_target_sums_add_class(sums, r.code, r.fold, r.class_index);
        else
            wn_target_sums_add_value(sums, r.code, r.fold, r.target);
    }
}

/* Mean of a code's rows (all codes: N_CODES) outside a fold, drawn toward `mean` with weight `smooth`. */
static double naive(size_t code, size_t fold, size_t n_classes, size_t class_index, double smooth, double mean)
{
    long double sum = (long double)smooth * (long double)mean, weight = (long double)smooth;
    for (size_t i = 0; i < N_ROWS; i++) {
        row r = row_of(i, n_classes);
        if (r.fold == fold || (code < N_CODES && r.code != code))
            continue;
        sum += n_classes == 0 ? (long double)r.target : (long double)(r.class_index == class_index);
        weight += 1;
    }
    return weight > 0 ? (double)(sum / weight) : mean;
}

static void compare(const double *codes, size_t n_classes, double smooth)
{
    size_t n_features = n_classes > 2 ? n_classes : 1;
    for (size_t fold = 0; fold <= N_FOLDS; fold++)
        for (size_t k = 0; k < n_features; k++) {
            size_t class_index = n_classes == 2 ? 1 : k;
            double mean = naive(N_CODES, fold, n_classes, class_index, 0, 0);
            for (size_t code = 0; code < N_CODES; code++)
                CHECK_CLOSE(codes[(fold * N_CODES + code) * n_features + k],
                            naive(code, fold, n_classes, class_index, smooth, mean), 1e-14);
        }
}

static void test_against_naive(void)
{
    static const size_t n_classes[] = {0, 2, 3, 4};
    static const double smooth[] = {0, 1, 20.5};
    for (size_t i = 0; i < 4; i++) {
        wn_target_sums *sums = NULL;
        double codes[N_CELLS];
        if (CHECK_OK(wn_target_sums_new(&sums, N_CODES, N_FOLDS, n_classes[i]))) {
            CU_ASSERT_EQUAL(wn_target_sums_features(sums), n_classes[i] > 2 ? n_classes[i] : 1);
            add_rows(sums, 0, N_ROWS, n_classes[i]);
            for (size_t s = 0; s < 3; s++) {
                wn_target_sums_finish(sums, smooth[s], codes);
                compare(codes, n_classes[i], smooth[s]);
            }
        }
        wn_target_sums_free(sums);
    }
}

/* Integers of parts add to those of the whole, bit by bit. */
static void test_parts(void)
{
    for (size_t n_classes = 0; n_classes <= 3; n_classes += 3) {
        wn_target_sums *parts[3] = {NULL};
        size_t n = 0, ends[] = {0, 150, 151, N_ROWS};
        wn_target_sums *whole = NULL;
        bool made = CHECK_OK(wn_target_sums_new(&whole, N_CODES, N_FOLDS, n_classes));
        for (size_t p = 0; p < 3; p++)
            made = CHECK_OK(wn_target_sums_new(&parts[p], N_CODES, N_FOLDS, n_classes)) && made;
        if (made) {
            add_rows(whole, 0, N_ROWS, n_classes);
            wn_target_sums_normalize(whole);
            int64_t *all = wn_target_sums_integers(whole, &n), *sum = wn_target_sums_integers(parts[0], &n);
            for (size_t p = 0; p < 3; p++) {
                add_rows(parts[p], ends[p], ends[p + 1], n_classes);
                wn_target_sums_normalize(parts[p]);
                for (size_t i = 0; p > 0 && i < n; i++)
                    sum[i] += wn_target_sums_integers(parts[p], &n)[i];
            }
            wn_target_sums_normalize(parts[0]);
            CU_ASSERT(memcmp(all, sum, n * sizeof *all) == 0);
        }
        for (size_t p = 0; p < 3; p++)
            wn_target_sums_free(parts[p]);
        wn_target_sums_free(whole);
    }
}

static void test_no_rows(void)
{
    wn_target_sums *sums = NULL;
    double codes[3 * 2] = {1, 1, 1, 1, 1, 1};
    if (CHECK_OK(wn_target_sums_new(&sums, 2, 2, 2))) {
        wn_target_sums_finish(sums, 1, codes);
        for (size_t i = 0; i < 6; i++)
            CU_ASSERT_EQUAL(codes[i], 0);
        wn_target_sums_add_class(sums, 0, 0, 1); /* fold 1 is empty: nothing is outside fold 0 */
        wn_target_sums_finish(sums, 0, codes);
        for (size_t i = 0; i < 6; i++)
            CU_ASSERT_EQUAL(codes[i], 1);
    }
    wn_target_sums_free(sums);
}

static void test_folds(void)
{
    int64_t count[N_FOLDS] = {0};
    for (uint64_t i = 0; i < 10000; i++)
        count[wn_target_fold(1, i, N_FOLDS)]++;
    for (size_t f = 0; f < N_FOLDS; f++)
        CU_ASSERT(count[f] > 1800 && count[f] < 2200);
}

static const wn_test tests[] = {{"codes from rows", test_against_naive},
                                {"sums of parts", test_parts},
                                {"no rows", test_no_rows},
                                {"folds", test_folds}};
TEST_MAIN("target_codes", tests)
