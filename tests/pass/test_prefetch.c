/* The reading thread: its order, its failures with their messages, its end at any time. */
#include "prefetch.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/table_writer.h"

#include <math.h>
#include <string.h>

enum { N_COLS = 2, N_ROWS = 600000, BAD_ROW = N_ROWS - 5 };

static double cell_of(int64_t row, size_t column)
{
    return column == 0 ? (double)row : (double)(row % 7);
}

static wn_status write_table(const char *path, bool has_bad_row)
{
    wn_status status = WN_OK;
    wn_table_writer *writer = NULL;
    double *cells = NULL;
    size_t width = N_COLS, x;
    TRY(wn_new(&cells, N_ROWS * N_COLS));
    for (int64_t row = 0; row < N_ROWS; row++)
        for (size_t c = 0; c < N_COLS; c++)
            cells[(size_t)row * N_COLS + c] = has_bad_row && row == BAD_ROW ? INFINITY : cell_of(row, c);
    TRY(wn_table_writer_open(&writer, path));
    TRY(wn_table_writer_add_dataset(writer, "x", WN_STORE_FLOAT64, &width, 1, 0, &x));
    TRY(wn_table_writer_append(writer, x, cells, N_ROWS));
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    wn_free(cells);
    return status;
}

typedef struct {
    wn_catalog *catalog;
    wn_reader *reader;
    int64_t order[64];
    size_t n;
} opened_table;

static bool open_table(opened_table *table, bool has_bad_row)
{
    const char *path = test_path(has_bad_row ? "bad.h5" : "good.h5");
    const wn_input input = {.files = &path, .n_files = 1};
    const wn_reader_options options = {.cache_bytes = 0};
    *table = (opened_table){0};
    if (!CHECK_OK(write_table(path, has_bad_row)) || !CHECK_OK(wn_catalog_read(&table->catalog, &input)) ||
        !CHECK_OK(wn_reader_open(&table->reader, table->catalog, &options)))
        return false;
    for (int64_t block = 0; block < table->catalog->n_blocks && table->n < 64; block++)
        table->order[table->n++] = block;
    CU_ASSERT(table->n > 5); /* more than are in flight */
    return true;
}

static void close_table(opened_table *table)
{
    wn_reader_close(table->reader);
    wn_catalog_free(table->catalog);
}

/* Every row of a block is right; the block is then spoilt, as steps do. */
static void check_block(wn_block *block, int64_t index)
{
    size_t wrong = block->index != index;
    wn_block_widen(block);
    for (size_t i = 0; i < block->n_rows; i++)
        for (size_t c = 0; c < N_COLS; c++) {
            wrong += block->cells[i * N_COLS + c] != cell_of(block->rows[i], c);
            block->cells[i * N_COLS + c] = -1;
        }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(block->n_rows > 0);
    block->n_rows = 0;
}

/* Takes `n_taken` blocks of the order, then ends; the rows that were seen. */
static void check_order(const opened_table *table, const int64_t *order, size_t n, size_t n_taken)
{
    wn_prefetch *prefetch = NULL;
    wn_block *block = NULL;
    if (!CHECK_OK(wn_prefetch_start(&prefetch, table->reader, order, n)))
        return;
    for (size_t i = 0; i < n_taken; i++) {
        CHECK_OK(wn_prefetch_take(prefetch, &block));
        CU_ASSERT_PTR_NOT_NULL(block);
        if (block != NULL)
            check_block(block, order[i]);
    }
    for (int again = 0; n_taken == n && again < 2; again++) {
        CHECK_OK(wn_prefetch_take(prefetch, &block));
        CU_ASSERT_PTR_NULL(block);
    }
    wn_prefetch_stop(prefetch);
}

static void test_order(void)
{
    opened_table table;
    size_t before = wn_memory_used();
    if (open_table(&table, false)) {
        int64_t backwards[65];
        for (size_t i = 0; i < table.n; i++)
            backwards[i] = table.order[table.n - 1 - i];
        backwards[table.n] = 0; /* a block twice */
        check_order(&table, table.order, table.n, table.n);
        check_order(&table, backwards, table.n + 1, table.n + 1);
        check_order(&table, table.order, 0, 0);
        check_order(&table, table.order, 1, 1);
        for (size_t n_taken = 0; n_taken < table.n; n_taken++)
            check_order(&table, table.order, table.n, n_taken); /* ended in the middle */
    }
    close_table(&table);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

/* Blocks before the bad one still come; its message is the reader's, though that was written in another thread. */
static void test_failure(void)
{
    opened_table table;
    wn_prefetch *prefetch = NULL;
    wn_block *block = NULL;
    if (open_table(&table, true) && CHECK_OK(wn_prefetch_start(&prefetch, table.reader, table.order, table.n))) {
        for (size_t i = 0; i + 1 < table.n; i++)
            CHECK_OK(wn_prefetch_take(prefetch, &block));
        for (int again = 0; again < 2; again++) {
            CU_ASSERT_EQUAL(wn_fail(WN_OK, "an older message"), WN_OK);
            CU_ASSERT_EQUAL(wn_prefetch_take(prefetch, &block), WN_BAD_DATA);
            CU_ASSERT_PTR_NULL(block);
            CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "bad.h5"));
        }
        CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "infinite"));
    }
    wn_prefetch_stop(prefetch);
    close_table(&table);
}

static void test_allocations(void)
{
    opened_table table;
    wn_status status = WN_NO_MEMORY;
    if (open_table(&table, false)) {
        size_t before = wn_memory_used();
        for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 50; nth++) {
            wn_prefetch *prefetch = NULL;
            wn_memory_fail_at(nth);
            status = wn_prefetch_start(&prefetch, table.reader, table.order, 0);
            if (status == WN_OK) {
                wn_prefetch_stop(prefetch);
                prefetch = NULL;
                wn_memory_fail_at(nth);
                status = wn_prefetch_start(&prefetch, table.reader, table.order, table.n);
            }
            wn_memory_fail_at(0);
            CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
            CU_ASSERT(status == WN_OK || wn_memory_used() == before);
            wn_prefetch_stop(prefetch);
        }
        CU_ASSERT_EQUAL(status, WN_OK);
    }
    wn_prefetch_stop(NULL);
    close_table(&table);
}

static const wn_test tests[] = {{"order, and an end at any time", test_order},
                                {"a block that cannot be read", test_failure},
                                {"allocations that fail", test_allocations}};
TEST_MAIN("pass/prefetch", tests)
