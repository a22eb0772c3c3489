#include "cell_search.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>

enum { N = 5000, N_SEARCHES = 40 };

/* Cell i of search s: spread wide, of few values, or nearly all one. */
static double cell(size_t s, size_t i)
{
    const wn_random stream = {3, WN_RANDOM_TEST, s};
    double normal = wn_random_normal(stream, i);
    switch (s % 4) {
    case 0:
        return (double)(float)normal;
    case 1:
        return floor(normal * 3);
    case 2:
        return i == 17 ? 1e30 : i == 18 ? -1e30 : 2.5;
    default:
        return (double)(float)exp(normal * 50);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* This rank's cells of a search: every size-th, or none on the last rank. */
static size_t deal(size_t s, size_t n, bool is_float32, void *cells)
{
    size_t size = (size_t)test_ranks.size, rank = (size_t)test_ranks.rank, kept = 0;
    size_t dealers = size > 1 ? size - 1 : 1;
    for (size_t i = rank; rank < dealers && i < n; i += dealers) {
        if (is_float32)
            ((float *)cells)[kept++] = (float)cell(s, i);
        else
            ((double *)cells)[kept++] = cell(s, i);
    }
    return kept;
}

/* Bounds of a search's cells: near, far, or none. */
static double bound_of(size_t s)
{
    if (s % 8 < 2)
        return 20;
    return s % 4 == 3 || s % 5 == 0 ? (double)INFINITY : s % 3 == 0 ? 1e308 : 1e38;
}

/* Every search gets the order statistic that sorting finds, and the one after it. */
static void check_searches(size_t n, bool is_float32)
{
    static double cells[N_SEARCHES][N];
    cell_search searches[N_SEARCHES] = {0};
    double *sorted = malloc(n * sizeof *sorted);
    for (size_t s = 0; s < N_SEARCHES; s++) {
        size_t mine = deal(s, n, is_float32, cells[s]);
        searches[s] = (cell_search){.cells = {.data = cells[s], .is_float32 = is_float32},
                                    .n = mine,
                                    .low = -bound_of(s),
                                    .high = s % 8 < 2 || s % 16 > 8 ? bound_of(s) : (double)INFINITY,
                                    .number = (int64_t)(s * (n - 1) / (N_SEARCHES - 1)),
                                    .is_wanted = s != 7};
        searches[s].has_next = searches[s].number + 1 < (int64_t)n;
    }
    CHECK_OK(wn_cell_search_run(&test_ranks, searches, N_SEARCHES));
    for (size_t s = 0; s < N_SEARCHES; s++) {
        for (size_t i = 0; i < n; i++)
            sorted[i] = cell(s, i);
        qsort(sorted, n, sizeof *sorted, ascending);
        if (!searches[s].is_wanted)
            continue;
        size_t number = (size_t)searches[s].number;
        CU_ASSERT_EQUAL(searches[s].value, sorted[number]);
        CU_ASSERT_EQUAL(searches[s].next, sorted[searches[s].has_next ? number + 1 : number]);
    }
    free(sorted);
}

static void test_searches(void)
{
    check_searches(N, true);
    check_searches(N, false);
    check_searches(1, true);
    check_searches(2, false);
}

static void test_nothing(void)
{
    CHECK_OK(wn_cell_search_run(&test_ranks, NULL, 0));
}

static void test_no_memory(void)
{
    double one = 1;
    size_t used = wn_memory_used();
    for (int64_t nth = 1; nth <= 2; nth++) {
        cell_search search = {
            .cells = {.data = &one}, .n = test_ranks.rank == 0, .low = 0, .high = 2, .is_wanted = true};
        if (test_ranks.rank == test_ranks.size - 1)
            wn_memory_fail_at(nth);
        CU_ASSERT_EQUAL(wn_cell_search_run(&test_ranks, &search, 1), WN_NO_MEMORY);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
}

static const wn_test tests[] = {
    {"order statistics", test_searches}, {"no searches", test_nothing}, {"no memory", test_no_memory}};
TEST_MAIN("stats/cell_search", tests)
