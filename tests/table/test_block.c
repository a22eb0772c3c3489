#include "winnow/block.h"

#include "testing.h"
#include "winnow/memory.h"

static void test_compact(void)
{
    wn_block *block = NULL;
    const unsigned char keep[] = {0, 1, 1, 0, 7};
    if (!CHECK_OK(wn_block_new(&block, 6, 2)))
        return;
    CU_ASSERT_EQUAL(block->n_rows, 0);
    block->n_rows = 5;
    for (size_t i = 0; i < 5; i++) {
        block->cells[2 * i] = (double)(10 * i);
        block->cells[2 * i + 1] = (double)(10 * i + 1);
        block->labels[i] = (double)(i + 100);
        block->rows[i] = (int64_t)(i + 1000);
    }
    wn_block_compact(block, keep);
    const size_t kept[] = {1, 2, 4};
    CU_ASSERT_EQUAL(block->n_rows, 3);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(block->cells[2 * i], (double)(10 * kept[i]));
        CU_ASSERT_EQUAL(block->cells[2 * i + 1], (double)(10 * kept[i] + 1));
        CU_ASSERT_EQUAL(block->labels[i], (double)(kept[i] + 100));
        CU_ASSERT_EQUAL(block->rows[i], (int64_t)(kept[i] + 1000));
    }
    wn_block_compact(block, (const unsigned char[]){0, 0, 0});
    CU_ASSERT_EQUAL(block->n_rows, 0);
    wn_block_free(block);
}

static void test_no_memory(void)
{
    size_t used = wn_memory_used();
    wn_block *block = NULL;
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 20; nth++) {
        wn_memory_fail_at(nth);
        status = wn_block_new(&block, 10, 10);
        CU_ASSERT(status == WN_OK || wn_memory_used() == used);
    }
    wn_memory_fail_at(0);
    CHECK_OK(status);
    wn_block_free(block);
    CU_ASSERT_EQUAL(wn_memory_used(), used);
    CU_ASSERT_EQUAL(wn_block_new(&block, SIZE_MAX / 2, 4), WN_NO_MEMORY);
    wn_block_free(NULL);
}

static const wn_test tests[] = {{"compact keeps the marked rows", test_compact}, {"no memory", test_no_memory}};
TEST_MAIN("block", tests)
