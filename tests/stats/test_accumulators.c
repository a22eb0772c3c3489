/* Every accumulator through the same checks. What their numbers must be is the oracle's matter (oracle_stats.py). */
#include "accumulator_checks.h"
#include "testing.h"
#include "winnow/contingency.h"
#include "winnow/gram.h"
#include "winnow/memory.h"
#include "winnow/moments.h"
#include "winnow/quantiles.h"
#include "winnow/row_hashes.h"
#include "winnow/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double CENTRE[CHECK_COLS] = {0, 1.7e18, 0.5, 0, 0.1};

static void append(double *results, size_t *n, const double *values, size_t n_values)
{
    memcpy(results + *n, values, n_values * sizeof *values);
    *n += n_values;
}

static void append_counts(double *results, size_t *n, const int64_t *values, size_t n_values)
{
    for (size_t i = 0; i < n_values; i++)
        results[(*n)++] = (double)values[i];
}

static wn_status moments_make(void **state)
{
    return wn_moments_new((wn_moments **)state, CHECK_COLS);
}

static void moments_clear(void *state)
{
    wn_moments_free(state);
}

static wn_accumulator moments_erase(void *state)
{
    return wn_moments_accumulator(state);
}

static wn_status moments_finish(const wn_ranks *ranks, void *state, double *results, size_t *n)
{
    wn_moments_summary *summary = NULL;
    wn_status status = wn_moments_finish(state, &summary);
    (void)ranks;
    if (status != WN_OK)
        return status;
    *n = 0;
    append_counts(results, n, summary->count, CHECK_COLS);
    append_counts(results, n, summary->missing, CHECK_COLS);
    append(results, n, summary->mean, CHECK_COLS);
    append(results, n, summary->deviation, CHECK_COLS);
    append(results, n, summary->min, CHECK_COLS);
    append(results, n, summary->max, CHECK_COLS);
    wn_moments_summary_free(summary);
    return WN_OK;
}

enum { N_PROBABILITIES = 3 };

/* All cells, a window that holds the median of the first column, and one that holds nothing. */
static wn_status quantiles_make(void **state)
{
    static const double probability[N_PROBABILITIES] = {0.25, 0.5, 1};
    wn_window windows[CHECK_COLS * N_PROBABILITIES];
    for (size_t i = 0; i < CHECK_COLS * N_PROBABILITIES; i++)
        windows[i] = (wn_window){-INFINITY, INFINITY};
    windows[1] = (wn_window){-0.5, 0.5};
    windows[2] = (wn_window){-1, -1};
    return wn_quantiles_new((wn_quantiles **)state, CHECK_COLS, N_PROBABILITIES, probability, windows, 1 << 20);
}

static void quantiles_clear(void *state)
{
    wn_quantiles_free(state);
}

static wn_accumulator quantiles_erase(void *state)
{
    return wn_quantiles_accumulator(state);
}

static wn_status quantiles_finish(const wn_ranks *ranks, void *state, double *results, size_t *n)
{
    wn_window windows[CHECK_COLS * N_PROBABILITIES];
    unsigned char missed[CHECK_COLS * N_PROBABILITIES];
    size_t n_missed = 0;
    wn_status status = wn_quantiles_finish(ranks, state, results, windows, missed, &n_missed);
    *n = CHECK_COLS * N_PROBABILITIES;
    CU_ASSERT(status != WN_OK || (n_missed == 1 && missed[2] && isnan(results[2])));
    return status;
}

static wn_status contingency_make(void **state)
{
    static const double edges[CHECK_COLS * 3] = {-1, 0, 1,   1.7e18, 1.7e18 + 4e13, 1.7e18 + 9e13, 0,  0,
                                                 2,  0, 1e7, 1e9,    0.1,           0.1,           0.2};
    static const double class_edges[CHECK_CLASSES - 1] = {0.5, 1.5};
    return wn_contingency_new((wn_contingency **)state, CHECK_COLS, 4, edges, CHECK_CLASSES, class_edges);
}

static void contingency_clear(void *state)
{
    wn_contingency_free(state);
}

static wn_accumulator contingency_erase(void *state)
{
    return wn_contingency_accumulator(state);
}

