/* dataset_sink.h - fills a dataset that is cut into pieces already, by a pass whose one accumulator keeps rows. */
#ifndef WINNOW_PREPARE_DATASET_SINK_H
#define WINNOW_PREPARE_DATASET_SINK_H

#include "winnow/dataset.h"

/* Local. A dataset of zeros, pieces to be set; a sparse one has no row yet. The caller frees it. Fails: WN_NO_MEMORY.
 */
WN_MUST_USE wn_status wn_dataset_new(wn_dataset **dataset, size_t n_rows, size_t n_features, bool is_sparse,
                                     size_t n_pieces);

/* Local. Values of a row under `inputs`: selected features, or components. */
size_t wn_inputs_count(const wn_recipe *recipe, wn_inputs inputs);

/* Collective. Fills the pieces, which lie in the order of blocks, from the rows of a status of rows->blocks, of which
 * the first `skipped` belong to other ranks, as do those behind the last piece; is_learnt: as wn_raw_rows says. *cost
 * is added to. Fails: as wn_pass_run; WN_BAD_DATA where a feature is not a finite float32 (a gap under missing: error,
 * or overflow) or a label is no class: column and row are named. */
WN_MUST_USE wn_status wn_dataset_fill(wn_dataset *dataset, const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                                      wn_inputs inputs, wn_row_status wanted, bool is_learnt, size_t skipped,
                                      wn_pass_cost *cost);

#endif
