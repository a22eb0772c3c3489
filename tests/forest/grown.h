/* What a grown forest is and says, for tests: the program itself only asks it for importance. */
#ifndef FOREST_GROWN_H
#define FOREST_GROWN_H

#include "winnow/fixed_label.h"
#include "winnow/forest.h"

/* The mean over trees of what the leaves of rows say: shares of the classes, (n_rows, n_classes), or the mean label in
 * fixed-point units, (n_rows, 1). codes (n_rows, n_features). */
void grown_predict(const wn_forest *forest, const uint8_t *codes, size_t n_rows, double *said);

/* A hash of all trees: equal for equal forests. */
WN_MUST_USE wn_status grown_hash(const wn_forest *forest, wn_hash *hash);

/* The label that a number, or a mean of numbers, stands for. */
static inline double label_of(wn_fixed_label scale, double number)
{
    return scale.centre + number * scale.unit;
}

#endif
