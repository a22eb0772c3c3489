/* Statistics of blocks with sparse columns are those of the same cells laid out dense. */
#include "testing.h"

#include "winnow/contingency.h"
#include "winnow/gram.h"
#include "winnow/memory.h"
#include "winnow/moments.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

/* Columns 0 and 5 are dense, 1 to 4 and 6 to 8 two parts. Of the sparse ones 2 is always 0, 3 never and nearly
 * constant, 7 negative at times, 8 the same in every row. */
enum { COLS = 9, DENSE = 2, BINS = 6, CLASSES = 3, BLOCKS = 4, MOST_ROWS = 700 };

static const size_t block_rows[BLOCKS] = {MOST_ROWS, 1, 64, 333};

static double uniform(size_t row, size_t column)
{
    return wn_random_uniform((wn_random){4, WN_RANDOM_TEST, row}, column);
}

static double cell(size_t row, size_t column)
{
    double u = uniform(row, column), v = uniform(row, column + COLS);
    switch (column) {
    case 0:
    case 5:
        return 3 + u;
    case 2:
        return 0;
    case 3:
        return 0.7 + 1e-9 * u;
    case 7:
        return u < 0.1 ? v - 0.5 : 0;
    case 8:
        return 0.25;
    default:
        return u < 0.05 ? v : 0;
    }
}

/* The same rows twice. */
typedef struct {
    wn_block *dense, *sparse;
    wn_wide_columns wide;
} block_pair;

static wn_status append(wn_sparse_part *part, size_t row)
{
    wn_status status = WN_OK;
    size_t n = 0;
    TRY(wn_sparse_rows_reserve(&part->rows, part->n_cols));
    for (size_t c = 0; c < part->n_cols; c++) {
        double x = cell(row, part->first + c);
        if (x == 0)
            continue;
        part->rows.column[part->rows.n_entries + n] = (uint32_t)c;
        part->rows.value[part->rows.n_entries + n++] = x;
    }
    wn_sparse_rows_end(&part->rows, n);
done:
    return status;
}

static wn_status fill(block_pair *pair, size_t first, size_t n)
{
    wn_status status = WN_OK;
    wn_wide_columns_empty(&pair->wide);
    pair->dense->n_rows = pair->sparse->n_rows = n;
    for (size_t i = 0; i < n; i++) {
        size_t row = first + i;
        for (size_t c = 0; c < COLS; c++)
            pair->dense->cells[i * COLS + c] = cell(row, c);
        for (size_t d = 0; d < DENSE; d++)
            pair->sparse->cells[i * DENSE + d] = cell(row, pair->wide.dense[d]);
        for (size_t p = 0; p < pair->wide.n_parts; p++)
            TRY(append(&pair->wide.parts[p], row));
        pair->dense->labels[i] = pair->sparse->labels[i] = floor(uniform(row, 3 * COLS) * CLASSES);
        pair->dense->rows[i] = pair->sparse->rows[i] = (int64_t)row;
    }
done:
    return status;
}

static wn_status pair_init(block_pair *pair)
{
    wn_status status = WN_OK;
    TRY(wn_block_new(&pair->dense, MOST_ROWS, COLS, false));
    TRY(wn_block_new(&pair->sparse, MOST_ROWS, DENSE, false));
    TRY(wn_wide_columns_init(&pair->wide, COLS, DENSE, 2));
    pair->wide.dense[1] = 5;
    pair->wide.parts[0] = (wn_sparse_part){.first = 1, .n_cols = 4};
    pair->wide.parts[1] = (wn_sparse_part){.first = 6, .n_cols = 3};
    pair->sparse->wide = &pair->wide;
done:
    return status;
}

static void pair_clear(block_pair *pair)
{
    wn_wide_columns_clear(&pair->wide);
    wn_block_free(pair->sparse);
    wn_block_free(pair->dense);
}

/* All blocks into an accumulator that sees them dense, and one that sees them sparse. */
static bool add_all(wn_accumulator dense, wn_accumulator sparse)
{
    block_pair pair = {0};
    size_t first = 0;
    bool is_good = CHECK_OK(pair_init(&pair));
    for (size_t b = 0; is_good && b < BLOCKS; first += block_rows[b++])
        is_good = CHECK_OK(fill(&pair, first, block_rows[b])) && CHECK_OK(dense.ops->add(dense.state, pair.dense)) &&
                  CHECK_OK(sparse.ops->add(sparse.state, pair.sparse));
    pair_clear(&pair);
    return is_good;
}

static void test_moments(void)
{
    wn_moments *dense = NULL, *sparse = NULL;
    wn_moments_summary *a = NULL, *b = NULL;
    if (CHECK_OK(wn_moments_new(&dense, COLS)) && CHECK_OK(wn_moments_new(&sparse, COLS)) &&
        add_all(wn_moments_accumulator(dense), wn_moments_accumulator(sparse)) &&
        CHECK_OK(wn_moments_finish(dense, &a)) && CHECK_OK(wn_moments_finish(sparse, &b)))
        for (size_t c = 0; c < COLS; c++) {
            CU_ASSERT_EQUAL(a->count[c], b->count[c]);
            CU_ASSERT_EQUAL(a->missing[c], b->missing[c]);
            CU_ASSERT_TRUE(a->min[c] == b->min[c] && a->max[c] == b->max[c]);
            CU_ASSERT_TRUE(fabs(a->mean[c] - b->mean[c]) <= 1e-14 * fabs(a->mean[c]));
            CU_ASSERT_TRUE(fabs(a->deviation[c] - b->deviation[c]) <= 1e-13 * a->deviation[c]);
        }
    wn_moments_summary_free(b);
    wn_moments_summary_free(a);
    wn_moments_free(sparse);
    wn_moments_free(dense);
}

