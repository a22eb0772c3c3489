#include "infinite.h"

#include "testing.h"

#include <float.h>
#include <math.h>

enum { MOST = 200, BEFORE = 3 };

static bool by_avx2(wn_cells cells, size_t n)
{
    size_t done = 0;
    bool found = false;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        found = wn_infinite_among_avx2(cells, n, &done);
#endif
    return found || wn_infinite_among_plain(wn_cells_at(cells, done), n - done);
}

static bool by_avx512(wn_cells cells, size_t n)
{
    size_t done = 0;
    bool found = false;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512dq"))
        found = wn_infinite_among_avx512(cells, n, &done);
#endif
    return found || wn_infinite_among_plain(wn_cells_at(cells, done), n - done);
}

static void check_all(wn_cells cells, size_t n, bool has)
{
    CU_ASSERT_EQUAL(wn_infinite_among(cells, n), has);
    CU_ASSERT_EQUAL(wn_infinite_among_plain(cells, n), has);
    CU_ASSERT_EQUAL(by_avx2(cells, n), has);
    CU_ASSERT_EQUAL(by_avx512(cells, n), has);
}

static void put(wn_cells cells, size_t i, double value)
{
    if (cells.is_float32)
        ((float *)cells.data)[i] = (float)value;
    else
        ((double *)cells.data)[i] = value;
}

/* Cells at any address, with infinite ones before and after them; among them none, then one at every place. */
static void check_cells(bool is_float32)
{
    static double memory[MOST + 2 * BEFORE];
    const double most = is_float32 ? (double)FLT_MAX : DBL_MAX,
                 plain[] = {0, -0.0, (double)NAN, most, -most, 1e-40, -3};
    wn_cells all = {.data = memory, .is_float32 = is_float32};
    for (size_t n = 0; n <= MOST; n += n < 70 ? 1 : 13) {
        wn_cells cells = wn_cells_at(all, BEFORE);
        for (size_t i = 0; i < n; i++)
            put(cells, i, plain[i % (sizeof plain / sizeof *plain)]);
        put(all, BEFORE - 1, (double)INFINITY);
        put(cells, n, -(double)INFINITY);
        check_all(cells, n, false);
        for (size_t i = 0; i < n; i++) {
            put(cells, i, i % 2 == 0 ? (double)INFINITY : -(double)INFINITY);
            check_all(cells, n, true);
            put(cells, i, plain[i % (sizeof plain / sizeof *plain)]);
        }
    }
}

static void test_widths(void)
{
    check_cells(true);
    check_cells(false);
}

static const wn_test tests[] = {{"every kernel, one infinite cell at every place", test_widths}};
TEST_MAIN("table/infinite", tests)
