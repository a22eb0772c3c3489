#include "made_table.h"
#include "testing.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <math.h>
#include <string.h>

/* Rows, the sum of their numbers and labels, sums and counts of valid cells; the largest row and its complement. */
typedef struct {
    int64_t rows, numbers, labels, sum[MADE_COLUMNS], valid[MADE_COLUMNS];
} naive_sums;

typedef struct {
    naive_sums sums;
    int64_t keys[2];
    int64_t waiting; /* rows of the last block, which are counted when the next one comes or no more do */
} naive_state;

static void add_row(naive_state *state, int64_t row, double label, const double *cells)
{
    state->sums.numbers += row;
    state->sums.labels += (int64_t)label;
    for (size_t c = 0; c < MADE_COLUMNS; c++) {
        state->sums.valid[c] += !isnan(cells[c]);
        state->sums.sum[c] += isnan(cells[c]) ? 0 : (int64_t)cells[c];
    }
    state->keys[0] = row > state->keys[0] ? row : state->keys[0];
    state->keys[1] = ~row > state->keys[1] ? ~row : state->keys[1];
}

static wn_status add_block(void *context, const wn_block *block)
{
    naive_state *state = context;
    CU_ASSERT(block->n_rows > 0);
    state->sums.rows += state->waiting;
    state->waiting = (int64_t)block->n_rows;
    for (size_t i = 0; i < block->n_rows; i++)
        add_row(context, block->rows[i], block->labels[i], block->cells + i * block->n_cols);
    return WN_OK;
}

static wn_span sums_of(void *context)
{
    naive_state *state = context;
    return (wn_span){&state->sums.rows, sizeof state->sums / sizeof(int64_t)};
}

static wn_span keys_of(void *context)
{
    naive_state *state = context;
    return (wn_span){state->keys, 2};
}

static wn_status settle(void *context)
{
    naive_state *state = context;
    state->sums.rows += state->waiting;
    state->waiting = 0;
    return WN_OK;
}

static const wn_accumulator_ops naive_ops = {"naive", add_block, sums_of, keys_of, false, settle};

static const naive_state EMPTY = {.keys = {WN_KEY_NONE, WN_KEY_NONE}};

/* What the steps below make of the table, row by row. */
static naive_state expected_state(int64_t n_rows, bool with_steps)
{
    naive_state state = EMPTY;
    for (int64_t row = 0; row < n_rows; row++) {
        double cells[MADE_COLUMNS];
        for (size_t c = 0; c < MADE_COLUMNS; c++)
            cells[c] = with_steps ? 2 * (made_cell(row, c) + 1) : made_cell(row, c);
        if (!with_steps || (row < 300000 && row % 2 == 0))
            add_row(&state, row, made_label(row), cells);
        state.sums.rows += !with_steps || (row < 300000 && row % 2 == 0);
    }
    return state;
}

/* Drops odd rows, and all rows of the last file. */
static wn_status drop_rows(void *context, wn_block *block)
{
    unsigned char *keep = NULL;
    wn_status status = wn_new(&keep, block->n_rows);
    (void)context;
    if (status != WN_OK)
        return status;
    for (size_t i = 0; i < block->n_rows; i++)
        keep[i] = block->rows[i] < 300000 && block->rows[i] % 2 == 0;
    wn_block_compact(block, keep);
    wn_free(keep);
    return WN_OK;
}

static wn_status add_number(void *context, wn_block *block)
{
    for (size_t i = 0; i < block->n_rows * block->n_cols; i++)
        block->cells[i] += *(const double *)context;
    return WN_OK;
}

static wn_status multiply(void *context, wn_block *block)
{
    for (size_t i = 0; i < block->n_rows * block->n_cols; i++)
        block->cells[i] *= *(const double *)context;
    return WN_OK;
}

