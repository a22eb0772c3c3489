/* target_state.h - the state of a target encoder. Private to target*.c. */
#ifndef WINNOW_PREPARE_TARGET_STATE_H
#define WINNOW_PREPARE_TARGET_STATE_H

#include "category.h"

/* The last code is of all other levels. */
typedef struct {
    wn_category category;
    size_t n_folds, n_features;
    uint64_t seed; /* of the folds */
    double smoothing;
    int64_t *rows; /* (codes) training rows; owned */
    double *codes; /* (n_folds + 1, codes, n_features) for training rows of each fold, then for all others; NaN until
                      the labels are summed; owned */
} wn_target;

/* Local. How many codes: the levels and the one of all others. */
size_t wn_target_codes(const wn_target *target);

#endif
