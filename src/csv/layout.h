/* layout.h - the datasets that columns become. A column is a dataset of its name; but in a wide table, where a
 * dataset a column would make reading slow, all columns of numbers are one dataset `x` (rows, columns) whose attribute
 * `columns` names them. All are contiguous, which is read fastest, and lets any thread of any rank write its rows. */
#ifndef WINNOW_CSV_LAYOUT_H
#define WINNOW_CSV_LAYOUT_H

#include "column.h"

typedef enum { WN_CSV_NUMBERS, WN_CSV_TEXTS, WN_CSV_LONG_TEXTS } wn_csv_storage;

typedef struct {
    wn_csv_storage storage;
    wn_store_type type; /* of numbers */
    size_t cell_bytes;  /* of numbers and texts of fixed length; 0 for long texts */
    size_t width;
    size_t before; /* bytes of a row in the datasets before this one */
    char *name;
} wn_csv_dataset;

typedef struct {
    wn_csv_dataset *datasets;
    size_t n_datasets, n_columns;
    size_t *dataset, *position; /* (n_columns) which dataset a column is in, and where */
    int64_t n_rows;
} wn_csv_layout;

enum { WN_CSV_WIDE = 64 }; /* more columns of numbers than these are one dataset */

/* Local. The layout of columns that hold what was seen. Texts have the length of the longest, or, where that would take
 * more room, a length of their own each. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_csv_layout_new(wn_csv_layout **layout, const wn_csv_column *columns, char *const *names,
                                        size_t n_columns, int64_t n_rows);
void wn_csv_layout_free(wn_csv_layout *layout);

/* Local. Whether cells that were made for one fit the other. */
bool wn_csv_layout_is_equal(const wn_csv_layout *a, const wn_csv_layout *b);

/* Local. Bytes of a row over all datasets but those of long texts. */
size_t wn_csv_layout_row_bytes(const wn_csv_layout *layout);

#endif
