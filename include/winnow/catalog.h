/* catalog.h - which files, datasets and columns make up the table, and how its rows are cut into blocks.
 * Rank 0 reads the files' headers once and shares them; nothing here reads cells (see reader.h).
 * Rows are numbered over all files: those of `files` in the order of their paths' bytes, then those of `test`. */
#ifndef WINNOW_CATALOG_H
#define WINNOW_CATALOG_H

#include "winnow/hash.h"
#include "winnow/ranks.h"

#include <stdbool.h>
#include <stddef.h>

/* What the cells of a dataset are in the file; the order is that of conversion cost. */
typedef enum { WN_CELL_BOOL, WN_CELL_INTEGER, WN_CELL_FLOAT32, WN_CELL_FLOAT64, WN_CELL_STRING } wn_cell_kind;

/* What of the dataset in the file a dataset of the catalog is: all of it; the numbers of its records, as one row of
 * cells; one field of its records, which is of strings; or codes of categories that lie beside them. */
typedef enum { WN_PART_WHOLE, WN_PART_NUMBERS, WN_PART_FIELD, WN_PART_CODES } wn_dataset_part;

/* A file that another one's cells lie in: raw storage, a link's target, a virtual dataset's source. */
typedef struct {
    char *path;
    int64_t n_bytes, mtime;
} wn_external;

typedef struct {
    char *path;             /* as the glob gave it */
    const char *name;       /* its last component (into path); with the row in the file it is a row's identity */
    int64_t n_bytes, mtime; /* size, modification time in nanoseconds */
    int64_t n_rows, first_row;
    int64_t first_block, block_rows;
    size_t chunk_rows;    /* of the longest chunk that an included column lies in; 1 where none does */
    size_t fetched_bytes; /* of a row in the chunks that have to be read for it, as they are stored; 0 without chunks */
    size_t decoded_bytes; /* of the largest of these chunks, decoded and converted */
    int64_t text_bytes;   /* of the texts of a row: of those of fixed length, and about those of others */
    bool is_test;         /* from input.test */
    wn_external *externals;
    size_t n_externals;
} wn_file;

/* A dataset whose rows are the table's; a 1-D dataset has width 1, trailing dimensions are flattened, the numbers of
 * records too. */
typedef struct {
    char *path;   /* absolute in the file, the same in all files; of a field its name behind it */
    char *source; /* the path of what lies in the file: of a field that of its records, of codes that of the codes */
    wn_dataset_part part;
    size_t width;
    wn_cell_kind kind;
    bool has_half, has_single; /* some cells are float16, float32, in some file */
    bool has_fill; /* a declared fill value (netCDF's _FillValue, or a user-defined HDF5 one): such cells are missing */
    double fill;
} wn_dataset_info;

typedef struct {
    char *name;
    size_t dataset, position; /* which dataset, and which of its flattened columns */
    bool is_text;             /* strings */
    bool is_long;             /* integers of 64 bits, in some file: long_integers.h */
    size_t place;             /* in a block: among the cells of a row, or among its texts */
} wn_column;

typedef struct {
    size_t n_files, n_datasets, n_columns;
    wn_file *files;
    wn_dataset_info *datasets;
    wn_column *columns; /* the included ones: n_cells of numbers, then n_texts of strings, both in the order of the
                         * file; those of a dataset follow each other by position; the label is not among them */
    size_t n_cells, n_texts;
    bool has_label;
    wn_column label;          /* name "" and not meaningful without has_label; its place is none */
    wn_cell_kind label_kind;  /* of the label alone */
    bool is_float32;          /* every cell of every included column of numbers fits float32 without loss */
    int64_t n_rows, n_blocks; /* over all files */
    int64_t n_test_rows;      /* of which in test files, the last ones */
} wn_catalog;

typedef struct {
    const char *const *files; /* globs, relative to the working directory */
    size_t n_files;
    const char *const *test; /* globs; may be empty */
    size_t n_test;
    const char *table;          /* group or dataset; NULL: the one candidate */
    const char *label;          /* NULL: none; a dataset or column of the table, else one beside it or at the root */
    const char *label_key;      /* what messages call it; NULL: input.label */
    const char *const *include; /* globs over names of columns and of their datasets; none means all */
    size_t n_include;
    const char *const *exclude;
    size_t n_exclude;
    bool is_direct;      /* files, and columns by names (include, escaped), were given by hand: messages name no key */
    bool allow_external; /* links, raw storage and sources in any file are followed */
} wn_input;

/* Where a block lies. */
typedef struct {
    size_t file;
    int64_t first_row, first_row_in_file;
    size_t n_rows;
} wn_block_extent;

/* Local. Reads the catalog of the input. Owned by the caller, who frees it with wn_catalog_free. Fails: WN_NO_INPUT
 * where a glob matches nothing or a file cannot be opened, WN_BAD_DATA where a file is not HDF5, is truncated, has no
 * or more than one candidate table, has columns of different lengths, lacks the table, a column or the label that
 * others have (the message suggests what is spelt alike), needs what lies in other files and is not allowed to, or
 * where those files are missing or too short; WN_UNAVAILABLE for a layout or a type that is not built yet,
 * which the message names. */
WN_MUST_USE wn_status wn_catalog_read(wn_catalog **catalog, const wn_input *input);

/* Collective. wn_catalog_read on rank 0, shared with all; each frees its own. Fails: as that, agreed. */
WN_MUST_USE wn_status wn_catalog_open(const wn_ranks *ranks, wn_catalog **catalog, const wn_input *input);

/* Local. */
void wn_catalog_free(wn_catalog *catalog);

/* Local. Block `index` of 0 .. n_blocks-1. A block is whole chunk rows nearest 4 MiB of decoded cells (float32 or
 * float64; of all columns of the chunks, where few are included), 256 to 65,536 rows, and never straddles files. */
wn_block_extent wn_catalog_block(const wn_catalog *catalog, int64_t index);

/* Local. How many neighbouring blocks, those of equal number / this, are always dealt to one rank: where rows are wide
 * or files are small, as many as have about 1,024 rows together, so that products of columns are made of so many at a
 * time (gram.h); but so few that 64 such runs are left. */
int64_t wn_catalog_run_blocks(const wn_catalog *catalog);

/* Local. Part number `part` of the blocks, cut into n_parts between such runs: what a rank reads. */
wn_range wn_catalog_part(const wn_catalog *catalog, int n_parts, int part);

/* Local. The file that a row of the table lies in. */
const wn_file *wn_catalog_file_of(const wn_catalog *catalog, int64_t row);

/* Local. Hash of everything that identifies the input: names, sizes, times (also of other files that cells lie in),
 * datasets, columns (for stage keys). Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_catalog_hash(const wn_catalog *catalog, wn_hash *hash);

#endif
