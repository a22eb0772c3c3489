/* What a block with far cells may not do to the other columns, and what is refused. Sums of common tables are the
 * oracle's matter. */
#include "winnow/gram.h"

#include "product_round.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { N_COLS = 4, N_CLASSES = 3, N_BLOCKS = 6, BLOCK_ROWS = 200, N_ROWS = N_BLOCKS * BLOCK_ROWS };

static const double centre[N_COLS] = {0, 0, 5, 0};
static const int exponent[N_COLS] = {0, 0, 3, -2};
static const double classes[N_CLASSES] = {0, 1, 2};

static wn_gram *make_gram_as(wn_gram_products products, bool is_single)
{
    const wn_gram_shape shape = {.n_cols = N_COLS,
                                 .centre = centre,
                                 .exponent = exponent,
                                 .n_classes = N_CLASSES,
                                 .classes = classes,
                                 .has_label = true,
                                 .n_rows = N_ROWS,
                                 .products = products,
                                 .is_single = is_single};
    wn_gram *gram = NULL;
    CHECK_OK(wn_gram_new(&gram, &shape));
    return gram;
}

static wn_gram *make_gram(void)
{
    return make_gram_as(WN_GRAM_PAIRS, false);
}

static void draw_block(wn_block *block, size_t index)
{
    block->index = (int64_t)index;
    block->n_rows = BLOCK_ROWS;
    for (size_t i = 0; i < BLOCK_ROWS; i++) {
        uint64_t row = index * BLOCK_ROWS + i;
        for (size_t c = 0; c < N_COLS; c++) {
            double z = wn_random_normal((wn_random){c, WN_RANDOM_TEST, row}, 0);
            block->cells[i * N_COLS + c] = centre[c] + ldexp(z, exponent[c]);
        }
        block->labels[i] = (double)(wn_random_bits((wn_random){9, WN_RANDOM_TEST, row}, 0) % N_CLASSES);
        block->rows[i] = (int64_t)row;
    }
}

/* The sums of the table whose first column has `far` in one row of two blocks. */
static wn_gram_sums *sums_as(wn_gram_products products, bool is_single, double far)
{
    wn_gram *gram = make_gram_as(products, is_single);
    wn_gram_sums *sums = NULL;
    wn_block *block = NULL;
    bool is_good = gram != NULL && CHECK_OK(wn_block_new(&block, BLOCK_ROWS, N_COLS, false));
    for (size_t b = 0; b < N_BLOCKS && is_good; b++) {
        draw_block(block, b);
        if (b == 2 || b == 3)
            block->cells[77 * N_COLS] = b == 2 ? far : -far;
        is_good = CHECK_OK(wn_gram_add(gram, block));
    }
    if (is_good)
        CHECK_OK(wn_gram_finish(gram, &sums));
    wn_block_free(block);
    wn_gram_free(gram);
    return sums;
}

static wn_gram_sums *sums_with(double far)
{
    return sums_as(WN_GRAM_PAIRS, false, far);
}

static void check_others(const wn_gram_sums *with, const wn_gram_sums *without)
{
    CU_ASSERT_EQUAL(with->n_rows, N_ROWS);
    for (size_t i = 1; i < N_COLS; i++) {
        CU_ASSERT_EQUAL(with->sum[i], without->sum[i]);
        for (size_t j = 1; j < N_COLS; j++)
            CU_ASSERT_EQUAL(with->product[i * N_COLS + j], without->product[i * N_COLS + j]);
        for (size_t k = 0; k < N_CLASSES; k++)
            CU_ASSERT_EQUAL(with->label_product[k * N_COLS + i], without->label_product[k * N_COLS + i]);
    }
    for (size_t k = 0; k < N_CLASSES; k++)
        CU_ASSERT_EQUAL(with->class_count[k], without->class_count[k]);
}

/* Bit by bit what they are without the far cells, from where these need higher digits to where all are needed. */
static void test_far_cells(void)
{
    wn_gram_sums *without = sums_with(1);
    for (int power = 2; power <= 42 && without != NULL; power += 4) {
        double far = ldexp(1, power);
        wn_gram_sums *with = sums_with(far);
        if (with != NULL) {
            check_others(with, without);
            CU_ASSERT(fabs(with->product[0] - 2 * far * far) <= N_ROWS * 10 + 1e-14 * far * far);
        }
        wn_gram_sums_free(with);
    }
    wn_gram_sums_free(without);
}

