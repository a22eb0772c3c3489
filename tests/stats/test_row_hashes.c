/* Which rows are repeats, where many are equal and ranks hold rows in no order, within any budget. Tables are the
 * oracle's matter. */
#include "winnow/row_hashes.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

enum { N_ROWS = 600, MANY_ROWS = 30000, N_COLS = 2, BLOCK_ROWS = 500 };

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

static size_t some_thrice(int64_t row)
{
    return wn_random_bits((wn_random){4, WN_RANDOM_TEST, (uint64_t)row}, 0) % (MANY_ROWS / 3);
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

/* Local. This rank's rows, backwards, in blocks. */
static wn_status add_rows(wn_row_hashes *hashes, content_rule rule, int64_t n_rows)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    TRY(wn_block_new(&block, BLOCK_ROWS, N_COLS, false));
    for (int64_t row = n_rows - 1; row >= 0; row--) {
        if (holder(row) == test_ranks.rank)
            fill_row(block, row, rule(row));
        if (block->n_rows == BLOCK_ROWS || row == 0) {
            TRY(wn_row_hashes_add(hashes, block));
            block->n_rows = 0;
        }
    }
done:
    wn_block_free(block);
    return status;
}

static unsigned char marks[MANY_ROWS];

static void mark(void *context, int64_t row)
{
    CU_ASSERT_EQUAL_FATAL(row >= 0 && row < MANY_ROWS, true);
    ((unsigned char *)context)[row]++;
}

/* Every third original does not, as if it were no training row. */
static bool leaks(void *context, int64_t row)
{
    (void)context;
    return row % 3 != 0;
}

static wn_status find(content_rule rule, int64_t n_rows, int64_t n_originals, size_t budget, int64_t *n_leaked)
{
    wn_status status = WN_OK;
    wn_row_hashes *hashes = NULL;
    const wn_row_hashes_options options = {.n_cols = N_COLS,
                                           .seed = 7,
                                           .n_originals = n_originals,
                                           .most_rows = (size_t)n_rows,
                                           .budget = budget,
                                           .directory = budget > 0 ? test_path(".") : NULL,
                                           .take = mark,
                                           .leaks = leaks,
                                           .context = marks};
    memset(marks, 0, sizeof marks);
    TRY(wn_ranks_agree(&test_ranks, wn_row_hashes_new(&hashes, &options)));
    TRY(wn_ranks_agree(&test_ranks, add_rows(hashes, rule, n_rows)));
    TRY(wn_row_hashes_finish(&test_ranks, hashes, n_leaked));
done:
    wn_row_hashes_free(hashes);
    return status;
}

/* Every rank takes those of its own rows that repeat an earlier original, once; the rest is counted, where the first
 * original leaks. */
