#include "winnow/scratch.h"

#include "testing.h"
#include "winnow/memory.h"

#include <string.h>

static void test_reserve(void)
{
    wn_scratch scratch = {0};
    size_t used = wn_memory_used();
    CHECK_OK(wn_scratch_reserve(&scratch, 100));
    CU_ASSERT(scratch.n == 100 && (uintptr_t)scratch.bytes % WN_ALIGNMENT == 0);
    memset(scratch.bytes, 1, 100);
    const unsigned char *before = scratch.bytes;
    CHECK_OK(wn_scratch_reserve(&scratch, 7)); /* it does not shrink */
    CU_ASSERT(scratch.n == 100 && scratch.bytes == before);
    CHECK_OK(wn_scratch_reserve(&scratch, 1000));
    CU_ASSERT(scratch.n == 1000 && wn_memory_used() == used + 1000);
    wn_scratch_clear(&scratch);
    wn_scratch_clear(&scratch);
    CU_ASSERT(scratch.n == 0 && wn_memory_used() == used);
}

static void test_nothing(void)
{
    wn_scratch scratch = {0};
    CHECK_OK(wn_scratch_reserve(&scratch, 0));
    CU_ASSERT_PTR_NOT_NULL(scratch.bytes);
    wn_scratch_clear(&scratch);
}

static void test_no_memory(void)
{
    wn_scratch scratch = {0};
    size_t used = wn_memory_used();
    CHECK_OK(wn_scratch_reserve(&scratch, 10));
    wn_memory_fail_at(1);
    CU_ASSERT_EQUAL(wn_scratch_reserve(&scratch, 20), WN_NO_MEMORY);
    wn_memory_fail_at(0);
    CU_ASSERT(scratch.bytes == NULL && scratch.n == 0 && wn_memory_used() == used);
    CHECK_OK(wn_scratch_reserve(&scratch, 20));
    wn_scratch_clear(&scratch);
}

static const wn_test tests[] = {
    {"it grows and does not shrink", test_reserve}, {"nothing", test_nothing}, {"no memory", test_no_memory}};
TEST_MAIN("base/scratch", tests)