/* Products with the label are the same whether pairs are made or not; squares are the diagonal's. */
static void test_with_label(void)
{
    wn_gram_sums *pairs = sums_as(WN_GRAM_PAIRS, false, 1e5), *label = sums_as(WN_GRAM_WITH_LABEL, false, 1e5);
    if (pairs != NULL && label != NULL) {
        CU_ASSERT_PTR_NULL(label->product);
        CU_ASSERT_EQUAL(label->n_rows, N_ROWS);
        for (size_t i = 0; i < N_COLS; i++) {
            CHECK_CLOSE(label->sum[i], pairs->sum[i], 1e-12);
            CHECK_CLOSE(label->square[i], pairs->square[i], 1e-14);
            CU_ASSERT_EQUAL(pairs->square[i], pairs->product[i * N_COLS + i]);
            for (size_t k = 0; k < N_CLASSES; k++)
                CHECK_CLOSE(label->label_product[k * N_COLS + i], pairs->label_product[k * N_COLS + i], 1e-12);
        }
        for (size_t k = 0; k < N_CLASSES; k++)
            CU_ASSERT_EQUAL(label->class_count[k], pairs->class_count[k]);
    }
    wn_gram_sums_free(label);
    wn_gram_sums_free(pairs);
}

/* Within the bound of single of those in double, also beside a far cell; counts are exact. */
static void test_single(void)
{
    for (int power = 0; power <= 20; power += 10) {
        double far = ldexp(1, power);
        wn_gram_sums *exact = sums_as(WN_GRAM_PAIRS, false, far), *single = sums_as(WN_GRAM_PAIRS, true, far);
        if (exact != NULL && single != NULL) {
            for (size_t i = 0; i < N_COLS; i++)
                for (size_t j = 0; j < N_COLS; j++) {
                    double gap = fabs(single->product[i * N_COLS + j] - exact->product[i * N_COLS + j]);
                    CU_ASSERT_TRUE(gap <= single->rounding * sqrt(exact->square[i] * exact->square[j]));
                }
            for (size_t k = 0; k < N_CLASSES; k++)
                CU_ASSERT_EQUAL(single->class_count[k], exact->class_count[k]);
        }
        wn_gram_sums_free(single);
        wn_gram_sums_free(exact);
    }
}

/* A refused block leaves the state as it was. */
static void check_refused(double cell)
{
    wn_gram *gram = make_gram();
    wn_block *block = NULL;
    int64_t *before = NULL;
    if (gram != NULL && CHECK_OK(wn_block_new(&block, BLOCK_ROWS, N_COLS, false))) {
        wn_accumulator accumulator = wn_gram_accumulator(gram);
        wn_span sums = accumulator.ops->sums(gram);
        draw_block(block, 0);
        CHECK_OK(wn_gram_add(gram, block));
        draw_block(block, 1);
        block->cells[5 * N_COLS + 3] = cell;
        if (CHECK_OK(wn_new(&before, sums.n))) {
            memcpy(before, sums.data, sums.n * sizeof *before);
            CU_ASSERT_EQUAL(wn_gram_add(gram, block), WN_BAD_DATA);
            CU_ASSERT(strstr(wn_status_message(), "rows 200 to 399") != NULL);
            CU_ASSERT(memcmp(before, sums.data, sums.n * sizeof *before) == 0);
        }
    }
    wn_free(before);
    wn_block_free(block);
    wn_gram_free(gram);
}

static void test_refused(void)
{
    check_refused(1e30);
    check_refused(-1e150); /* about 2^500 */
    check_refused(1e300);  /* its square overflows */
    check_refused(NAN);
    check_refused(-INFINITY);
}

/* The kernel that this processor has, beside the plain one: halves, both signs, large sizes, all ends of a vector. */
static void test_rounding(void)
{
    enum { MOST = 40 };
    double products[MOST];
    int64_t sums[MOST], plain[MOST];
    for (size_t i = 0; i < MOST; i++)
        products[i] = (i % 2 ? -1 : 1) * (i % 3 == 0 ? (double)i + 0.5 : ldexp(1.0 + (double)i / 64, (int)i + 21));
    for (size_t n = 0; n <= MOST; n++)
        for (int power = -3; power <= 1; power++) {
            for (size_t i = 0; i < MOST; i++)
                sums[i] = plain[i] = (int64_t)i - 20;
            wn_product_round(products, n, ldexp(1, power), sums);
            wn_product_round_plain(products, n, ldexp(1, power), plain);
            CU_ASSERT_EQUAL(memcmp(sums, plain, sizeof sums), 0);
            CU_ASSERT(n < 4 || power != 0 || (sums[0] == -20 && sums[3] == 3 - 20 - 4));
        }
}

