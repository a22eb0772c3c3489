#include "node_counts.h"

/* Rows of a node lie far apart: their codes are asked for before they are needed. */
enum { ROWS_AHEAD = 16 };

static void ask_for(const wn_bag_entry *entries, size_t n, size_t i, wn_coded_rows coded)
{
    if (i + ROWS_AHEAD < n)
        __builtin_prefetch(coded.code + entries[i + ROWS_AHEAD].row * coded.stride);
}

static void add_classes(const wn_bag_entry *entries, size_t n, wn_coded_rows coded, const uint32_t *features,
                        size_t n_features, size_t n_bins, size_t n_classes, int64_t *counts)
{
    for (size_t i = 0; i < n; i++) {
        ask_for(entries, n, i, coded);
        const uint8_t *codes = coded.code + entries[i].row * coded.stride;
        int64_t *at = counts + wn_bag_label(entries[i]);
        for (size_t k = 0; k < n_features; k++, at += n_bins * n_classes)
            at[codes[features[k]] * n_classes] += wn_bag_weight(entries[i]);
    }
}

static void add_sums(const wn_bag_entry *entries, size_t n, wn_coded_rows coded, const uint32_t *features,
                     size_t n_features, size_t n_bins, int64_t *counts)
{
    for (size_t i = 0; i < n; i++) {
        ask_for(entries, n, i, coded);
        const uint8_t *codes = coded.code + entries[i].row * coded.stride;
        int64_t weight = wn_bag_weight(entries[i]), sum = weight * wn_bag_label(entries[i]), *at = counts;
        for (size_t k = 0; k < n_features; k++, at += 2 * n_bins) {
            at[2 * codes[features[k]]] += weight;
            at[2 * codes[features[k]] + 1] += sum;
        }
    }
}

void wn_node_counts_add(const wn_bag_entry *entries, size_t n, wn_coded_rows coded, const uint32_t *features,
                        size_t n_features, size_t n_bins, size_t n_classes, int64_t *counts)
{
    if (n_classes > 0)
        add_classes(entries, n, coded, features, n_features, n_bins, n_classes, counts);
    else
        add_sums(entries, n, coded, features, n_features, n_bins, counts);
}

void wn_node_totals_add(const wn_bag_entry *entries, size_t n, size_t n_classes, int64_t *totals)
{
    for (size_t i = 0; i < n; i++) {
        int64_t weight = wn_bag_weight(entries[i]), label = wn_bag_label(entries[i]);
        if (n_classes > 0) {
            totals[label] += weight;
        } else {
            totals[0] += weight;
            totals[1] += weight * label;
        }
    }
}
