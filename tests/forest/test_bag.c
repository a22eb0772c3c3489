#include "bag.h"

#include "made_table.h"
#include "testing.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

enum { N_ROWS = 100000 };

/* Shares of weights are Poisson(1)'s, to five deviations of a share. */
static void test_shares(void)
{
    static int64_t rows[WN_BAG_CHUNK];
    static uint8_t weights[WN_BAG_CHUNK];
    double count[16] = {0}, n = 0, term = exp(-1.0);
    for (int64_t first = 0; first < N_ROWS; first += WN_BAG_CHUNK) {
        for (int64_t i = 0; i < WN_BAG_CHUNK; i++)
            rows[i] = first + i;
        wn_bag_weights(7, 3, rows, WN_BAG_CHUNK, weights);
        for (size_t i = 0; i < WN_BAG_CHUNK; i++)
            count[weights[i]]++;
        n += WN_BAG_CHUNK;
    }
    for (int k = 0; k < 6; k++, term /= k) {
        double deviation = sqrt(n * term * (1 - term));
        CU_ASSERT(fabs(count[k] - n * term) < 5 * deviation);
    }
}

/* A row's weight in a tree is its own, whichever rows lie beside it. */
static void test_neighbours(void)
{
    int64_t rows[200];
    uint8_t all[200], one, other[200];
    size_t wrong = 0, same = 0;
    for (int64_t i = 0; i < 200; i++)
        rows[i] = i < 100 ? i : ((int64_t)1 << 40) + 3 * i;
    wn_bag_weights(1, 5, rows, 200, all);
    wn_bag_weights(1, 6, rows, 200, other);
    for (size_t i = 0; i < 200; i++) {
        wn_bag_weights(1, 5, rows + i, 1, &one);
        wrong += one != all[i];
        same += other[i] == all[i];
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(same < 120);
}

static void check_parts(const made_table *table, size_t feature, uint8_t bin)
{
    wn_forest_rows rows = made_table_rows(table, 0, table->n_rows);
    wn_bag_entry *entries = NULL, *parted = NULL, *scratch = NULL;
    size_t wrong = 0, left = 0, right = 0;
    CHECK_OK(wn_new(&entries, table->n_rows));
    CHECK_OK(wn_new(&parted, table->n_rows));
    CHECK_OK(wn_new(&scratch, table->n_rows));
    size_t n = wn_bag_fill(&rows, 1, 0, entries);
    memcpy(parted, entries, n * sizeof *entries);
    size_t n_left = wn_bag_part(parted, n, (wn_coded_rows){rows.codes, rows.n_features}, feature, bin, scratch);
    for (size_t i = 0; i < n; i++) {
        bool is_left = rows.codes[entries[i].row * rows.n_features + feature] <= bin;
        size_t at = is_left ? left++ : n_left + right++;
        wrong += parted[at].row != entries[i].row || parted[at].packed != entries[i].packed;
        wrong += wn_bag_label(entries[i]) != rows.labels[entries[i].row] || wn_bag_weight(entries[i]) == 0;
        wrong += rows.is_used[entries[i].row] == 0;
    }
    CU_ASSERT_EQUAL(left, n_left);
    CU_ASSERT_EQUAL(wrong, 0);
    wn_free(scratch);
    wn_free(parted);
    wn_free(entries);
}

static void test_parts(void)
{
    made_table table;
    CHECK_OK(made_table_init(&table, 3000, 4, 16, 0)); /* labels of both signs */
    check_parts(&table, 0, 7);
    check_parts(&table, 3, 0);
    check_parts(&table, 1, 15);
    made_table_clear(&table);
}

static const wn_test tests[] = {{"shares", test_shares}, {"neighbours", test_neighbours}, {"parts", test_parts}};
TEST_MAIN("bag", tests)