static wn_status contingency_finish(const wn_ranks *ranks, void *state, double *results, size_t *n)
{
    (void)ranks;
    *n = 0;
    append_counts(results, n, wn_contingency_counts(state), CHECK_COLS * 4 * CHECK_CLASSES);
    return WN_OK;
}

static wn_status gram_make_as(void **state, wn_gram_products products, bool is_single)
{
    static const int exponent[CHECK_COLS] = {0, 46, 1, 0, 0};
    static const double classes[CHECK_CLASSES] = {0, 1, 2};
    const wn_gram_shape shape = {.n_cols = CHECK_COLS,
                                 .centre = CENTRE,
                                 .exponent = exponent,
                                 .n_classes = CHECK_CLASSES,
                                 .classes = classes,
                                 .has_label = true,
                                 .n_rows = 900,
                                 .products = products,
                                 .is_single = is_single};
    return wn_gram_new((wn_gram **)state, &shape);
}

static wn_status gram_make(void **state)
{
    return gram_make_as(state, WN_GRAM_PAIRS, false);
}

static wn_status gram_make_single(void **state)
{
    return gram_make_as(state, WN_GRAM_PAIRS, true);
}

static wn_status gram_make_with_label(void **state)
{
    return gram_make_as(state, WN_GRAM_WITH_LABEL, false);
}

static wn_status gram_make_real(void **state)
{
    static const int exponent[CHECK_COLS] = {0, 46, 1, 0, 0};
    const wn_gram_shape shape = {.n_cols = CHECK_COLS,
                                 .centre = CENTRE,
                                 .exponent = exponent,
                                 .has_label = true,
                                 .label_centre = 1,
                                 .n_rows = 900};
    return wn_gram_new((wn_gram **)state, &shape);
}

static void gram_clear(void *state)
{
    wn_gram_free(state);
}

static wn_accumulator gram_erase(void *state)
{
    return wn_gram_accumulator(state);
}

static wn_status gram_finish(const wn_ranks *ranks, void *state, double *results, size_t *n)
{
    wn_gram_sums *sums = NULL;
    wn_status status = wn_gram_finish(state, &sums);
    (void)ranks;
    if (status != WN_OK)
        return status;
    *n = 0;
    append(results, n, sums->sum, CHECK_COLS);
    append(results, n, sums->square, CHECK_COLS);
    if (sums->product != NULL)
        append(results, n, sums->product, CHECK_COLS * CHECK_COLS);
    append(results, n, sums->label_product, sums->n_label_cols * CHECK_COLS);
    append(results, n, &sums->label_sum, 1);
    append(results, n, &sums->label_square, 1);
    if (sums->class_count != NULL)
        append_counts(results, n, sums->class_count, CHECK_CLASSES);
    wn_gram_sums_free(sums);
    return WN_OK;
}

enum { CHECK_DIRECTIONS = 2 };

static wn_status sketch_make_as(void **state, bool is_single)
{
    static const double factor[CHECK_COLS] = {1, 0x1p-46, 0.5, 1, 3},
                        squares[CHECK_COLS] = {1e12, 1e12, 1e12, 1e24,
                                               1e12}; /* large enough for every column's cells */
    static const double directions[CHECK_DIRECTIONS * CHECK_COLS] = {0.6, 0, 0.8, 0, 0, 0, 0.5, 0.5, -0.5, 0.5};
    const wn_sketch_shape shape = {.n_cols = CHECK_COLS,
                                   .centre = CENTRE,
                                   .factor = factor,
                                   .squares = squares,
                                   .n_directions = CHECK_DIRECTIONS,
                                   .is_single = is_single};
    wn_status status = wn_sketch_new((wn_sketch **)state, &shape);
    if (status == WN_OK)
        wn_sketch_begin(*state, directions);
    return status;
}

static wn_status sketch_make(void **state)
{
    return sketch_make_as(state, false);
}

static wn_status sketch_make_single(void **state)
{
    return sketch_make_as(state, true);
}

static void sketch_clear(void *state)
{
    wn_sketch_free(state);
}

static wn_accumulator sketch_erase(void *state)
{
    return wn_sketch_accumulator(state);
}