static bool is_same_state(const naive_state *a, const naive_state *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void check_sums(const char *pattern, int64_t n_rows, bool with_steps)
{
    made_table table;
    double one = 1, two = 2;
    const wn_block_step steps[3] = {{drop_rows, NULL, true}, {add_number, &one, false}, {multiply, &two, false}};
    naive_state states[2] = {EMPTY, EMPTY}, expected = expected_state(n_rows, with_steps);
    const wn_accumulator accumulators[2] = {{&naive_ops, &states[0]}, {&naive_ops, &states[1]}};
    wn_pass_cost cost = {.rows = 1000000};
    if (made_open(&table, &test_ranks, pattern)) {
        CU_ASSERT_EQUAL(table.catalog->n_rows, n_rows);
        CHECK_OK(wn_pass_run(&table.pass, steps, with_steps ? 3 : 0, accumulators, 2, &cost));
        CU_ASSERT(is_same_state(&states[0], &expected));
        CU_ASSERT(is_same_state(&states[1], &expected));
        int64_t rows = cost.rows - 1000000;
        bool has_blocks = table.pass.blocks.last > table.pass.blocks.first;
        CU_ASSERT_EQUAL(cost.bytes_read > 0, has_blocks);
        CU_ASSERT_EQUAL(rows > 0, has_blocks);
        CHECK_OK(wn_ranks_sum(&test_ranks, &rows, 1));
        CU_ASSERT_EQUAL(rows, n_rows);
    }
    made_close(&table);
}

static void test_sums(void)
{
    check_sums("long-*.h5", LONG_ROWS, false);
    check_sums("long-*.h5", LONG_ROWS, true);
    check_sums("few.h5", FEW_ROWS, false);
}

static void test_nothing_to_add(void)
{
    made_table table;
    if (made_open(&table, &test_ranks, "few.h5"))
        CHECK_OK(wn_pass_run(&table.pass, NULL, 0, NULL, 0, NULL));
    made_close(&table);
}

/* Every rank reads all of its blocks backwards, and the first of them twice. */
static void test_order(void)
{
    made_table table;
    int64_t order[64], first_rows = 0;
    size_t n = 0;
    naive_state state = EMPTY, once = expected_state(LONG_ROWS, false);
    if (made_open(&table, &test_ranks, "long-*.h5")) {
        for (int64_t b = table.pass.blocks.last; b-- > table.pass.blocks.first;)
            order[n++] = b;
        if (n > 0) {
            order[n++] = table.pass.blocks.first;
            first_rows = (int64_t)wn_catalog_block(table.catalog, table.pass.blocks.first).n_rows;
        }
        const wn_accumulator accumulator = {&naive_ops, &state};
        CHECK_OK(wn_pass_run_blocks(&table.pass, order, n, NULL, 0, &accumulator, 1, NULL));
        CHECK_OK(wn_ranks_sum(&test_ranks, &first_rows, 1));
        CU_ASSERT_EQUAL(state.sums.rows, once.sums.rows + first_rows);
        CU_ASSERT_EQUAL(state.keys[0], once.keys[0]);
        CU_ASSERT_EQUAL(state.keys[1], once.keys[1]);
    }
    made_close(&table);
}

static wn_status fail_at_row(void *context, wn_block *block)
{
    int64_t row = *(const int64_t *)context;
    for (size_t i = 0; i < block->n_rows; i++)
        if (block->rows[i] == row)
            return wn_fail(WN_BAD_DATA, "row %lld is bad", (long long)row);
    return WN_OK;
}

/* Whichever rank has the row: all leave with its status and message, and the next pass works. */
static void test_failing_step(void)
{
    static const int64_t bad_rows[] = {0, 150000, 300003, LONG_ROWS - 1};
    made_table table;
    if (made_open(&table, &test_ranks, "long-*.h5")) {
        for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
            int64_t row = bad_rows[i];
            char wanted[64];
            naive_state state = EMPTY;
            const wn_accumulator accumulator = {&naive_ops, &state};
            const wn_block_step step = {fail_at_row, &row, false};
            CU_ASSERT_EQUAL(wn_pass_run(&table.pass, &step, 1, &accumulator, 1, NULL), WN_BAD_DATA);
            snprintf(wanted, sizeof wanted, "row %lld is bad", (long long)row);
            CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), wanted));
            CU_ASSERT_EQUAL(strncmp(wn_status_message(), "rank ", 5) == 0, test_ranks.size > 1);
        }
        naive_state state = EMPTY, expected = expected_state(LONG_ROWS, false);
        const wn_accumulator accumulator = {&naive_ops, &state};
        CHECK_OK(wn_pass_run(&table.pass, NULL, 0, &accumulator, 1, NULL));
        CU_ASSERT(is_same_state(&state, &expected));
    }
    made_close(&table);
}

