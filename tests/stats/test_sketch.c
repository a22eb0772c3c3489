/* Sketches of rows that are mostly zero: against the definition by plain loops, against sketches of the same cells laid
 * out dense, and the same bits however blocks are dealt. */
#include "winnow/sketch.h"

#include "kernels.h"
#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

/* Some columns are dense, every seventh, or none. Of the sparse ones 3 is never 0 and varies little, 5 is the same in
 * every row, 10 negative at times, 11 always 0. */
enum { COLS = 61, WIDTH = 43, BLOCKS = 4, ROWS = 1000 };

static const size_t block_rows[BLOCKS] = {600, 1, 70, 329};

typedef struct {
    size_t n_dense, dense[COLS];
    double cells[ROWS * COLS], mean[COLS], factor[COLS], squares[COLS];
    double directions[WIDTH * COLS];
    long double product[WIDTH * COLS]; /* by plain loops */
} table;

static table it;

static bool is_dense(size_t c)
{
    return it.n_dense > 0 && c % 7 == 0;
}

static double cell(size_t row, size_t c)
{
    const wn_random stream = {4, WN_RANDOM_TEST, row};
    double u = wn_random_uniform(stream, c), v = wn_random_uniform(stream, c + COLS);
    if (is_dense(c))
        return 100 + wn_random_normal(stream, 1000 + c);
    switch (c) {
    case 3:
        return 0.7 + 1e-3 * u;
    case 5:
        return 0.25;
    case 10:
        return u < 0.2 ? v - 0.5 : 0;
    case 11:
        return 0;
    default:
        return u < 0.05 ? v : 0;
    }
}

/* Unlike rows' own, a direction's length is 1. */
static void draw_directions(void)
{
    for (size_t j = 0; j < WIDTH; j++) {
        double square = 0, *direction = it.directions + j * COLS;
        for (size_t c = 0; c < COLS; c++) {
            direction[c] = wn_random_normal((wn_random){5, WN_RANDOM_TEST, c}, j);
            square += direction[c] * direction[c];
        }
        for (size_t c = 0; c < COLS; c++)
            direction[c] /= sqrt(square);
    }
}

static void draw_column(size_t c)
{
    long double sum = 0, square = 0;
    for (size_t i = 0; i < ROWS; i++) {
        it.cells[i * COLS + c] = cell(i, c);
        sum += (long double)it.cells[i * COLS + c];
    }
    it.mean[c] = (double)(sum / ROWS);
    it.factor[c] = ldexp(1 + (double)(c % 3), (int)(c % 5) - 2);
    for (size_t i = 0; i < ROWS; i++) {
        long double x = (long double)((it.cells[i * COLS + c] - it.mean[c]) * it.factor[c]);
        square += x * x;
    }
    it.squares[c] = (double)square * (1 + 1e-9);
}

/* The rows first .. end - 1 by the definition. */
static void multiply_naive(size_t first, size_t end)
{
    memset(it.product, 0, sizeof it.product);
    for (size_t i = first; i < end; i++) {
        long double x[COLS];
        for (size_t c = 0; c < COLS; c++)
            x[c] = ((long double)it.cells[i * COLS + c] - (long double)it.mean[c]) * (long double)it.factor[c];
        for (size_t j = 0; j < WIDTH; j++) {
            long double score = 0;
            for (size_t c = 0; c < COLS; c++)
                score += x[c] * (long double)it.directions[j * COLS + c];
            for (size_t c = 0; c < COLS; c++)
                it.product[j * COLS + c] += score * x[c];
        }
    }
}

static void draw(bool has_dense)
{
    it.n_dense = 0;
    for (size_t c = 0; c < COLS && has_dense; c += 7)
        it.dense[it.n_dense++] = c;
    for (size_t c = 0; c < COLS; c++)
        draw_column(c);
    draw_directions();
}

static wn_status append(wn_sparse_part *part, size_t row)
{
    wn_status status = WN_OK;
    size_t n = 0;
    TRY(wn_sparse_rows_reserve(&part->rows, COLS));
    for (size_t c = part->first; c < part->first + part->n_cols; c++) {
        double x = it.cells[row * COLS + c];
        if (is_dense(c) || x == 0)
            continue;
        part->rows.column[part->rows.n_entries + n] = (uint32_t)(c - part->first);
        part->rows.value[part->rows.n_entries + n++] = x;
    }
    wn_sparse_rows_end(&part->rows, n);
done:
    return status;
}