/* Raw float32 cells are added as they are, to the bits of the same cells as doubles, over more panels than one. */
static void test_raw(void)
{
    enum { MANY_ROWS = 2500 };
    for (int is_single = 0; is_single <= 1; is_single++) {
        wn_gram *gram[2] = {make_gram_as(WN_GRAM_PAIRS, is_single), make_gram_as(WN_GRAM_PAIRS, is_single)};
        wn_block *block = NULL;
        if (gram[0] != NULL && gram[1] != NULL && CHECK_OK(wn_block_new(&block, MANY_ROWS, N_COLS, true))) {
            float *cells = block->buffer.data;
            block->n_rows = MANY_ROWS;
            for (size_t i = 0; i < (size_t)MANY_ROWS * N_COLS; i++)
                cells[i] = (float)wn_random_normal((wn_random){4, WN_RANDOM_TEST, i}, 0);
            for (size_t i = 0; i < MANY_ROWS; i++)
                block->labels[i] = (double)(i % N_CLASSES);
            block->raw = block->buffer;
            CHECK_OK(wn_gram_add(gram[0], block));
            wn_block_widen(block);
            CHECK_OK(wn_gram_add(gram[1], block));
            wn_span a = wn_gram_accumulator(gram[0]).ops->sums(gram[0]),
                    b = wn_gram_accumulator(gram[1]).ops->sums(gram[1]);
            CU_ASSERT_EQUAL(a.data[0], MANY_ROWS);
            CU_ASSERT(a.n == b.n && memcmp(a.data, b.data, a.n * sizeof *a.data) == 0);
        }
        wn_block_free(block);
        wn_gram_free(gram[1]);
        wn_gram_free(gram[0]);
    }
}

enum { RUN_BLOCKS = 3, FEW_ROWS = 150, LEFT_OUT = 4 };

static wn_gram *make_gram_of_runs(int64_t run_blocks)
{
    const wn_gram_shape shape = {
        .n_cols = N_COLS, .centre = centre, .exponent = exponent, .n_rows = N_ROWS, .run_blocks = run_blocks};
    wn_gram *gram = NULL;
    CHECK_OK(wn_gram_new(&gram, &shape));
    return gram;
}

/* Blocks first to last - 1 of few rows, but for the one that steps left none of; then as after a pass. */
static void add_few(wn_gram *gram, wn_block *block, size_t first, size_t last)
{
    for (size_t b = first; b < last; b++) {
        draw_block(block, b);
        block->n_rows = FEW_ROWS;
        if (b != LEFT_OUT)
            CHECK_OK(wn_gram_add(gram, block));
    }
    CHECK_OK(wn_gram_accumulator(gram).ops->settle(gram));
}

/* The same rows, those of a run as one block. */
static void add_whole_runs(wn_gram *gram, wn_block *block, wn_block *whole)
{
    for (size_t b = 0; b < N_BLOCKS; b++) {
        draw_block(block, b);
        if (b % RUN_BLOCKS == 0)
            whole->n_rows = 0;
        for (size_t i = 0; i < FEW_ROWS && b != LEFT_OUT; i++, whole->n_rows++) {
            memcpy(whole->cells + whole->n_rows * N_COLS, block->cells + i * N_COLS, N_COLS * sizeof(double));
            whole->labels[whole->n_rows] = block->labels[i];
            whole->rows[whole->n_rows] = block->rows[i];
        }
        if (b % RUN_BLOCKS == RUN_BLOCKS - 1)
            CHECK_OK(wn_gram_add(gram, whole));
    }
}

static bool is_sum(wn_gram *a, wn_gram *b, wn_gram *total)
{
    wn_span x = wn_gram_accumulator(a).ops->sums(a), y = wn_gram_accumulator(b).ops->sums(b),
            sum = wn_gram_accumulator(total).ops->sums(total);
    bool is_equal = sum.data[0] == (N_BLOCKS - 1) * FEW_ROWS;
    for (size_t i = 0; i < sum.n; i++)
        is_equal &= x.data[i] + y.data[i] == sum.data[i];
    return is_equal;
}

