/* element.h - one number of a dataset as it lies in the file, and its conversion to a cell. What is not a plain integer
 * or IEEE number is read through the HDF5 library, which knows all types. */
#ifndef WINNOW_TABLE_ELEMENT_H
#define WINNOW_TABLE_ELEMENT_H

#include "winnow/cells.h"

#include <hdf5.h>

typedef enum {
    WN_ELEMENT_OTHER,
    WN_ELEMENT_INT8,
    WN_ELEMENT_INT16,
    WN_ELEMENT_INT32,
    WN_ELEMENT_INT64,
    WN_ELEMENT_UINT8,
    WN_ELEMENT_UINT16,
    WN_ELEMENT_UINT32,
    WN_ELEMENT_UINT64,
    WN_ELEMENT_FLOAT16,
    WN_ELEMENT_FLOAT32,
    WN_ELEMENT_FLOAT64
} wn_element_kind;

typedef struct {
    wn_element_kind kind;
    bool is_swapped; /* not this machine's byte order */
    size_t n_bytes;
} wn_element;

/* Local. Enumerations (h5py's booleans) are their integers. */
wn_element wn_element_of(hid_t type);

/* Local. Whether the file's bytes are cells of that width already. */
bool wn_element_is_cell(wn_element element, bool is_float32);

/* Local. n elements as cells, which do not overlap them. Integers beyond 2^53 are rounded to nearest, as by the
 * library. */
void wn_element_convert(wn_element element, const void *bytes, size_t n, wn_cells cells);

#endif