static void check_rule(content_rule rule, int64_t n_rows, int64_t n_originals, size_t budget)
{
    static bool is_known[MANY_ROWS], has_leaked[MANY_ROWS]; /* by content: of originals before the row */
    int64_t n_leaked = -1, expected = 0;
    size_t wrong = 0;
    memset(is_known, 0, sizeof is_known);
    memset(has_leaked, 0, sizeof has_leaked);
    if (!CHECK_OK(find(rule, n_rows, n_originals, budget, &n_leaked)))
        return;
    for (int64_t row = 0; row < n_rows; row++) {
        bool is_mine = holder(row) == test_ranks.rank, is_repeat = is_known[rule(row)];
        wrong += marks[row] != (is_mine && is_repeat && row < n_originals);
        expected += is_mine && row >= n_originals && has_leaked[rule(row)];
        if (row >= n_originals || is_repeat)
            continue;
        is_known[rule(row)] = true;
        has_leaked[rule(row)] = leaks(NULL, row);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(n_leaked, expected);
}

static void test_rules(void)
{
    static const content_rule rules[] = {all_equal, all_different, few};
    static const int64_t n_rows[] = {0, 1, 2, 3, N_ROWS};
    static const int64_t n_originals[] = {INT64_MAX, 0, 1, 100};
    for (size_t r = 0; r < 3; r++)
        for (size_t n = 0; n < 5; n++)
            for (size_t o = 0; o < 4; o++)
                check_rule(rules[r], n_rows[n], n_originals[o], 0);
}

/* Within the least budget and one that is a part of what all would take: no more is allocated. */
static void test_budget(void)
{
    static const content_rule rules[] = {all_equal, all_different, few, some_thrice};
    static const size_t budgets[] = {1, 600000, 1 << 24};
    CU_ASSERT(wn_row_hashes_bytes(MANY_ROWS, 1) < wn_row_hashes_bytes(MANY_ROWS, 600000));
    CU_ASSERT_EQUAL(wn_row_hashes_bytes(MANY_ROWS, 600000), 600000);
    CU_ASSERT_EQUAL(wn_row_hashes_bytes(MANY_ROWS, 1 << 24), wn_row_hashes_bytes(MANY_ROWS, 0));
    for (size_t r = 0; r < 4; r++)
        for (size_t b = 0; b < 3; b++) {
            size_t block = BLOCK_ROWS * (N_COLS + 2) * sizeof(double), own = 4096;
            wn_memory_limit(wn_memory_used() + wn_row_hashes_bytes(MANY_ROWS, budgets[b]) + block + own);
            check_rule(rules[r], MANY_ROWS, b == 0 ? 25000 : INT64_MAX, budgets[b]);
            wn_memory_limit(0);
        }
}

static void check_status(wn_status status, wn_status other)
{
    int64_t both[2] = {status, -(int64_t)status};
    CU_ASSERT(status == WN_OK || status == other);
    CHECK_OK(wn_ranks_max(&test_ranks, both, 2));
    CU_ASSERT_EQUAL(both[0], -both[1]);
}

static void test_allocation(void)
{
    size_t before = wn_memory_used(), failures = 0;
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1, n_leaked; nth < 1000 && status == WN_NO_MEMORY; nth++) {
        wn_memory_fail_at(test_ranks.rank == 0 ? nth : 0);
        status = find(all_different, 8000, INT64_MAX, 1, &n_leaked);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        check_status(status, WN_NO_MEMORY);
        failures += status != WN_OK;
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    CU_ASSERT(failures > 10);
}

/* The limit on a file's size stands for a full disk, on the last rank alone. */
static void test_disk_full(void)
{
    struct rlimit before, small;
    int64_t n_leaked;
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){.rlim_cur = 100000, .rlim_max = before.rlim_max};
    if (test_ranks.rank == test_ranks.size - 1)
        CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &small), 0);
    wn_status status = find(all_different, MANY_ROWS, INT64_MAX, 1, &n_leaked);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    check_status(status, WN_IO);
    CU_ASSERT_EQUAL(status, WN_IO);
}

/* Two rows that differ in one cell, or in the label alone, are different; more rows than were told are refused. */
static void test_differences(void)
{
    wn_row_hashes *hashes = NULL;
    wn_block *block = NULL;
    int64_t n_leaked = -1;
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    const wn_row_hashes_options options = {
        .n_cols = N_COLS, .seed = 7, .n_originals = INT64_MAX, .most_rows = 4, .take = mark, .context = marks};
    memset(marks, 0, sizeof marks);
    if (CHECK_OK(wn_row_hashes_new(&hashes, &options)) && CHECK_OK(wn_block_new(&block, 4, N_COLS, false))) {
        static const double cells[4 * N_COLS] = {1, 2, 2, 1, 1, 2, 1, 2.0000000000000004};
        static const double labels[4] = {0, 0, 1, 0};
        memcpy(block->cells, cells, sizeof cells);
        memcpy(block->labels, labels, sizeof labels);
        block->n_rows = 4;
        for (int64_t i = 0; i < 4; i++)
            block->rows[i] = i;
        CHECK_OK(wn_row_hashes_add(hashes, block));
        CU_ASSERT_EQUAL(wn_row_hashes_add(hashes, block), WN_INTERNAL);
        CHECK_OK(wn_row_hashes_finish(&self, hashes, &n_leaked));
        CU_ASSERT(n_leaked == 0 && marks[0] + marks[1] + marks[2] + marks[3] == 0);
    }
    wn_block_free(block);
    wn_row_hashes_free(hashes);
}

static const wn_test tests[] = {{"repeats", test_rules},
                                {"the budget is kept", test_budget},
                                {"an allocation that fails on one rank", test_allocation},
                                {"a full disk on one rank", test_disk_full},
                                {"differences", test_differences}};
TEST_MAIN("stats/row_hashes", tests)
