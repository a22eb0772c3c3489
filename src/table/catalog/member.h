/* member.h - one dataset of a table: its shape, what its cells are, and why it cannot be read if it cannot.
 * A problem is told only where the dataset is wanted: a column that the job excludes may be anything. */
#ifndef WINNOW_TABLE_MEMBER_H
#define WINNOW_TABLE_MEMBER_H

#include "cell_type.h"
#include "externals.h"
#include "hdf5_file.h"

enum { WN_MEMBER_NAME_SIZE = 1024 };

typedef struct {
    char *path;       /* absolute in the file */
    const char *name; /* its last component (into path) */
    char *source;     /* the path of the dataset that is read */
    wn_dataset_part part;
    int rank;            /* 0: no rows of a table (a scalar, an empty row) */
    int64_t n_rows;      /* -1: not known */
    int64_t chunk_rows;  /* rows of a chunk; 1 where the cells are not chunked */
    size_t n_tiles;      /* chunks side by side; 0 where none are decoded past the library, as the next two */
    size_t tile_bytes;   /* of a chunk's row, in the file */
    size_t decode_bytes; /* of a chunk's row, decoded and converted */
    size_t width;        /* product of the trailing dimensions */
    wn_cell_type type;   /* of several kinds the costliest */
    wn_cell_type *types; /* (width) of the numbers of records, or NULL: all are of `type` */
    bool has_fill;
    double fill;
    char **column_names; /* (width) by the attribute `columns`, or NULL */
    wn_externals externals;
    wn_status problem; /* WN_OK, or how a use of it fails, with the text */
    char *problem_text;
} wn_member;

typedef struct {
    wn_member *items;
    size_t n;
} wn_members;

/* Local. Describes an open dataset; of records their numbers. Fails: WN_BAD_DATA (damaged), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_member_read(wn_member *member, wn_hdf5_file *file, const char *path, hid_t dataset);
void wn_member_clear(wn_member *member);

/* Local. The name of a flattened column: the attribute's, NAME of a 1-D dataset, NAME0 ... of others. It may lie in
 * `buffer`, and then lives as long. */
const char *wn_member_column(const wn_member *member, size_t position, char buffer[WN_MEMBER_NAME_SIZE]);

/* Local. The type of a flattened column. */
wn_cell_type wn_member_type(const wn_member *member, size_t position);

/* Local. Fails as the member's problem says, or not. */
WN_MUST_USE wn_status wn_member_check(const wn_member *member, const wn_hdf5_file *file);

/* Local. The datasets of a group, in the order of creation where the file tracks it, else of names. Scalars and
 * netCDF's bare dimensions are left out; a link that leads out of the file and may not, or leads nowhere, is a member
 * with a problem. Records are a member for all of
 * their numbers and one for each field of strings; a group of codes and categories is a member. */
WN_MUST_USE wn_status wn_members_read(wn_members *members, wn_hdf5_file *file, const char *group);

/* Local. The dataset at an absolute path as the only member, records as their parts; none where there is nothing or a
 * group that is no column. */
WN_MUST_USE wn_status wn_members_read_one(wn_members *members, wn_hdf5_file *file, const char *path);
void wn_members_clear(wn_members *members);

#endif
