#include "winnow/bin_codes.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/radix_sort.h"
#include "winnow/random.h"

#include <math.h>

static double draw(size_t i, uint64_t counter)
{
    return wn_random_normal((wn_random){5, WN_RANDOM_TEST, i}, counter);
}

static void check_shares(size_t n, size_t most_edges)
{
    double *sorted = NULL, edges[WN_BIN_CODES_MOST_EDGES];
    if (!CHECK_OK(wn_new(&sorted, n)))
        return;
    for (size_t i = 0; i < n; i++)
        sorted[i] = draw(i, 0);
    wn_doubles_sort(sorted, n);
    size_t n_edges = wn_bin_codes_edges(sorted, n, most_edges, edges), below = 0, wrong = 0;
    CU_ASSERT_EQUAL(n_edges, most_edges);
    for (size_t k = 0; k < n_edges; k++) {
        while (below < n && sorted[below] < edges[k])
            below++;
        wrong += fabs((double)below - (double)n * (double)(k + 1) / (double)(most_edges + 1)) > 1;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    wn_free(sorted);
}

/* Continuous cells: equal shares. */
static void test_shares(void)
{
    check_shares(1000, 7);
    check_shares(5000, 255);
    check_shares(300, 255);
}

/* Few values: every value has a bin of its own; heavy values among many take one bin each. */
static void test_values(void)
{
    double edges[WN_BIN_CODES_MOST_EDGES], few[] = {0, 0, 0, 1, 1, 2.5, 2.5, 2.5}, heavy[1000];
    CU_ASSERT_EQUAL(wn_bin_codes_edges(few, 8, 255, edges), 2);
    CU_ASSERT(edges[0] == 1 && edges[1] == 2.5);
    CU_ASSERT_EQUAL(wn_bin_codes_edges(few, 8, 2, edges), 2);
    CU_ASSERT_EQUAL(wn_bin_codes_edges(few, 3, 255, edges), 0);
    CU_ASSERT_EQUAL(wn_bin_codes_edges(few, 0, 255, edges), 0);
    for (size_t i = 0; i < 1000; i++)
        heavy[i] = i < 800 ? 0 : (double)i;
    size_t n = wn_bin_codes_edges(heavy, 1000, 9, edges);
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT(edges[0] > 0);
}

/* Codes of columns with different numbers of edges, against counting. */
static void check_codes(size_t n_rows, const size_t *n_edges, size_t n_features)
{
    double *edges = NULL, *cells = NULL;
    uint8_t *codes = NULL;
    wn_bin_codes *bin_codes = NULL;
    size_t wrong = 0, most = 0, at = 0;
    CHECK_OK(wn_new(&edges, n_features * WN_BIN_CODES_MOST_EDGES));
    CHECK_OK(wn_new(&cells, n_rows * n_features));
    CHECK_OK(wn_new(&codes, n_rows * n_features));
    for (size_t f = 0; f < n_features; at += n_edges[f++]) {
        most = n_edges[f] > most ? n_edges[f] : most;
        for (size_t k = 0; k < n_edges[f]; k++)
            edges[at + k] = -2 + 4 * (double)k / (double)n_edges[f];
    }
    for (size_t i = 0; i < n_rows * n_features; i++)
        cells[i] = i % 11 == 0 ? edges[i % at] : i % 101 == 7 ? (double)NAN : draw(i, 1);
    if (CHECK_OK(wn_bin_codes_new(&bin_codes, n_features, n_edges, edges))) {
        CU_ASSERT_EQUAL(wn_bin_codes_count(bin_codes), most + 1);
        wn_bin_codes_fill(bin_codes, cells, n_rows, codes);
        for (size_t i = 0; i < n_rows; i++)
            for (size_t f = 0, first = 0; f < n_features; first += n_edges[f++]) {
                size_t code = 0;
                for (size_t k = 0; k < n_edges[f]; k++)
                    code += edges[first + k] <= cells[i * n_features + f];
                wrong += codes[i * n_features + f] != code;
            }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    wn_bin_codes_free(bin_codes);
    wn_free(codes);
    wn_free(cells);
    wn_free(edges);
}

static void test_codes(void)
{
    size_t many[] = {255, 0, 1, 2, 3, 63, 64, 127, 128, 254}, one[] = {255}, none[] = {1, 0};
    check_codes(333, many, 10);
    check_codes(17, one, 1);
    check_codes(1, none, 2);
    check_codes(64, many + 2, 5);
}

static const wn_test tests[] = {{"equal shares", test_shares}, {"values", test_values}, {"codes", test_codes}};
TEST_MAIN("bin_codes", tests)
