/* read_plan.h - what to read of each dataset for the included columns, and which values in it mean missing. */
#ifndef WINNOW_TABLE_READ_PLAN_H
#define WINNOW_TABLE_READ_PLAN_H

#include "winnow/reader.h"

/* Columns [first, first + n) of a dataset of two dimensions. */
typedef struct {
    size_t first, n;
} wn_column_range;

/* For one dataset. Columns of a catalog that lie in one dataset follow each other. */
typedef struct {
    size_t first_column, n_columns; /* of the catalog; n_columns = 0: only the label is here */
    wn_column_range *ranges;        /* what is read of two dimensions; near columns share a range */
    size_t n_ranges, ranges_width;  /* columns in all ranges */
    size_t *in_ranges, *in_row;     /* (n_columns) where a column lies in the ranges side by side, and in a whole row */
    double *missing;                /* cells of these values are missing */
    size_t n_missing;
} wn_read_plan;

/* Local. One plan a dataset: *plans (new; the caller frees it by wn_read_plans_free). Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_read_plans_new(wn_read_plan **plans, const wn_catalog *catalog,
                                        const wn_reader_options *options);
void wn_read_plans_free(wn_read_plan *plans, const wn_catalog *catalog);

/* Local. The values that mean missing in cells of a dataset: its fill value, those given, and where some of its cells
 * are float16 or float32, in any file or field of its records, those rounded so. *values new, owned by the caller.
 * Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_missing_values_of(const wn_dataset_info *dataset, const double *given, size_t n_given,
                                           double **values, size_t *n_values);

#endif
