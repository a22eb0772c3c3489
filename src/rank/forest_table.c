#include "winnow/forest_table.h"

#include "winnow/bin_codes.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"
#include "winnow/pilot.h"
#include "winnow/radix_sort.h"

#include <string.h>

enum { ROWS_AT_ONCE = 256 };

/* Quantiles of every feature, whose rows may be sparse. n_edges (n_features), edges (n_features, most) without gaps
 * between features. */
static wn_status find_edges(const wn_dataset *sample, size_t *n_edges, double *edges)
{
    wn_status status = WN_OK;
    double *sorted = NULL;
    float *room = NULL;
    TRY(wn_new(&sorted, sample->n_rows));
    TRY(wn_new(&room, wn_dataset_room(sample, sample->n_rows)));
    const float *features = wn_dataset_rows(sample, 0, sample->n_rows, room);
    for (size_t f = 0; f < sample->n_features; f++) {
        for (size_t i = 0; i < sample->n_rows; i++)
            sorted[i] = (double)features[i * sample->n_features + f];
        wn_doubles_sort(sorted, sample->n_rows);
        n_edges[f] = wn_bin_codes_edges(sorted, sample->n_rows, WN_BIN_CODES_MOST_EDGES, edges);
        edges += n_edges[f];
    }
done:
    wn_free(room);
    wn_free(sorted);
    return status;
}

/* Collective. By rank 0's sample, on every rank. */
static wn_status make_bins(const wn_ranks *ranks, const wn_dataset *dataset, uint64_t seed, wn_bin_codes **bin_codes)
{
    wn_status status = WN_OK;
    wn_dataset *sample = NULL;
    size_t n = dataset->n_features, *n_edges = NULL;
    double *edges = NULL;
    TRY(wn_dataset_sample(&sample, ranks, dataset, wn_pilot_most_rows(n), seed));
    status = wn_new(&n_edges, n);
    if (status == WN_OK)
        status = wn_new(&edges, n * WN_BIN_CODES_MOST_EDGES);
    if (status == WN_OK && ranks->rank == 0)
        status = find_edges(sample, n_edges, edges);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, 0, n_edges, n * sizeof *n_edges));
    TRY(wn_ranks_broadcast(ranks, 0, edges, n * WN_BIN_CODES_MOST_EDGES * sizeof *edges));
    TRY(wn_ranks_agree(ranks, wn_bin_codes_new(bin_codes, n, n_edges, edges)));
done:
    wn_free(edges);
    wn_free(n_edges);
    wn_dataset_free(sample);
    return status;
}

/* Collective. By the least and greatest label, and the number of rows, of all ranks. */
static wn_status find_scale(const wn_ranks *ranks, const double *real, size_t n, wn_fixed_label *scale)
{
    wn_status status = WN_OK;
    int64_t ends[] = {INT64_MIN, INT64_MIN}, n_rows = (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        int64_t most = wn_order_key(real[i]), least = wn_order_key(-real[i]);
        ends[0] = least > ends[0] ? least : ends[0];
        ends[1] = most > ends[1] ? most : ends[1];
    }
    TRY(wn_ranks_max(ranks, ends, 2));
    TRY(wn_ranks_sum(ranks, &n_rows, 1));
    if (n_rows > 0)
        *scale = wn_fixed_label_of(-wn_order_key_value(ends[0]), wn_order_key_value(ends[1]), n_rows);
done:
    return status;
}

static wn_status fill_codes(const wn_dataset *dataset, const wn_bin_codes *bin_codes, wn_forest_table *table)
{
    wn_status status = WN_OK;
    size_t n = dataset->n_features;
    double *cells = NULL;
    float *room = NULL;
    TRY(wn_new(&cells, n * ROWS_AT_ONCE));
    TRY(wn_new(&room, wn_dataset_room(dataset, ROWS_AT_ONCE)));
    for (size_t first = 0; first < dataset->n_rows; first += ROWS_AT_ONCE) {
        size_t n_rows = dataset->n_rows - first < ROWS_AT_ONCE ? dataset->n_rows - first : ROWS_AT_ONCE;
        const float *features = wn_dataset_rows(dataset, first, n_rows, room);
        for (size_t i = 0; i < n_rows * n; i++)
            cells[i] = (double)features[i];
        wn_bin_codes_fill(bin_codes, cells, n_rows, table->codes + first * n);
    }
done:
    wn_free(room);
    wn_free(cells);
    return status;
}

static wn_status fill_table(const wn_dataset *dataset, const double *real, const wn_labels *labels,
                            const wn_bin_codes *bin_codes, wn_forest_table *table)
{
    wn_status status = WN_OK;
    TRY(wn_new(&table->codes, dataset->n_rows * dataset->n_features));
    TRY(wn_new(&table->labels, dataset->n_rows));
    TRY(wn_new(&table->numbers, dataset->n_rows));
    TRY(fill_codes(dataset, bin_codes, table));
    memcpy(table->numbers, dataset->rows, dataset->n_rows * sizeof *table->numbers);
    if (labels->n_classes == 0)
        wn_fixed_label_fill(table->scale, real, dataset->n_rows, table->labels);
    for (size_t i = 0; labels->n_classes > 0 && i < dataset->n_rows; i++)
        table->labels[i] = (int32_t)dataset->targets[i];
    table->rows = (wn_forest_rows){.n_rows = dataset->n_rows,
                                   .n_features = dataset->n_features,
                                   .n_bins = wn_bin_codes_count(bin_codes),
                                   .n_classes = labels->n_classes,
                                   .codes = table->codes,
                                   .labels = table->labels,
                                   .rows = table->numbers};
done:
    return status;
}

wn_status wn_forest_table_new(wn_forest_table **table, const wn_ranks *ranks, const wn_dataset *dataset,
                              const double *real, const wn_labels *labels, uint64_t seed)
{
    wn_status status = WN_OK;
    wn_bin_codes *bin_codes = NULL;
    wn_forest_table *made = NULL;
    TRY(wn_ranks_agree(ranks, wn_new(&made, 1)));
    TRY(make_bins(ranks, dataset, seed, &bin_codes));
    if (labels->n_classes == 0)
        TRY(find_scale(ranks, real, dataset->n_rows, &made->scale));
    TRY(wn_ranks_agree(ranks, fill_table(dataset, real, labels, bin_codes, made)));
    *table = made;
    made = NULL;
done:
    wn_forest_table_free(made);
    wn_bin_codes_free(bin_codes);
    return status;
}

void wn_forest_table_free(wn_forest_table *table)
{
    if (!table)
        return;
    wn_free(table->numbers);
    wn_free(table->labels);
    wn_free(table->codes);
    wn_free(table);
}