/* Two parts, which reach over dense columns. */
static wn_status make_wide(wn_wide_columns *wide)
{
    wn_status status = WN_OK;
    TRY(wn_wide_columns_init(wide, COLS, it.n_dense, 2));
    memcpy(wide->dense, it.dense, it.n_dense * sizeof *it.dense);
    wide->parts[0] = (wn_sparse_part){.first = 0, .n_cols = 20};
    wide->parts[1] = (wn_sparse_part){.first = 20, .n_cols = COLS - 20};
done:
    return status;
}

/* Rows first .. first + n - 1 as a block, dense or sparse. */
static wn_status add_rows(wn_sketch *sketch, wn_wide_columns *wide, size_t first, size_t n)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    TRY(wn_block_new(&block, n, wide != NULL ? it.n_dense : COLS, false));
    block->n_rows = n;
    block->wide = wide;
    if (wide != NULL)
        wn_wide_columns_empty(wide);
    for (size_t i = 0; i < n; i++) {
        for (size_t d = 0; d < block->n_cols; d++)
            block->cells[i * block->n_cols + d] = it.cells[(first + i) * COLS + (wide != NULL ? it.dense[d] : d)];
        for (size_t p = 0; wide != NULL && p < wide->n_parts; p++)
            TRY(append(&wide->parts[p], first + i));
    }
    TRY(wn_sketch_add(sketch, block));
done:
    wn_block_free(block);
    return status;
}

static wn_status make_sketch(wn_sketch **sketch, const wn_wide_columns *wide, bool is_single)
{
    const wn_sketch_shape shape = {.n_cols = COLS,
                                   .centre = it.mean,
                                   .factor = it.factor,
                                   .squares = it.squares,
                                   .n_directions = WIDTH,
                                   .is_single = is_single,
                                   .n_rows = ROWS,
                                   .wide = wide};
    wn_status status = wn_sketch_new(sketch, &shape);
    if (status == WN_OK)
        wn_sketch_begin(*sketch, it.directions);
    return status;
}

static wn_status add_blocks(wn_sketch *sketch, wn_wide_columns *wide, wn_range blocks)
{
    wn_status status = WN_OK;
    size_t first = 0;
    for (int64_t b = 0; b < BLOCKS; first += block_rows[b++])
        if (b >= blocks.first && b < blocks.last)
            TRY(add_rows(sketch, wide, first, block_rows[b]));
done:
    return status;
}

/* Each entry as far as the sizes of a direction's scores and of the column, about 0 where it is sparse, have digits. */
static void compare(const wn_sketch *sketch, double digits)
{
    double product[WIDTH * COLS], all = 0;
    size_t n_wrong = 0;
    wn_sketch_finish(sketch, product);
    for (size_t c = 0; c < COLS; c++)
        all += it.squares[c];
    for (size_t c = 0; c < COLS; c++) {
        double mean = is_dense(c) ? 0 : it.mean[c] * it.factor[c];
        double size = sqrt((it.squares[c] + ROWS * mean * mean) * all);
        for (size_t j = 0; j < WIDTH; j++)
            n_wrong += !(fabs(product[j * COLS + c] - (double)it.product[j * COLS + c]) <= digits * size);
    }
    CU_ASSERT_EQUAL(n_wrong, 0);
}

/* A column that does not vary has no products, whatever its mean. */
static void check_constant(const wn_sketch *sketch)
{
    double product[WIDTH * COLS];
    wn_sketch_finish(sketch, product);
    for (size_t j = 0; j < WIDTH; j++) {
        CU_ASSERT_EQUAL(product[j * COLS + 5], 0);
        CU_ASSERT_EQUAL(product[j * COLS + 11], 0);
    }
}

static void check_products(bool has_dense, bool is_single)
{
    wn_wide_columns wide = {0};
    wn_sketch *sparse = NULL, *dense = NULL;
    const wn_range all = {0, BLOCKS};
    double digits = is_single ? 0x1p-18 : 0x1p-48;
    draw(has_dense);
    if (CHECK_OK(make_wide(&wide)) && CHECK_OK(make_sketch(&sparse, &wide, is_single)) &&
        CHECK_OK(make_sketch(&dense, NULL, is_single)) && CHECK_OK(add_blocks(sparse, &wide, all)) &&
        CHECK_OK(add_blocks(dense, NULL, all))) {
        multiply_naive(0, ROWS);
        compare(sparse, is_single && has_dense ? digits : 0x1p-48);
        compare(dense, digits);
        check_constant(sparse);
        wn_sketch_begin(sparse, it.directions);
        CHECK_OK(add_rows(sparse, &wide, 30, 200));
        multiply_naive(30, 230);
        compare(sparse, is_single && has_dense ? digits : 0x1p-48);
    }
    wn_sketch_free(dense);
    wn_sketch_free(sparse);
    wn_wide_columns_clear(&wide);
}

