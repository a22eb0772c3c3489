/* target_codes.h - target encoding: a level becomes the mean of the target over its rows, drawn toward the mean of all.
 * As scikit-learn's TargetEncoder with a number as `smooth`: (sum + smooth x mean) / (rows + smooth). Training rows get
 * the codes of the other folds' rows, so that their own label does not leak; all others those of all training rows.
 * Levels are the codes of levels.h, the bucket of rare and unseen ones being the last of n_levels + 1. */
#ifndef WINNOW_TARGET_CODES_H
#define WINNOW_TARGET_CODES_H

#include "winnow/status.h"

#include <stddef.h>
#include <stdint.h>

/* Sums by level and fold: integers, so that ranks add them by MPI_SUM. */
typedef struct wn_target_sums wn_target_sums;

/* Local. The fold, 0 .. n_folds - 1, of a training row of this identity. */
size_t wn_target_fold(uint64_t seed, uint64_t row, size_t n_folds);

/* Local. Empty sums for n_codes codes (levels and the bucket) and n_folds folds. n_classes 0 is regression, 2 gives one
 * feature (the share of class 1), more give one a class. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_target_sums_new(wn_target_sums **sums, size_t n_codes, size_t n_folds, size_t n_classes);
void wn_target_sums_free(wn_target_sums *sums);

/* Local. Adds a training row of a class. */
void wn_target_sums_add_class(wn_target_sums *sums, size_t code, size_t fold, size_t class_index);

/* Local. Adds a training row of regression. */
void wn_target_sums_add_value(wn_target_sums *sums, size_t code, size_t fold, double target);

/* Local. Makes carries canonical. */
void wn_target_sums_normalize(wn_target_sums *sums);

/* Local. The whole state as integers (n), to be added over ranks after wn_target_sums_normalize. Borrowed. */
int64_t *wn_target_sums_integers(wn_target_sums *sums, size_t *n);

/* Local. Training rows of a code, of all folds. */
int64_t wn_target_sums_rows(const wn_target_sums *sums, size_t code);

/* Local. Bytes of the sums of n_codes codes, as wn_target_sums_new takes them. */
size_t wn_target_sums_bytes(size_t n_codes, size_t n_folds, size_t n_classes);

/* Local. Features a code becomes: 1, or n_classes where that is more than 2. */
size_t wn_target_sums_features(const wn_target_sums *sums);

/* Local. Fills codes (n_folds + 1, n_codes, n_features): entry [f] for training rows of fold f, [n_folds] for all other
 * rows. A level without rows (with smooth 0 too) has the mean; where no other fold has a row the mean of all serves,
 * and 0 where there is no row at all. */
void wn_target_sums_finish(const wn_target_sums *sums, double smooth, double *codes);

#endif
