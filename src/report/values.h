/* values.h - the numbers or texts of one HDF5 dataset or attribute. */
#ifndef WINNOW_REPORT_VALUES_H
#define WINNOW_REPORT_VALUES_H

#include "winnow/status.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

enum { WN_VALUES_DIMS = 8 };

typedef enum { WN_VALUES_INTEGERS, WN_VALUES_REALS, WN_VALUES_TEXTS } wn_values_kind;

typedef union {
    int64_t integer;
    double real;
} wn_value;

typedef struct {
    hid_t id, type;
    bool is_attribute;
    wn_values_kind kind;
    int n_dims; /* 0: a single value */
    hsize_t dims[WN_VALUES_DIMS];
    size_t n_rows, row_size; /* values: n_rows x row_size */
} wn_values;

/* Local. Takes a dataset or attribute over, which wn_values_close closes, also after a failure. Fails: WN_BAD_DATA
 * where it holds neither numbers nor texts. */
WN_MUST_USE wn_status wn_values_open(wn_values *values, hid_t id, bool is_attribute);
void wn_values_close(wn_values *values);

/* Local. Whether two have the same dimensions. */
bool wn_values_same_shape(const wn_values *a, const wn_values *b);

/* Local. Reads numbers of n_rows rows from `first` on into cells (n_rows, row_size); of an attribute all. Fails:
 * WN_BAD_DATA. */
WN_MUST_USE wn_status wn_values_read(const wn_values *values, size_t first, size_t n_rows, wn_value *cells);

/* Local. All texts (n_rows x row_size), each new; the caller frees each and the array. Fails: WN_BAD_DATA,
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_values_texts(const wn_values *values, char ***texts);
void wn_values_free_texts(char **texts, size_t n);

#endif