/* An allocation of one rank fails: the same status everywhere, and nothing leaks. */
static void test_allocation(void)
{
    made_table table;
    CU_ASSERT(made_files());
    for (int64_t nth = 1; nth < 12; nth++) {
        size_t before = wn_memory_used();
        naive_state state = EMPTY;
        const wn_accumulator accumulator = {&naive_ops, &state};
        wn_status status = WN_OK;
        if (made_open(&table, &test_ranks, "few.h5")) {
            wn_memory_fail_at(test_ranks.rank == 0 ? nth : 0);
            status = wn_pass_run(&table.pass, NULL, 0, &accumulator, 1, NULL);
            wn_memory_fail_at(0);
        }
        CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
        CU_ASSERT(nth > 1 || status == WN_NO_MEMORY);
        CU_ASSERT(is_same_everywhere((int64_t)status));
        made_close(&table);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
}

/* A signal may come to any rank, also to one without blocks. */
static void check_stop(const char *pattern, int rank)
{
    made_table table;
    naive_state state = EMPTY;
    const wn_accumulator accumulator = {&naive_ops, &state};
    if (made_open(&table, &test_ranks, pattern)) {
        if (test_ranks.rank == rank)
            wn_stop_request(0);
        CU_ASSERT_EQUAL(wn_stop_requested(), test_ranks.rank == rank);
        CU_ASSERT_EQUAL(wn_pass_run(&table.pass, NULL, 0, &accumulator, 1, NULL), WN_STOPPED);
        wn_stop_clear();
        state = EMPTY;
        CHECK_OK(wn_pass_run(&table.pass, NULL, 0, &accumulator, 1, NULL));
        CU_ASSERT_EQUAL(state.sums.rows, table.catalog->n_rows);
    }
    made_close(&table);
}

static wn_status stop_at_row(void *context, wn_block *block)
{
    if (fail_at_row(context, block) != WN_OK)
        wn_stop_request(0);
    return WN_OK;
}

/* In mid-stream, on the rank that has the row. */
static void check_stop_at(int64_t row)
{
    made_table table;
    const wn_block_step step = {stop_at_row, &row, true};
    naive_state state = EMPTY;
    const wn_accumulator accumulator = {&naive_ops, &state};
    if (made_open(&table, &test_ranks, "long-*.h5")) {
        CU_ASSERT_EQUAL(wn_pass_run(&table.pass, &step, 1, &accumulator, 1, NULL), WN_STOPPED);
        wn_stop_clear();
    }
    made_close(&table);
}

static void test_stop(void)
{
    check_stop("long-*.h5", 0);
    check_stop("few.h5", 0);
    check_stop("few.h5", test_ranks.size - 1);
    check_stop_at(100000);
    check_stop_at(LONG_ROWS - 1);
}

static const wn_test tests[] = {{"sums of all rows", test_sums},
                                {"nothing to add", test_nothing_to_add},
                                {"blocks in another order", test_order},
                                {"a step that fails on one rank", test_failing_step},
                                {"an allocation that fails on one rank", test_allocation},
                                {"a request to stop", test_stop}};

TEST_MAIN("pass/pass", tests)
