/* Which rows are repeats, where many are equal and ranks hold rows in no order. Tables are the oracle's matter. */
#include "winnow/row_hashes.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { N_ROWS = 600, N_COLS = 2 };

/* Rows of few different contents: which one a row has. */
typedef size_t (*content_rule)(int64_t row);

static size_t all_equal(int64_t row)
{
    (void)row;
    return 0;
}

static size_t all_different(int64_t row)
{
    return (size_t)row;
}

static size_t few(int64_t row)
{
    return wn_random_bits((wn_random){4, WN_RANDOM_TEST, (uint64_t)row}, 0) % 50;
}

/* Which rank has a row, in no order. */
static int holder(int64_t row)
{
    return (int)(wn_random_bits((wn_random){5, WN_RANDOM_TEST, (uint64_t)row}, 0) % (uint64_t)test_ranks.size);
}

/* Zeros of both signs and NaN of different bits are the same content. */
static void fill_row(wn_block *block, int64_t row, size_t content)
{
    uint64_t bits = 0x7ff8000000000000u | (uint64_t)row << 3, sign = (uint64_t)row << 63;
    double *cells = block->cells + block->n_rows * N_COLS;
    bits |= sign;
    cells[0] = (double)(content / 2);
    memcpy(&cells[1], content % 2 == 0 ? &bits : &sign, sizeof bits);
    block->labels[block->n_rows] = row % 2 == 0 && content == 0 ? -0.0 : 0.0;
    block->rows[block->n_rows++] = row;
}

/* Local. This rank's rows, backwards. */
static wn_status add_rows(wn_row_hashes *hashes, content_rule rule, int64_t n_rows)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    TRY(wn_block_new(&block, N_ROWS, N_COLS, false));
    for (int64_t row = n_rows - 1; row >= 0; row--)
        if (holder(row) == test_ranks.rank)
            fill_row(block, row, rule(row));
    TRY(wn_row_hashes_add(hashes, block));
done:
    wn_block_free(block);
    return status;
}

static bool is_repeat(content_rule rule, int64_t row, int64_t n_originals)
{
    for (int64_t earlier = 0; earlier < row && earlier < n_originals; earlier++)
        if (rule(earlier) == rule(row))
            return true;
    return false;
}

static void check_repeats(content_rule rule, const int64_t *repeats, size_t n, int64_t n_rows, int64_t n_originals)
{
    size_t at = 0, wrong = 0;
    for (int64_t row = 0; row < n_rows; row++)
        if (holder(row) == test_ranks.rank && is_repeat(rule, row, n_originals))
            wrong += at >= n || repeats[at++] != row;
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(at, n);
}

/* Twice, since the first search may reorder the state. */
static void check_rule(content_rule rule, int64_t n_rows, int64_t n_originals)
{
    wn_row_hashes *hashes = NULL;
    bool is_made = CHECK_OK(wn_ranks_agree(&test_ranks, wn_row_hashes_new(&hashes, N_COLS, 7)));
    if (is_made && CHECK_OK(wn_ranks_agree(&test_ranks, add_rows(hashes, rule, n_rows))))
        for (int i = 0; i < 2; i++) {
            int64_t *repeats = NULL;
            size_t n = 0;
            if (CHECK_OK(wn_row_hashes_repeats(&test_ranks, hashes, n_originals, &repeats, &n)))
                check_repeats(rule, repeats, n, n_rows, n_originals);
            wn_free(repeats);
        }
    wn_row_hashes_free(hashes);
}

static void test_rules(void)
{
    static const content_rule rules[] = {all_equal, all_different, few};
    static const int64_t n_rows[] = {0, 1, 2, 3, N_ROWS};
    static const int64_t n_originals[] = {INT64_MAX, 0, 1, 100};
    for (size_t r = 0; r < 3; r++)
        for (size_t n = 0; n < 5; n++)
            for (size_t o = 0; o < 4; o++)
                check_rule(rules[r], n_rows[n], n_originals[o]);
}

/* Two rows that differ in one cell, or in the label alone, are different. */
static void test_differences(void)
{
    wn_row_hashes *hashes = NULL;
    wn_block *block = NULL;
    int64_t *repeats = NULL;
    size_t n = 0;
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    if (CHECK_OK(wn_row_hashes_new(&hashes, N_COLS, 7)) && CHECK_OK(wn_block_new(&block, 4, N_COLS, false))) {
        static const double cells[4 * N_COLS] = {1, 2, 2, 1, 1, 2, 1, 2.0000000000000004};
        static const double labels[4] = {0, 0, 1, 0};
        memcpy(block->cells, cells, sizeof cells);
        memcpy(block->labels, labels, sizeof labels);
        block->n_rows = 4;
        for (int64_t i = 0; i < 4; i++)
            block->rows[i] = i;
        CHECK_OK(wn_row_hashes_add(hashes, block));
        CHECK_OK(wn_row_hashes_repeats(&self, hashes, INT64_MAX, &repeats, &n));
        CU_ASSERT_EQUAL(n, 0);
    }
    wn_free(repeats);
    wn_block_free(block);
    wn_row_hashes_free(hashes);
}

static const wn_test tests[] = {{"repeats", test_rules}, {"differences", test_differences}};
TEST_MAIN("stats/row_hashes", tests)
