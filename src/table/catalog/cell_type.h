/* cell_type.h - what an HDF5 type means for a table: its kind, whether float32 holds it, and its name for people. */
#ifndef WINNOW_TABLE_CELL_TYPE_H
#define WINNOW_TABLE_CELL_TYPE_H

#include "winnow/catalog.h"

#include <hdf5.h>

typedef struct {
    wn_cell_kind kind;
    bool fits_float32;       /* every value of the type is a float32 */
    bool is_half, is_single; /* float16; float32, or narrower in another way */
    bool is_long;            /* integers of 64 bits: more than a double holds */
    const char *problem;     /* what is not built yet ("compound cells"), or NULL; static */
} wn_cell_type;

/* Local. */
wn_cell_type wn_cell_type_of(hid_t type);

/* Local. "uint8", "float32 big-endian", "bool", "string"; cut at n - 1 bytes. */
void wn_cell_type_name(hid_t type, char *text, size_t n);

#endif