static void test_contingency(void)
{
    wn_contingency *dense = NULL, *sparse = NULL;
    double edges[COLS * (BINS - 1)], classes[] = {1, 2};
    for (size_t i = 0; i < COLS * (BINS - 1); i++)
        edges[i] = (double)(i % (BINS - 1)) * 0.2 - 0.2 + (i / (BINS - 1) == 0 ? 3.5 : 0);
    if (CHECK_OK(wn_contingency_new(&dense, COLS, BINS, edges, CLASSES, classes)) &&
        CHECK_OK(wn_contingency_new(&sparse, COLS, BINS, edges, CLASSES, classes)) &&
        add_all(wn_contingency_accumulator(dense), wn_contingency_accumulator(sparse)))
        CU_ASSERT_EQUAL(memcmp(wn_contingency_counts(dense), wn_contingency_counts(sparse),
                               sizeof(int64_t) * COLS * BINS * CLASSES),
                        0);
    wn_contingency_free(sparse);
    wn_contingency_free(dense);
}

static void check_products(const wn_gram_sums *a, const wn_gram_sums *b)
{
    CU_ASSERT_EQUAL(a->n_rows, b->n_rows);
    CU_ASSERT_TRUE((a->product == NULL) == (b->product == NULL));
    for (size_t c = 0; c < COLS; c++) {
        double size = sqrt(a->square[c] * (double)a->n_rows);
        CU_ASSERT_TRUE(fabs(a->sum[c] - b->sum[c]) <= 1e-12 * size);
        CU_ASSERT_TRUE(fabs(a->square[c] - b->square[c]) <= 1e-12 * a->square[c]);
        for (size_t k = 0; k < a->n_label_cols; k++)
            CU_ASSERT_TRUE(fabs(a->label_product[k * COLS + c] - b->label_product[k * COLS + c]) <= 1e-12 * size);
        for (size_t d = 0; d < COLS && a->product != NULL && b->product != NULL; d++)
            CU_ASSERT_EQUAL(a->product[c * COLS + d], b->product[c * COLS + d]);
    }
    CHECK_CLOSE(b->label_sum, a->label_sum, 1e-12);
    CHECK_CLOSE(b->label_square, a->label_square, 1e-12);
}

/* n_classes 0: a real label. */
static void check_gram(wn_gram_products products, size_t n_classes, bool is_single)
{
    wn_gram *dense = NULL, *sparse = NULL;
    wn_gram_sums *a = NULL, *b = NULL;
    const double centre[COLS] = {3.5, 0, 0, 0, 0, 3.4}, classes[] = {0, 1, 2};
    const int exponent[COLS] = {0, 0, 0, 0, -2, 1};
    const wn_gram_shape shape = {.n_cols = COLS,
                                 .centre = centre,
                                 .exponent = exponent,
                                 .n_classes = n_classes,
                                 .classes = classes,
                                 .has_label = true,
                                 .label_centre = 0.75,
                                 .label_exponent = 1,
                                 .n_rows = 5000,
                                 .products = products,
                                 .is_single = is_single};
    if (CHECK_OK(wn_gram_new(&dense, &shape)) && CHECK_OK(wn_gram_new(&sparse, &shape)) &&
        add_all(wn_gram_accumulator(dense), wn_gram_accumulator(sparse)) && CHECK_OK(wn_gram_finish(dense, &a)) &&
        CHECK_OK(wn_gram_finish(sparse, &b)))
        check_products(a, b);
    wn_gram_sums_free(b);
    wn_gram_sums_free(a);
    wn_gram_free(sparse);
    wn_gram_free(dense);
}

static void test_gram(void)
{
    check_gram(WN_GRAM_PAIRS, CLASSES, false);
    check_gram(WN_GRAM_PAIRS, 0, true);
    check_gram(WN_GRAM_WITH_LABEL, CLASSES, false);
    check_gram(WN_GRAM_WITH_LABEL, 0, false);
}

/* Rows of another, one by one. */
static void test_append(void)
{
    block_pair pair = {0};
    wn_wide_columns wide = {0};
    bool is_good =
        CHECK_OK(pair_init(&pair)) && CHECK_OK(fill(&pair, 0, 50)) && CHECK_OK(wn_wide_columns_like(&wide, &pair.wide));
    for (size_t i = 0; i < 50 && is_good; i += 2)
        is_good = CHECK_OK(wn_wide_columns_append(&wide, &pair.wide, i));
    for (size_t i = 0; i < 25 && is_good; i++)
        for (size_t p = 0; p < 2; p++) {
            const wn_sparse_rows *from = &pair.wide.parts[p].rows, *to = &wide.parts[p].rows;
            size_t n = from->start[2 * i + 1] - from->start[2 * i];
            CU_ASSERT_EQUAL(to->start[i + 1] - to->start[i], n);
            CU_ASSERT_EQUAL(memcmp(to->value + to->start[i], from->value + from->start[2 * i], n * sizeof(double)), 0);
        }
    CU_ASSERT_EQUAL(wide.dense[1], 5);
    wn_wide_columns_clear(&wide);
    pair_clear(&pair);
}

static const wn_test tests[] = {
    {"moments", test_moments}, {"contingency", test_contingency}, {"gram", test_gram}, {"append", test_append}};

TEST_MAIN("wide_columns", tests)
