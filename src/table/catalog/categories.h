/* categories.h - columns that are stored as codes beside a list of categories (AnnData, as pandas' categoricals): a
 * group with the datasets codes and categories. A code of -1 is missing. */
#ifndef WINNOW_TABLE_CATEGORIES_H
#define WINNOW_TABLE_CATEGORIES_H

#include "member.h"
#include "winnow/cells.h"
#include "winnow/text_store.h"
#include "winnow/texts.h"

typedef struct {
    size_t n;
    double *numbers; /* (n) owned; NULL: they are strings */
    wn_text *texts;  /* (n) owned, their bytes are in the store */
    wn_text_store store;
} wn_categories;

/* Local. Whether an open group is such a column. */
bool wn_categories_are_in(hid_t group);

/* Local. Describes the column as a member: as many rows as codes, of the type of the categories. Fails: as
 * wn_member_read. */
WN_MUST_USE wn_status wn_categories_member(wn_member *member, wn_hdf5_file *file, const char *path);

/* Local. Reads the categories of the column at a path. The caller clears them. Fails: WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_categories_read(wn_categories *categories, wn_hdf5_file *file, const char *path);
void wn_categories_clear(wn_categories *categories);

/* Local. The numbers of n codes into cells; NaN where one is negative. Or their texts, whose bytes go to the store;
 * empty there. Fails: WN_BAD_DATA where a code is of no category, which is told of `path`. */
WN_MUST_USE wn_status wn_categories_numbers(const wn_categories *categories, const wn_hdf5_file *file, const char *path,
                                            const int64_t *codes, size_t n, wn_cells cells);
WN_MUST_USE wn_status wn_categories_texts(const wn_categories *categories, const wn_hdf5_file *file, const char *path,
                                          const int64_t *codes, size_t n, wn_text_store *store, wn_text *texts);

#endif
