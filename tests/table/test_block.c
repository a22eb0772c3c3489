#include "winnow/block.h"

#include "testing.h"
#include "winnow/memory.h"

enum { ROWS = 5, COLS = 2 };

static void fill_rows(wn_block *block)
{
    block->n_rows = ROWS;
    for (size_t i = 0; i < ROWS; i++) {
        block->labels[i] = (double)(i + 100);
        block->rows[i] = (int64_t)(i + 1000);
    }
}

/* Of five rows numbered 0 to 4, whose cells are 10 i and 10 i + 1, those of `keep` are left, then none. */
static void check_compact(wn_block *block)
{
    const unsigned char keep[] = {0, 1, 1, 0, 7};
    const size_t kept[] = {1, 2, 4};
    fill_rows(block);
    wn_block_compact(block, keep);
    CU_ASSERT_EQUAL(block->n_rows, 3);
    wn_block_widen(block);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(block->cells[2 * i], (double)(10 * kept[i]));
        CU_ASSERT_EQUAL(block->cells[2 * i + 1], (double)(10 * kept[i] + 1));
        CU_ASSERT_EQUAL(block->labels[i], (double)(kept[i] + 100));
        CU_ASSERT_EQUAL(block->rows[i], (int64_t)(kept[i] + 1000));
    }
    wn_block_compact(block, (const unsigned char[]){0, 0, 0});
    CU_ASSERT_EQUAL(block->n_rows, 0);
}

static void test_compact(void)
{
    wn_block *block = NULL;
    if (!CHECK_OK(wn_block_new(&block, 6, COLS, false)))
        return;
    CU_ASSERT_EQUAL(block->n_rows, 0);
    for (size_t i = 0; i < ROWS * COLS; i++)
        block->cells[i] = (double)(10 * (i / COLS) + i % COLS);
    check_compact(block);
    wn_block_free(block);
}

/* Raw cells that a reader lends are not its to change. */
static void test_compact_raw(void)
{
    wn_block *block = NULL;
    float lent[ROWS * COLS];
    if (!CHECK_OK(wn_block_new(&block, 6, COLS, true)))
        return;
    for (size_t i = 0; i < ROWS * COLS; i++)
        ((float *)block->buffer.data)[i] = lent[i] = (float)(10 * (i / COLS) + i % COLS);
    block->raw = block->buffer;
    check_compact(block);
    block->raw = (wn_cells){.data = lent, .is_float32 = true};
    check_compact(block);
    for (size_t i = 0; i < ROWS * COLS; i++)
        CU_ASSERT_EQUAL(lent[i], (float)(10 * (i / COLS) + i % COLS));
    wn_block_free(block);
}

/* Nothing is copied while all rows stay; what is seen is what there is. */
static void test_view(void)
{
    wn_block *block = NULL;
    double lent[ROWS * COLS] = {3};
    const unsigned char all[ROWS] = {1, 1, 1, 1, 1};
    if (!CHECK_OK(wn_block_new(&block, 6, COLS, false)))
        return;
    fill_rows(block);
    block->raw = (wn_cells){.data = lent};
    wn_block_compact(block, all);
    CU_ASSERT_EQUAL(block->n_rows, ROWS);
    CU_ASSERT_PTR_EQUAL(wn_block_view(block).data, lent);
    wn_block_widen(block);
    CU_ASSERT_PTR_EQUAL(wn_block_view(block).data, block->cells);
    CU_ASSERT(!wn_block_view(block).is_float32 && block->cells[0] == 3);
    wn_block_free(block);
}

static void test_no_memory(void)
{
    size_t used = wn_memory_used();
    wn_block *block = NULL;
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 20; nth++) {
        wn_memory_fail_at(nth);
        status = wn_block_new(&block, 10, 10, true);
        CU_ASSERT(status == WN_OK || wn_memory_used() == used);
    }
    wn_memory_fail_at(0);
    CHECK_OK(status);
    wn_block_free(block);
    CU_ASSERT_EQUAL(wn_memory_used(), used);
    CU_ASSERT_EQUAL(wn_block_new(&block, SIZE_MAX / 2, 4, false), WN_NO_MEMORY);
    wn_block_free(NULL);
}

static const wn_test tests[] = {{"compact keeps the marked rows", test_compact},
                                {"compact of raw cells", test_compact_raw},
                                {"view", test_view},
                                {"no memory", test_no_memory}};
TEST_MAIN("block", tests)
