/* Sets of columns, and their part of a matrix, cell by cell. */
#include "winnow/column_set.h"

#include "testing.h"
#include "winnow/memory.h"

#include <string.h>

enum { ALL = 131, ROWS = 37 };

static const uint32_t added[] = {130, 3, 64, 0, 63, 65, 3, 99}, sorted[] = {0, 3, 63, 64, 65, 99, 130};
enum { N_ADDED = sizeof added / sizeof *added, N = sizeof sorted / sizeof *sorted };

static void add_all(wn_column_set *set)
{
    wn_column_set_empty(set);
    for (size_t i = 0; i < N_ADDED; i++)
        wn_column_set_add(set, added[i]);
    wn_column_set_list(set);
}

static void test_list(void)
{
    wn_column_set set = {0};
    if (CHECK_OK(wn_column_set_init(&set, ALL))) {
        wn_column_set_list(&set);
        CU_ASSERT_EQUAL(set.n, 0);
        for (int times = 0; times < 2; times++) {
            add_all(&set);
            CU_ASSERT_TRUE(set.n == N && memcmp(set.columns, sorted, sizeof sorted) == 0);
            for (uint32_t i = 0; i < N; i++)
                CU_ASSERT_EQUAL(set.place[sorted[i]], i);
        }
    }
    wn_column_set_clear(&set);
}

static void test_matrix(void)
{
    static float matrix[ROWS * ALL], few[N * ROWS], back[ROWS * ALL];
    wn_column_set set = {0};
    if (CHECK_OK(wn_column_set_init(&set, ALL))) {
        add_all(&set);
        for (size_t i = 0; i < ROWS * ALL; i++)
            matrix[i] = (float)i;
        wn_column_set_gather(&set, matrix, ROWS, few);
        for (size_t c = 0; c < N; c++)
            for (size_t i = 0; i < ROWS; i++)
                CU_ASSERT_EQUAL(few[c * ROWS + i], (float)(i * ALL + sorted[c]));
        for (size_t i = 0; i < ROWS * ALL; i++)
            back[i] = -1;
        wn_column_set_spread(&set, 0, 4, few, ROWS, back);
        wn_column_set_spread(&set, 4, N - 4, few + 4 * ROWS, ROWS, back);
        for (size_t i = 0; i < ROWS * ALL; i++) {
            bool is_there = false;
            for (size_t c = 0; c < N; c++)
                is_there = is_there || i % ALL == sorted[c];
            CU_ASSERT_EQUAL(back[i], is_there ? (float)i : -1.0f);
        }
    }
    wn_column_set_clear(&set);
}

static void test_failing_allocations(void)
{
    wn_column_set set = {0};
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 10; nth++) {
        wn_memory_fail_at(nth);
        status = wn_column_set_init(&set, ALL);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || (status == WN_NO_MEMORY && wn_memory_used() == used));
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    wn_column_set_clear(&set);
}

static const wn_test tests[] = {{"listed in order", test_list},
                                {"columns of a matrix", test_matrix},
                                {"failing allocations", test_failing_allocations}};

TEST_MAIN("dataset/column_set", tests)
