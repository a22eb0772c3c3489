#include "made_table.h"

#include "winnow/memory.h"
#include "winnow/random.h"

static uint8_t make_code(const made_table *table, size_t row, size_t feature)
{
    uint64_t bits = wn_random_bits((wn_random){11, WN_RANDOM_TEST, row}, feature);
    if (feature > 5 && feature % 2 == 1)
        return (uint8_t)(feature % table->n_bins);
    return (uint8_t)wn_random_below(bits, table->n_bins);
}

static int32_t make_label(const made_table *table, size_t row)
{
    const uint8_t *codes = table->codes + row * table->n_features;
    double noise = wn_random_normal((wn_random){12, WN_RANDOM_TEST, row}, 0), sum = 0.3 * noise;
    for (size_t f = 0; f < 3 && f < table->n_features; f++)
        sum += (double)codes[f] / (double)table->n_bins / (double)(1 + f);
    if (table->n_classes == 0)
        return (int32_t)(1e6 * sum);
    double class = sum / 1.84 * (double)table->n_classes, last = (double)table->n_classes - 1;
    return (int32_t)(class < 0 ? 0 : class > last ? last : class);
}

wn_status made_table_init(made_table *table, size_t n_rows, size_t n_features, size_t n_bins, size_t n_classes)
{
    wn_status status = WN_OK;
    *table = (made_table){.n_rows = n_rows, .n_features = n_features, .n_bins = n_bins, .n_classes = n_classes};
    TRY(wn_new(&table->codes, n_rows * n_features));
    TRY(wn_new(&table->labels, n_rows));
    TRY(wn_new(&table->numbers, n_rows));
    TRY(wn_new(&table->is_used, n_rows));
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t f = 0; f < n_features; f++)
            table->codes[i * n_features + f] = make_code(table, i, f);
        table->labels[i] = make_label(table, i);
        table->numbers[i] = (int64_t)(i + i / 3);
        table->is_used[i] = i % 17 != 5;
    }
done:
    return status;
}

void made_table_clear(made_table *table)
{
    wn_free(table->is_used);
    wn_free(table->numbers);
    wn_free(table->labels);
    wn_free(table->codes);
    *table = (made_table){0};
}

wn_forest_rows made_table_rows(const made_table *table, size_t first, size_t last)
{
    return (wn_forest_rows){.n_rows = last - first,
                            .n_features = table->n_features,
                            .n_bins = table->n_bins,
                            .n_classes = table->n_classes,
                            .codes = table->codes + first * table->n_features,
                            .labels = table->labels + first,
                            .rows = table->numbers + first,
                            .is_used = table->is_used + first};
}
