#include "row_order.h"

#include "testing.h"

#include <math.h>
#include <stdlib.h>

/* Every unique row as often as in the sorted table, in tables of every small size and some larger ones. */
static void check_size(int64_t n_rows, int64_t n_unique)
{
    uint64_t *sorted = malloc((size_t)n_rows * sizeof *sorted), *mixed = malloc((size_t)n_rows * sizeof *mixed);
    int64_t *count = calloc((size_t)n_unique, sizeof *count), worst = 0;
    wn_row_order order = wn_row_order_of(5, n_rows, n_unique, true);
    wn_row_order_unique(&order, 0, (size_t)n_rows, sorted);
    order = wn_row_order_of(5, n_rows, n_unique, false);
    wn_row_order_unique(&order, 0, (size_t)n_rows, mixed);
    bool is_within = true, ascends = sorted[0] == 0;
    for (int64_t i = 0; i < n_rows; i++) {
        is_within = is_within && sorted[i] < (uint64_t)n_unique && mixed[i] < (uint64_t)n_unique;
        ascends = ascends && (i == 0 || sorted[i] - sorted[i - 1] <= 1);
        if (is_within) {
            count[sorted[i]]++;
            count[mixed[i]]--;
        }
    }
    for (int64_t i = 0; i < n_unique; i++)
        worst = llabs(count[i]) > worst ? llabs(count[i]) : worst;
    CU_ASSERT(is_within && ascends && worst == 0);
    CU_ASSERT_EQUAL(sorted[n_rows - 1], (uint64_t)n_unique - 1);
    free(count);
    free(mixed);
    free(sorted);
}

static void test_permutation(void)
{
    for (int64_t n = 1; n < 130; n++) {
        check_size(n, n);
        check_size(n, (n + 1) / 2);
        check_size(n, 1);
    }
    check_size(65536, 65536);
    check_size(99991, 70001);
}

/* A row alone is the row among others; the largest table. */
static void test_alone(void)
{
    enum { N = 1000 };
    uint64_t many[N], one;
    const int64_t sizes[] = {N, 123457, INT64_C(1) << 48};
    for (size_t s = 0; s < 3; s++) {
        wn_row_order order = wn_row_order_of(9, sizes[s], sizes[s] - sizes[s] / 10, false);
        int64_t first = sizes[s] - N;
        wn_row_order_unique(&order, first, N, many);
        for (int64_t i = 0; i < N; i += 37) {
            wn_row_order_unique(&order, first + i, 1, &one);
            CU_ASSERT(one == many[i] && one < (uint64_t)order.n_unique);
        }
    }
}

/* Where a row goes has to do neither with where it was nor with where its neighbour goes: correlations within five
 * standard errors, for several seeds. */
static void test_mixing(void)
{
    enum { N = 20000 };
    static uint64_t place[N];
    for (uint64_t seed = 0; seed < 5; seed++) {
        double along = 0, neighbours = 0, middle = (N - 1) / 2.0, variance = ((double)N * N - 1) / 12;
        wn_row_order order = wn_row_order_of(seed, N, N, false);
        wn_row_order_unique(&order, 0, N, place);
        for (size_t i = 0; i < N; i++) {
            along += ((double)i - middle) * ((double)place[i] - middle) / variance / N;
            if (i > 0)
                neighbours += ((double)place[i - 1] - middle) * ((double)place[i] - middle) / variance / N;
        }
        CU_ASSERT(fabs(along) < 5 / sqrt(N) && fabs(neighbours) < 5 / sqrt(N));
    }
}

static const wn_test tests[] = {
    {"each row as often as it should be", test_permutation}, {"a row alone", test_alone}, {"mixing", test_mixing}};
TEST_MAIN("generate/row_order", tests)
