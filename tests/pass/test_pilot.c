#include "winnow/pilot.h"

#include "made_table.h"
#include "testing.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

enum { ROW_BOUND = 65536 }; /* of a table this narrow */

static wn_status drop_odd(void *context, wn_block *block)
{
    unsigned char *keep = NULL;
    wn_status status = wn_new(&keep, block->n_rows);
    (void)context;
    if (status != WN_OK)
        return status;
    for (size_t i = 0; i < block->n_rows; i++)
        keep[i] = block->rows[i] % 2 == 0;
    wn_block_compact(block, keep);
    wn_free(keep);
    return WN_OK;
}

static const wn_block_step EVEN = {drop_odd, NULL, true};

static bool is_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b;
}

/* Rows ascend, none twice; cells and labels are the table's. */
static void check_rows(const wn_pilot *pilot)
{
    size_t wrong = 0;
    for (size_t i = 0; i < pilot->n_rows; i++) {
        wrong += i > 0 && pilot->rows[i] <= pilot->rows[i - 1];
        wrong += pilot->labels[i] != made_label(pilot->rows[i]);
        for (size_t c = 0; c < MADE_COLUMNS; c++)
            wrong += !is_same(pilot->cells[i * MADE_COLUMNS + c], made_cell(pilot->rows[i], c));
    }
    CU_ASSERT_EQUAL(pilot->n_cols, MADE_COLUMNS);
    CU_ASSERT_EQUAL(wrong, 0);
}

static wn_pilot *read_pilot(const wn_ranks *ranks, const char *pattern, size_t n_steps, uint64_t seed)
{
    made_table table;
    wn_pilot *pilot = NULL;
    if (made_open(&table, ranks, pattern))
        CHECK_OK(wn_pilot_read(&table.pass, &EVEN, n_steps, table.catalog->n_blocks, seed, &pilot, NULL));
    made_close(&table);
    return pilot;
}

static bool is_same_pilot(const wn_pilot *a, const wn_pilot *b)
{
    return a != NULL && b != NULL && a->n_rows == b->n_rows && a->is_complete == b->is_complete &&
           memcmp(a->rows, b->rows, a->n_rows * sizeof *a->rows) == 0 &&
           memcmp(a->labels, b->labels, a->n_rows * sizeof *a->labels) == 0 &&
           memcmp(a->cells, b->cells, a->n_rows * a->n_cols * sizeof *a->cells) == 0;
}

/* The same over all ranks and on one alone. */
static wn_pilot *check_alone(const char *pattern, size_t n_steps, uint64_t seed)
{
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    wn_pilot *alone = read_pilot(&self, pattern, n_steps, seed);
    wn_pilot *shared = read_pilot(&test_ranks, pattern, n_steps, seed);
    CU_ASSERT(is_same_pilot(alone, shared));
    if (shared != NULL)
        check_rows(shared);
    wn_pilot_free(alone);
    return shared;
}

static void test_small_table(void)
{
    wn_pilot *all = check_alone("few.h5", 0, 1), *even = check_alone("few.h5", 1, 1);
    if (all != NULL && even != NULL) {
        CU_ASSERT(all->is_complete);
        CU_ASSERT_EQUAL(all->n_rows, FEW_ROWS);
        CU_ASSERT(even->is_complete);
        CU_ASSERT_EQUAL(even->n_rows, FEW_ROWS / 2);
    }
    wn_pilot_free(all);
    wn_pilot_free(even);
}

/* Each of the 10,000-row parts of the table has its share of the rows, none of them is favoured. */
static void check_spread(const wn_pilot *pilot)
{
    enum { PARTS = 30 };
    size_t count[PARTS] = {0}, n = 0;
    for (size_t i = 0; i < pilot->n_rows; i++)
        if (pilot->rows[i] < 300000) {
            count[(size_t)pilot->rows[i] / 10000]++;
            n++;
        }
    for (size_t part = 0; part < PARTS; part++)
        CU_ASSERT(count[part] > n / PARTS / 2 && count[part] < 2 * n / PARTS);
}

