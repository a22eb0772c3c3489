#include "winnow/fixed_label.h"

#include "grown.h"
#include "testing.h"

#include <math.h>

/* Numbers stand for their labels to half a unit; a unit is as fine as sums of that many rows allow. */
static void check_scale(double least, double most, int64_t n_rows, double bits)
{
    wn_fixed_label scale = wn_fixed_label_of(least, most, n_rows);
    double labels[64], bound = ldexp(1.0, (int)bits);
    int32_t numbers[64];
    size_t wrong = 0;
    for (size_t i = 0; i < 64; i++)
        labels[i] = least + (most - least) * (double)i / 63;
    wn_fixed_label_fill(scale, labels, 64, numbers);
    for (size_t i = 0; i < 64; i++) {
        wrong += fabs((double)numbers[i]) > bound;
        wrong += fabs(label_of(scale, numbers[i]) - labels[i]) > 0.51 * scale.unit + 1e-15 * fabs(labels[i]);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(fabs((double)numbers[63]) > 0.49 * bound);
    CU_ASSERT(ldexp(16.0, (int)bits) * (double)n_rows <= 0x1p62);
}

static void test_scales(void)
{
    check_scale(-1, 1, 1000, 26);
    check_scale(1e9, 1e9 + 7, 1, 26);
    check_scale(-3e-20, 1e-21, 4000000000, 26);
    check_scale(0, 100, (int64_t)1 << 40, 17);
}

static void test_edges(void)
{
    wn_fixed_label flat = wn_fixed_label_of(5, 5, 10), scale = wn_fixed_label_of(0, 2, 10);
    double labels[] = {5, 5}, odd[] = {(double)NAN, 1e30, -1e30};
    int32_t numbers[3];
    wn_fixed_label_fill(flat, labels, 2, numbers);
    CU_ASSERT(numbers[0] == 0 && numbers[1] == 0);
    CU_ASSERT(label_of(flat, 0) == 5);
    wn_fixed_label_fill(scale, odd, 3, numbers);
    CU_ASSERT(numbers[0] == 0 && numbers[1] == 1 << 26 && numbers[2] == -(1 << 26));
    wn_fixed_label tiny = wn_fixed_label_of(0, 0x1p-1060, 10);
    wn_fixed_label_fill(tiny, (double[]){0, 0x1p-1061, 0x1p-1060}, 3, numbers);
    CU_ASSERT(numbers[0] == -(1 << 13) && numbers[1] == 0 && numbers[2] == 1 << 13);
}

static const wn_test tests[] = {{"scales", test_scales}, {"edges", test_edges}};
TEST_MAIN("fixed_label", tests)
