/* lane_dataset.h - lanes of a table that a test has in memory whole, as wn_dataset_train would read them from files:
 * blocks of a fixed number of rows, cut where lanes begin. */
#ifndef WINNOW_TEST_LANE_DATASET_H
#define WINNOW_TEST_LANE_DATASET_H

#include "winnow/lanes.h"
#include "winnow/memory.h"

#include <string.h>

typedef struct {
    int64_t n_rows;
    size_t n_features;
    const float *features, *targets; /* (n_rows, n_features), (n_rows) */
    int64_t block_rows;
} lane_table;

static inline int64_t lane_first_row(const lane_table *table, int64_t lane, int64_t n_lanes)
{
    return lane * table->n_rows / n_lanes;
}

static inline void lane_dataset_free(wn_dataset *dataset)
{
    if (dataset == NULL)
        return;
    wn_free(dataset->piece_lane);
    wn_free(dataset->piece_block);
    wn_free(dataset->piece_first);
    wn_free(dataset->rows);
    wn_free(dataset->targets);
    wn_free(dataset->features);
    if (dataset->sparse != NULL)
        wn_sparse_rows_clear(dataset->sparse);
    wn_free(dataset->sparse);
    wn_free(dataset);
}

/* The same rows, kept sparse. */
static inline wn_status lane_dataset_sparsen(wn_dataset *dataset)
{
    wn_status status = WN_OK;
    TRY(wn_new(&dataset->sparse, 1));
    for (size_t i = 0; i < dataset->n_rows; i++) {
        size_t n = 0;
        wn_sparse_rows *rows = dataset->sparse;
        TRY(wn_sparse_rows_reserve(rows, dataset->n_features));
        for (size_t j = 0; j < dataset->n_features; j++) {
            float value = dataset->features[i * dataset->n_features + j];
            if (value == 0.0f)
                continue;
            rows->column[rows->n_entries + n] = (uint32_t)j;
            rows->value[rows->n_entries + n++] = (double)value;
        }
        wn_sparse_rows_end(rows, n);
    }
    wn_free(dataset->features);
    dataset->features = NULL;
done:
    return status;
}

/* Appends the pieces of one lane. */
static inline void lane_dataset_add(wn_dataset *dataset, const lane_table *table, int64_t lane, int64_t n_lanes)
{
    int64_t row = lane_first_row(table, lane, n_lanes), end = lane_first_row(table, lane + 1, n_lanes);
    while (row < end) {
        int64_t block = row / table->block_rows, next = (block + 1) * table->block_rows;
        size_t n = (size_t)((next < end ? next : end) - row), at = dataset->n_rows, p = dataset->n_pieces++;
        memcpy(dataset->features + at * table->n_features, table->features + (size_t)row * table->n_features,
               n * table->n_features * sizeof(float));
        memcpy(dataset->targets + at, table->targets + row, n * sizeof(float));
        for (size_t i = 0; i < n; i++)
            dataset->rows[at + i] = row + (int64_t)i;
        dataset->piece_block[p] = block;
        dataset->piece_lane[p] = lane;
        dataset->n_rows += n;
        dataset->piece_first[p + 1] = dataset->n_rows;
        row += (int64_t)n;
    }
}

static inline wn_status lane_dataset_new(wn_dataset **dataset, const lane_table *table, int64_t n_lanes, wn_range lanes)
{
    wn_status status = WN_OK;
    wn_dataset *made = NULL;
    int64_t first = lane_first_row(table, lanes.first, n_lanes), last = lane_first_row(table, lanes.last, n_lanes);
    size_t n_rows = (size_t)(last - first);
    TRY(wn_new(&made, 1));
    made->n_features = table->n_features;
    TRY(wn_new(&made->features, n_rows * table->n_features));
    TRY(wn_new(&made->targets, n_rows));
    TRY(wn_new(&made->rows, n_rows));
    TRY(wn_new(&made->piece_first, n_rows + 1));
    TRY(wn_new(&made->piece_block, n_rows));
    TRY(wn_new(&made->piece_lane, n_rows));
    for (int64_t lane = lanes.first; lane < lanes.last; lane++)
        lane_dataset_add(made, table, lane, n_lanes);
    *dataset = made;
    made = NULL;
done:
    lane_dataset_free(made);
    return status;
}

#endif