static void test_long_table(void)
{
    wn_pilot *one = check_alone("long-*.h5", 0, 1), *other = check_alone("long-*.h5", 0, 2);
    wn_pilot *even = check_alone("long-*.h5", 1, 1);
    if (one != NULL && other != NULL && even != NULL) {
        CU_ASSERT(!one->is_complete);
        CU_ASSERT(one->n_rows <= ROW_BOUND && one->n_rows > ROW_BOUND / 2);
        CU_ASSERT(even->n_rows <= ROW_BOUND && even->n_rows > ROW_BOUND / 2);
        CU_ASSERT(!is_same_pilot(one, other));
        check_spread(one);
        for (size_t i = 0; i < even->n_rows; i++)
            if (even->rows[i] % 2 != 0)
                CU_FAIL("a row that a step dropped");
    }
    wn_pilot_free(one);
    wn_pilot_free(other);
    wn_pilot_free(even);
}

static wn_status keep_first(void *context, wn_block *block)
{
    unsigned char *keep = NULL;
    wn_status status = wn_new(&keep, block->n_rows);
    (void)context;
    if (status != WN_OK)
        return status;
    for (size_t i = 0; i < block->n_rows; i++)
        keep[i] = block->rows[i] < ROW_BOUND / 2;
    wn_block_compact(block, keep);
    wn_free(keep);
    return WN_OK;
}

/* Nearly all rows that are left lie in one block: it gives all of them, more than its share of the table's rows. */
static void test_lopsided(void)
{
    made_table table;
    const wn_block_step step = {keep_first, NULL, true};
    wn_pilot *pilot = NULL;
    if (made_open(&table, &test_ranks, "long-*.h5") &&
        CHECK_OK(wn_pilot_read(&table.pass, &step, 1, table.catalog->n_blocks, 1, &pilot, NULL))) {
        check_rows(pilot);
        CU_ASSERT(pilot->is_complete);
        CU_ASSERT_EQUAL(pilot->n_rows, ROW_BOUND / 2);
    }
    wn_pilot_free(pilot);
    made_close(&table);
}

static void test_column(void)
{
    wn_pilot *pilot = check_alone("few.h5", 0, 1);
    double *cells = NULL;
    size_t valid = 0, wrong = 0;
    if (pilot != NULL && CHECK_OK(wn_new(&cells, pilot->n_rows))) {
        size_t n = wn_pilot_cells(pilot, 1, cells);
        for (size_t i = 0; i < pilot->n_rows; i++)
            if (!isnan(pilot->cells[i * MADE_COLUMNS + 1]))
                wrong += cells[valid++] != pilot->cells[i * MADE_COLUMNS + 1];
        CU_ASSERT_EQUAL(n, valid);
        CU_ASSERT(n < pilot->n_rows && n > 0);
        CU_ASSERT_EQUAL(wrong, 0);
    }
    wn_free(cells);
    wn_pilot_free(pilot);
}

static wn_status refuse(void *context, wn_block *block)
{
    (void)context;
    return block->rows[0] == 0 ? wn_fail(WN_BAD_DATA, "the first block is bad") : WN_OK;
}

static void test_failure(void)
{
    made_table table;
    const wn_block_step step = {refuse, NULL, false};
    wn_pilot *pilot = NULL;
    size_t before = wn_memory_used();
    if (made_open(&table, &test_ranks, "long-*.h5"))
        CU_ASSERT_EQUAL(wn_pilot_read(&table.pass, &step, 1, table.catalog->n_blocks, 1, &pilot, NULL), WN_BAD_DATA);
    CU_ASSERT_PTR_NULL(pilot);
    made_close(&table);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static const wn_test tests[] = {{"all of a small table", test_small_table},
                                {"a sample of a long one", test_long_table},
                                {"rows in one block alone", test_lopsided},
                                {"a column's cells", test_column},
                                {"a step that fails", test_failure}};

TEST_MAIN("pass/pilot", tests)
