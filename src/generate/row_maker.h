/* row_maker.h - the cells of a run of rows, made from a truth: any run alone, the same cells however the runs are cut.
 */
#ifndef WINNOW_GENERATE_ROW_MAKER_H
#define WINNOW_GENERATE_ROW_MAKER_H

#include "row_order.h"
#include "truth.h"

typedef struct wn_row_maker wn_row_maker;

/* Where rows go: numbers (n_rows, n_columns) of the table's type, codes (n_categories, stride) of the code type, labels
 * (n_rows). The rows that are made lie from `at` on. */
typedef struct {
    void *numbers, *codes, *labels;
    size_t stride, at;
} wn_row_place;

/* Local. Borrows the truth. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_row_maker_new(wn_row_maker **maker, const wn_truth *truth);
void wn_row_maker_free(wn_row_maker *maker);

/* Local. The table's rows first .. first + n - 1; any n. */
void wn_row_maker_make(wn_row_maker *maker, int64_t first, size_t n, const wn_row_place *place);

/* Local. How many missing cells were made so far, by column (the n_columns numbers, then the categories), and then how
 * many outliers: counts (2 x wn_row_maker_columns). Borrowed; may be added to. */
int64_t *wn_row_maker_counts(wn_row_maker *maker);
size_t wn_row_maker_columns(const wn_row_maker *maker);

#endif