/* Bit by bit what one block of a run's rows gives, whichever state is given which run. */
static void test_runs(void)
{
    wn_gram *all = make_gram_of_runs(RUN_BLOCKS), *first = make_gram_of_runs(RUN_BLOCKS),
            *second = make_gram_of_runs(RUN_BLOCKS), *whole = make_gram_of_runs(1), *nothing = make_gram_of_runs(0);
    wn_block *block = NULL, *run = NULL;
    if (CHECK_OK(wn_block_new(&block, BLOCK_ROWS, N_COLS, false)) &&
        CHECK_OK(wn_block_new(&run, RUN_BLOCKS * FEW_ROWS, N_COLS, false))) {
        add_few(all, block, 0, N_BLOCKS);
        add_few(first, block, 0, RUN_BLOCKS);
        add_few(second, block, RUN_BLOCKS, N_BLOCKS);
        add_whole_runs(whole, block, run);
        CU_ASSERT(is_sum(first, second, all));
        CU_ASSERT(is_sum(nothing, whole, all));
    }
    wn_block_free(run);
    wn_block_free(block);
    wn_gram_free(nothing);
    wn_gram_free(whole);
    wn_gram_free(second);
    wn_gram_free(first);
    wn_gram_free(all);
}

/* More rows than the 1,024 that are multiplied together: each is added, and once. */
static void test_long_run(void)
{
    wn_gram *gram = make_gram_of_runs(N_BLOCKS);
    wn_block *block = NULL;
    wn_gram_sums *sums = NULL;
    long double sum = 0, product = 0;
    if (CHECK_OK(wn_block_new(&block, BLOCK_ROWS, N_COLS, false))) {
        for (size_t b = 0; b < N_BLOCKS; b++) {
            draw_block(block, b);
            for (size_t i = 0; i < BLOCK_ROWS; i++) {
                long double x = block->cells[i * N_COLS + 1], y = block->cells[i * N_COLS + 2] - centre[2];
                sum += x;
                product += x * y;
            }
            CHECK_OK(wn_gram_add(gram, block));
        }
        CHECK_OK(wn_gram_accumulator(gram).ops->settle(gram));
        if (CHECK_OK(wn_gram_finish(gram, &sums))) {
            CU_ASSERT_EQUAL(sums->n_rows, N_ROWS);
            CU_ASSERT(fabs(sums->sum[1] - (double)sum) < 1e-10);
            CU_ASSERT(fabs(sums->product[1 * N_COLS + 2] - (double)product) < 1e-9);
        }
    }
    wn_gram_sums_free(sums);
    wn_block_free(block);
    wn_gram_free(gram);
}

/* A cell out of reach is told when its run is over: by the next one, or at the end. */
static void test_refused_later(void)
{
    for (size_t bad = 0; bad < N_BLOCKS; bad += RUN_BLOCKS) {
        wn_gram *gram = make_gram_of_runs(RUN_BLOCKS);
        wn_block *block = NULL;
        wn_status status = WN_OK;
        if (CHECK_OK(wn_block_new(&block, BLOCK_ROWS, N_COLS, false)))
            for (size_t b = 0; b < N_BLOCKS && status == WN_OK; b++) {
                draw_block(block, b);
                if (b == bad)
                    block->cells[0] = 1e30;
                status = wn_gram_add(gram, block);
                CU_ASSERT_EQUAL(status, bad == 0 && b == RUN_BLOCKS ? WN_BAD_DATA : WN_OK);
            }
        if (status == WN_OK)
            CU_ASSERT_EQUAL(wn_gram_accumulator(gram).ops->settle(gram), WN_BAD_DATA);
        wn_block_free(block);
        wn_gram_free(gram);
    }
}

static const wn_test tests[] = {{"rounding", test_rounding},
                                {"raw cells", test_raw},
                                {"runs of blocks", test_runs},
                                {"a run longer than a panel", test_long_run},
                                {"cells out of reach in a run", test_refused_later},
                                {"far cells cost the other columns nothing", test_far_cells},
                                {"cells out of reach", test_refused},
                                {"with the label only", test_with_label},
                                {"in single", test_single}};
TEST_MAIN("stats/gram", tests)
