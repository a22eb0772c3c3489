/* Counts of a node and its best split, against sums over its rows for every feature and bin. */
#include "split.h"

#include "made_table.h"
#include "node_counts.h"
#include "testing.h"
#include "winnow/memory.h"

#include <math.h>

typedef struct {
    made_table table;
    wn_forest_rows rows;
    wn_bag_entry *entries;
    size_t n, channels;
    uint32_t *features;
    int64_t *counts, *totals, *left;
} node;

static void init_node(node *d, size_t n_rows, size_t n_features, size_t n_bins, size_t n_classes)
{
    *d = (node){.channels = wn_node_channels(n_classes)};
    CHECK_OK(made_table_init(&d->table, n_rows, n_features, n_bins, n_classes));
    d->rows = made_table_rows(&d->table, 0, n_rows);
    CHECK_OK(wn_new(&d->entries, n_rows));
    CHECK_OK(wn_new(&d->features, n_features));
    CHECK_OK(wn_new(&d->counts, n_features * n_bins * d->channels));
    CHECK_OK(wn_new(&d->totals, d->channels));
    CHECK_OK(wn_new(&d->left, d->channels));
    d->n = wn_bag_fill(&d->rows, 2, 0, d->entries);
    for (size_t f = 0; f < n_features; f++)
        d->features[f] = (uint32_t)(n_features - 1 - f);
    wn_node_totals_add(d->entries, d->n, n_classes, d->totals);
    wn_node_counts_add(d->entries, d->n, (wn_coded_rows){d->rows.codes, n_features}, d->features, n_features, n_bins,
                       n_classes, d->counts);
}

static void clear_node(node *d)
{
    wn_free(d->left);
    wn_free(d->totals);
    wn_free(d->counts);
    wn_free(d->features);
    wn_free(d->entries);
    made_table_clear(&d->table);
}

static uint8_t code_of(const node *d, size_t i, size_t feature)
{
    return d->rows.codes[d->entries[i].row * d->rows.n_features + feature];
}

/* Impurity x weight of the entries on one side: Gini, or the sum of squares about the mean. */
static long double impurity(const node *d, size_t feature, int bin, bool is_left)
{
    long double weight = 0, sum = 0, squares = 0, share = 0, of_class[WN_FOREST_MOST_BINS] = {0};
    for (size_t i = 0; i < d->n; i++) {
        if ((code_of(d, i, feature) <= bin) != is_left)
            continue;
        long double w = wn_bag_weight(d->entries[i]), label = wn_bag_label(d->entries[i]);
        weight += w;
        sum += w * label;
        squares += w * label * label;
        if (d->rows.n_classes > 0)
            of_class[wn_bag_label(d->entries[i])] += w;
    }
    for (size_t c = 0; c < d->rows.n_classes; c++)
        share += weight > 0 ? of_class[c] / weight * of_class[c] : 0;
    if (d->rows.n_classes > 0)
        return weight - share;
    return weight > 0 ? squares - sum / weight * sum : 0;
}

static bool has_both(const node *d, size_t feature, int bin)
{
    size_t n_left = 0;
    for (size_t i = 0; i < d->n; i++)
        n_left += code_of(d, i, feature) <= bin;
    return n_left > 0 && n_left < d->n;
}

static long double naive_best(const node *d)
{
    long double best = 0;
    for (size_t f = 0; f < d->rows.n_features; f++)
        for (int bin = 0; bin + 1 < (int)d->rows.n_bins; bin++) {
            if (!has_both(d, f, bin))
                continue;
            long double decrease =
                impurity(d, f, (int)d->rows.n_bins, true) - impurity(d, f, bin, true) - impurity(d, f, bin, false);
            best = decrease > best ? decrease : best;
        }
    return best;
}

static void check_node(size_t n_rows, size_t n_features, size_t n_bins, size_t n_classes)
{
    node d;
    init_node(&d, n_rows, n_features, n_bins, n_classes);
    wn_split split = wn_split_find(d.counts, d.features, n_features, n_bins, n_classes, d.totals, d.left);
    long double best = naive_best(&d), weight = (long double)wn_totals_weight(d.totals, n_classes);
    long double scale = weight * (n_classes > 0 ? 1 : 1e12L);
    CU_ASSERT_EQUAL(split.is_found, best > 1e-12L * scale);
    if (split.is_found) {
        CHECK_CLOSE(split.decrease / (double)scale, (double)(best / scale), 1e-12);
        long double whole = impurity(&d, split.feature, (int)n_bins, true);
        long double own =
            whole - impurity(&d, split.feature, split.bin, true) - impurity(&d, split.feature, split.bin, false);
        CHECK_CLOSE((double)(own / scale), (double)(best / scale), 1e-12);
        int64_t left = 0;
        for (size_t i = 0; i < d.n; i++)
            left += code_of(&d, i, split.feature) <= split.bin ? wn_bag_weight(d.entries[i]) : 0;
        CU_ASSERT_EQUAL(left, wn_totals_weight(d.left, n_classes));
    }
    clear_node(&d);
}

static void test_best(void)
{
    for (size_t n_classes = 0; n_classes <= 5; n_classes++) {
        check_node(400, 5, 13, n_classes);
        check_node(40, 9, 256, n_classes);
        check_node(3, 2, 4, n_classes);
        check_node(100, 1, 2, n_classes);
    }
}

/* Equal features: the first tried wins. A gap of empty bins is split in its middle. */
static void test_ties(void)
{
    int64_t counts[2 * 8 * 2] = {0}, totals[2] = {5, 5}, left[2];
    uint32_t features[] = {9, 4};
    for (size_t k = 0; k < 2; k++) {
        counts[k * 16 + 2 * 1] = 5;     /* bin 1: the first class */
        counts[k * 16 + 2 * 6 + 1] = 5; /* bin 6: the second */
    }
    wn_split split = wn_split_find(counts, features, 2, 8, 2, totals, left);
    CU_ASSERT(split.is_found && split.feature == 9 && split.bin == 3);
    CU_ASSERT(split.decrease == 5.0 && left[0] == 5 && left[1] == 0);
}

/* Nothing to gain: constant, or alike on both sides. */
static void test_none(void)
{
    int64_t constant[2 * 4] = {0, 0, 3, 4}, alike[2 * 4] = {3, 4, 6, 8}, left[2];
    int64_t flat[2 * 4] = {3, 3 * 7, 2, 2 * 7, 9, 9 * 7};
    uint32_t feature = 0;
    wn_split split = wn_split_find(constant, &feature, 1, 4, 2, (int64_t[]){3, 4}, left);
    CU_ASSERT(!split.is_found && split.is_constant);
    split = wn_split_find(alike, &feature, 1, 4, 2, (int64_t[]){9, 12}, left);
    CU_ASSERT(!split.is_found && !split.is_constant);
    split = wn_split_find(flat, &feature, 1, 4, 0, (int64_t[]){14, 14 * 7}, left);
    CU_ASSERT(!split.is_found && !split.is_constant);
    CU_ASSERT(wn_totals_pure((int64_t[]){0, 4, 0}, 3) && !wn_totals_pure((int64_t[]){1, 4, 0}, 3));
    CU_ASSERT(!wn_totals_pure((int64_t[]){0, 0}, 0));
}

static const wn_test tests[] = {{"best split", test_best}, {"ties", test_ties}, {"none", test_none}};
TEST_MAIN("split", tests)
