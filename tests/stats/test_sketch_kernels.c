/* What a sketch does to cells, by this processor's kernels and by plain ones, against the definition. */
#include "kernels.h"
#include "sketch_kernels.h"

#include "testing.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { MOST = 83 };

static const wn_random stream = {11, WN_RANDOM_TEST, 0};

/* Cells from tiny to large, and integers. */
static double draw(size_t i)
{
    double x = wn_random_normal(stream, i);
    return i % 5 == 0 ? floor(10 * x) : ldexp(x, (int)(i % 60) - 30);
}

static void fill(wn_cells cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cells.is_float32)
            ((float *)cells.data)[i] = (float)draw(i);
        else
            ((double *)cells.data)[i] = draw(i);
}

static double cell_of(wn_cells cells, size_t i)
{
    return cells.is_float32 ? (double)((const float *)cells.data)[i] : ((const double *)cells.data)[i];
}

static void check_centre(size_t n, bool from_float, bool to_float)
{
    double room[2][MOST + 1], centre[MOST] = {0}, factor[MOST] = {0};
    wn_cells from = {room[0], from_float}, to = {room[1], to_float};
    size_t wrong = 0;
    fill(from, n);
    memset(room[1], 0, sizeof room[1]);
    for (size_t i = 0; i < n; i++) {
        centre[i] = draw(1000 + i);
        factor[i] = draw(2000 + i);
    }
    wn_sketch_centre(from, centre, factor, n, to);
    for (size_t i = 0; i < n; i++) {
        double wanted = (cell_of(from, i) - centre[i]) * factor[i];
        wrong += cell_of(to, i) != (to_float ? (double)(float)wanted : wanted);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(cell_of(to, n), 0);
}

/* Halves go to the even neighbour; sums that are large stay exact. */
static void check_round(size_t n, bool is_float)
{
    double room[MOST] = {0}, per_unit[MOST] = {0};
    wn_cells products = {room, is_float};
    int64_t sums[MOST + 1], wanted[MOST + 1];
    fill(products, n);
    for (size_t i = 0; i <= n; i++)
        sums[i] = wanted[i] = (int64_t)wn_random_bits(stream, 3000 + i) >> 3;
    for (size_t i = 0; i < n; i++) {
        per_unit[i] = i % 5 == 0 ? 0.5 : ldexp(1, (int)(i % 3) * 10);
        wanted[i] += (int64_t)rint(cell_of(products, i) * per_unit[i]);
    }
    wn_sketch_round(products, per_unit, n, sums);
    CU_ASSERT_EQUAL(memcmp(sums, wanted, (n + 1) * sizeof *sums), 0);
}

static void test_kernels(void)
{
    static const size_t sizes[] = {0, 1, 7, 8, 9, 40, MOST};
    for (wn_kernels most = WN_KERNELS_PLAIN; most <= WN_KERNELS_AVX512; most++) {
        wn_kernels_limit(most);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            for (int kind = 0; kind < 4; kind++) {
                check_centre(sizes[k], kind % 2, kind / 2);
                check_round(sizes[k], kind % 2);
            }
    }
    wn_kernels_limit(WN_KERNELS_AVX512);
}

static const wn_test tests[] = {{"centring and rounding", test_kernels}};
TEST_MAIN("stats/sketch_kernels", tests)