static wn_status sketch_finish(const wn_ranks *ranks, void *state, double *results, size_t *n)
{
    (void)ranks;
    wn_sketch_finish(state, results);
    *n = CHECK_DIRECTIONS * CHECK_COLS;
    return WN_OK;
}

/* Hashes, and which rows they take. */
typedef struct {
    wn_row_hashes *hashes; /* owned */
    int64_t marks[CHECK_BLOCKS * CHECK_ROWS_MOST];
} marked_hashes;

static void mark(void *context, int64_t row)
{
    ((int64_t *)context)[row]++;
}

static void row_hashes_clear(void *state)
{
    marked_hashes *marked = state;
    if (marked != NULL)
        wn_row_hashes_free(marked->hashes);
    wn_free(marked);
}

static wn_status row_hashes_make(void **state)
{
    wn_status status = WN_OK;
    marked_hashes *made = NULL;
    TRY(wn_new(&made, 1));
    const wn_row_hashes_options options = {.n_cols = CHECK_COLS,
                                           .seed = 3,
                                           .n_originals = INT64_MAX,
                                           .most_rows = CHECK_BLOCKS * CHECK_ROWS_MOST,
                                           .take = mark,
                                           .context = made->marks};
    TRY(wn_row_hashes_new(&made->hashes, &options));
    *state = made;
    made = NULL;
done:
    row_hashes_clear(made);
    return status;
}

static wn_accumulator row_hashes_erase(void *state)
{
    return wn_row_hashes_accumulator(((marked_hashes *)state)->hashes);
}

static wn_status row_hashes_finish(const wn_ranks *ranks, void *state, double *results, size_t *n)
{
    wn_status status = WN_OK;
    marked_hashes *marked = state;
    int64_t n_leaked = 0;
    TRY(wn_row_hashes_finish(ranks, marked->hashes, &n_leaked));
    TRY(wn_ranks_sum(ranks, marked->marks, CHECK_BLOCKS * CHECK_ROWS_MOST));
    *n = 0;
    append_counts(results, n, marked->marks, CHECK_BLOCKS * CHECK_ROWS_MOST);
done:
    return status;
}

static void test_moments(void)
{
    static const accumulator_case it = {"moments", true, moments_make, moments_clear, moments_erase, moments_finish};
    check_accumulator(&it);
}

static void test_quantiles(void)
{
    static const accumulator_case it = {"quantiles",     true, quantiles_make, quantiles_clear, quantiles_erase,
                                        quantiles_finish};
    check_accumulator(&it);
}

static void test_contingency(void)
{
    static const accumulator_case it = {"contingency",     true, contingency_make, contingency_clear, contingency_erase,
                                        contingency_finish};
    check_accumulator(&it);
}

static void test_gram(void)
{
    static const accumulator_case with_classes = {"gram", false, gram_make, gram_clear, gram_erase, gram_finish};
    static const accumulator_case with_number = {"gram", false, gram_make_real, gram_clear, gram_erase, gram_finish};
    static const accumulator_case single = {"gram", false, gram_make_single, gram_clear, gram_erase, gram_finish};
    static const accumulator_case with_label = {"gram",     false,      gram_make_with_label,
                                                gram_clear, gram_erase, gram_finish};
    check_accumulator(&with_classes);
    check_accumulator(&with_number);
    check_accumulator(&single);
    check_accumulator(&with_label);
}

static void test_sketch(void)
{
    static const accumulator_case it = {"sketch", false, sketch_make, sketch_clear, sketch_erase, sketch_finish};
    static const accumulator_case single = {"sketch",     false,        sketch_make_single,
                                            sketch_clear, sketch_erase, sketch_finish};
    check_accumulator(&it);
    check_accumulator(&single);
}

static void test_row_hashes(void)
{
    static const accumulator_case it = {"row_hashes",     true, row_hashes_make, row_hashes_clear, row_hashes_erase,
                                        row_hashes_finish};
    check_accumulator(&it);
}

static const wn_test tests[] = {{"moments", test_moments},         {"quantiles", test_quantiles},
                                {"contingency", test_contingency}, {"gram", test_gram},
                                {"sketch", test_sketch},           {"row hashes", test_row_hashes}};

TEST_MAIN("stats/accumulators", tests)
