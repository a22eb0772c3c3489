/* dataset.h - prepared rows in memory: float32 features and targets, cut into pieces that know nothing of ranks.
 * Features that are terms of texts are kept as sparse rows: feed.h takes them through a network.
 * A piece is the part of one block that belongs to one lane (training) or simply the block's rows (validation, test).
 * Everything that computes with rows goes piece by piece in fixed shapes, so that its results do not depend on the rank
 * count. */
#ifndef WINNOW_DATASET_H
#define WINNOW_DATASET_H

#include "winnow/recipe.h"
#include "winnow/sparse_rows.h"

typedef struct {
    size_t n_rows, n_features;
    float *features;        /* (n_rows, n_features); NULL where rows are sparse */
    wn_sparse_rows *sparse; /* NULL where rows are dense */
    float *targets;         /* (n_rows) class index, or the real label */
    int64_t *rows;          /* (n_rows) numbers over the table */
    size_t n_pieces;
    size_t *piece_first;  /* (n_pieces + 1) first row of each piece in this dataset */
    int64_t *piece_block; /* (n_pieces) the block a piece was cut from */
    int64_t *piece_lane;  /* (n_pieces) the lane, 0 for validation and test */
} wn_dataset;

/* Selected features; or what wn_recipe_inputs makes of them by the projection. */
typedef enum { WN_INPUTS_FEATURES, WN_INPUTS_COMPONENTS } wn_inputs;

/* Local. Bytes that a dataset of so many dense rows takes, for the plan. */
size_t wn_dataset_bytes(size_t n_rows, size_t n_features);

/* Local. Whether rows are kept sparse: where most of what is selected are so many terms of texts that few of them are
 * in a row. Then n_features is WN_DATASET_LEAST_SPARSE at least. */
enum { WN_DATASET_LEAST_SPARSE = 256 };
bool wn_dataset_is_sparse(const wn_recipe *recipe, wn_inputs inputs);

/* Local. Features of n rows from `first` on (n, n_features): where they lie, or laid out in `room`, which has as many
 * floats as wn_dataset_room says. Borrowed. */
const float *wn_dataset_rows(const wn_dataset *dataset, size_t first, size_t n, float *room);
size_t wn_dataset_room(const wn_dataset *dataset, size_t n);

/* Local. Copies the features of one row. */
void wn_dataset_copy_row(const wn_dataset *dataset, size_t row, float *out);

/* Collective. This rank's lanes of the training rows: lane l holds the training rows (numbered in table order, 0 ..
 * n_train-1) of [l n_train / n_lanes, (l+1) n_train / n_lanes). The rank owns lanes [lanes.first, lanes.last), maybe
 * none; it reads the blocks that hold them. The caller frees it. */
WN_MUST_USE wn_status wn_dataset_train(wn_dataset **dataset, const wn_pass *pass, const wn_rows *rows,
                                       const wn_recipe *recipe, wn_inputs inputs, int64_t n_lanes, wn_range lanes,
                                       wn_pass_cost *cost);

/* Collective. The rows of one status of this rank's own blocks; one piece for each block that has any. Training rows
 * come as new rows would, to be judged. Fails, like wn_dataset_train: as wn_pass_run; WN_BAD_DATA, naming file, column
 * and row, where a feature is not a finite float32 (a gap under missing: error, or overflow) or a label is none of the
 * classes. */
WN_MUST_USE wn_status wn_dataset_of_status(wn_dataset **dataset, const wn_pass *pass, wn_rows *rows,
                                           const wn_recipe *recipe, wn_inputs inputs, wn_row_status status,
                                           wn_pass_cost *cost);

/* Local. The labels of a dataset's rows as the file has them, labels (n_rows): targets are rounded to float32, where
 * small ones are 0. `reader` and `catalog` are those that the dataset was made with; labels alone are read. Fails: as
 * reading does. */
WN_MUST_USE wn_status wn_dataset_read_labels(const wn_dataset *dataset, wn_reader *reader, const wn_catalog *catalog,
                                             double *labels);

/* Collective. The same of training rows, as they are learnt from: their features do not tell their own labels. */
WN_MUST_USE wn_status wn_dataset_of_training(wn_dataset **dataset, const wn_pass *pass, wn_rows *rows,
                                             const wn_recipe *recipe, wn_inputs inputs, wn_pass_cost *cost);

/* Collective. At most `limit` rows of a dataset spread over ranks, those of smallest hash of (seed, row
 * number), in the order of row number, gathered on rank 0 as one piece of block -1 (an empty dataset on the others),
 * sparse as the dataset's. */
WN_MUST_USE wn_status wn_dataset_sample(wn_dataset **sample, const wn_ranks *ranks, const wn_dataset *dataset,
                                        size_t limit, uint64_t seed);

/* Local. */
void wn_dataset_free(wn_dataset *dataset);

#endif
