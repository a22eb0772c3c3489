/* layout.h - the table in one file: its datasets, its columns, its label. A catalog is made of equal layouts. */
#ifndef WINNOW_TABLE_LAYOUT_H
#define WINNOW_TABLE_LAYOUT_H

#include "member.h"

typedef struct {
    char *table;        /* absolute path of the group or dataset */
    wn_members members; /* those with an included column, and the label's */
    wn_column *columns; /* those of a dataset follow each other, in the order of their positions; n_cells of numbers,
                         * then those of strings */
    size_t n_columns, n_cells;
    bool has_label;
    wn_column label; /* its name is owned */
    int64_t n_rows;
    int64_t chunk_rows;   /* the most of any dataset with an included column */
    size_t fetched_bytes; /* of a row in the chunks that hold an included column of numbers, at most */
    size_t decoded_bytes; /* of the largest such chunk when it is decoded and converted */
    bool is_float32;
    int64_t text_bytes; /* of the texts of a row, about */
} wn_layout;

/* Local. Reads what `table` (NULL: the one candidate) holds in an open file. Fails: as wn_catalog_read. */
WN_MUST_USE wn_status wn_layout_read(wn_layout *layout, wn_hdf5_file *file, const wn_input *input, const char *table);
void wn_layout_clear(wn_layout *layout);

/* Local. Two files of one table have the same datasets, widths, fill values, columns and label, by path and name.
 * Fails: WN_BAD_DATA naming the first that one of them lacks; WN_UNAVAILABLE where fill values differ. */
WN_MUST_USE wn_status wn_layout_compare(const wn_layout *first, const char *first_path, const wn_layout *other,
                                        const char *other_path);

/* Local. Makes `first` hold for both of two equal layouts: the costlier kind of each dataset, what is true of
 * the types of either, float32 only where it fits both. */
void wn_layout_widen(wn_layout *first, const wn_layout *other);

#endif