static void test_products(void)
{
    check_products(true, false);
    check_products(true, true);
    check_products(false, false);
    check_products(false, true);
}

static wn_span sums_of(wn_sketch *sketch)
{
    const wn_accumulator accumulator = wn_sketch_accumulator(sketch);
    return accumulator.ops->sums(accumulator.state);
}

static void check_same(wn_sketch *a, wn_sketch *b)
{
    wn_span left = sums_of(a), right = sums_of(b);
    CU_ASSERT_TRUE(left.n == right.n && memcmp(left.data, right.data, left.n * sizeof *left.data) == 0);
}

/* Sums over ranks, of which some have no block, are those of one. */
static void check_ranks(bool has_dense)
{
    wn_wide_columns wide = {0};
    wn_sketch *whole = NULL, *part = NULL;
    wn_range own = wn_range_part(BLOCKS, test_ranks.size, test_ranks.rank);
    draw(has_dense);
    bool is_good = CHECK_OK(make_wide(&wide)) && CHECK_OK(make_sketch(&whole, &wide, false)) &&
                   CHECK_OK(make_sketch(&part, &wide, false)) &&
                   CHECK_OK(add_blocks(whole, &wide, (wn_range){0, BLOCKS})) && CHECK_OK(add_blocks(part, &wide, own));
    if (CHECK_OK(wn_ranks_agree(&test_ranks, is_good ? WN_OK : WN_INTERNAL))) {
        wn_span sums = sums_of(part);
        CHECK_OK(wn_ranks_sum(&test_ranks, sums.data, sums.n));
        check_same(whole, part);
    }
    wn_sketch_free(part);
    wn_sketch_free(whole);
    wn_wide_columns_clear(&wide);
}

static void test_ranks_of_blocks(void)
{
    check_ranks(true);
    check_ranks(false);
}

/* Without dense columns a row's part of the sums is its own: blocks may be cut anywhere. */
static void test_cuts(void)
{
    wn_wide_columns wide = {0};
    wn_sketch *blocks = NULL, *runs = NULL;
    draw(false);
    if (CHECK_OK(make_wide(&wide)) && CHECK_OK(make_sketch(&blocks, &wide, false)) &&
        CHECK_OK(make_sketch(&runs, &wide, false)) && CHECK_OK(add_blocks(blocks, &wide, (wn_range){0, BLOCKS}))) {
        for (size_t first = 0; first < ROWS; first += 125)
            CHECK_OK(add_rows(runs, &wide, first, 125));
        check_same(blocks, runs);
    }
    wn_sketch_free(runs);
    wn_sketch_free(blocks);
    wn_wide_columns_clear(&wide);
}

static void test_kernels(void)
{
    wn_wide_columns wide = {0};
    wn_sketch *own = NULL, *other = NULL;
    draw(false);
    if (CHECK_OK(make_wide(&wide)) && CHECK_OK(make_sketch(&own, &wide, false)) &&
        CHECK_OK(add_blocks(own, &wide, (wn_range){0, BLOCKS})) && CHECK_OK(make_sketch(&other, &wide, false)))
        for (wn_kernels most = WN_KERNELS_PLAIN; most <= WN_KERNELS_AVX512; most++) {
            wn_kernels_limit(most);
            wn_sketch_begin(other, it.directions);
            CHECK_OK(add_blocks(other, &wide, (wn_range){0, BLOCKS}));
            check_same(own, other);
        }
    wn_kernels_limit(WN_KERNELS_AVX512);
    wn_sketch_free(other);
    wn_sketch_free(own);
    wn_wide_columns_clear(&wide);
}

static void test_allocations(void)
{
    enum { MOST_ALLOCATIONS = 60 };
    wn_status status = WN_NO_MEMORY;
    draw(true);
    for (int64_t nth = 1; nth < MOST_ALLOCATIONS && status == WN_NO_MEMORY; nth++) {
        wn_wide_columns wide = {0};
        wn_sketch *sketch = NULL;
        size_t before = wn_memory_used();
        CHECK_OK(make_wide(&wide));
        wn_memory_fail_at(nth);
        status = make_sketch(&sketch, &wide, true);
        if (status == WN_OK)
            status = add_rows(sketch, &wide, 0, 9);
        wn_memory_fail_at(0);
        wn_sketch_free(sketch);
        wn_wide_columns_clear(&wide);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CHECK_OK(status);
}

static const wn_test tests[] = {{"products", test_products},
                                {"blocks over ranks", test_ranks_of_blocks},
                                {"cuts of blocks", test_cuts},
                                {"kernels", test_kernels},
                                {"failing allocations", test_allocations}};
TEST_MAIN("stats/sketch", tests)
