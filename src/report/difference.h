/* difference.h - the first difference between the files of two runs, in words. */
#ifndef WINNOW_REPORT_DIFFERENCE_H
#define WINNOW_REPORT_DIFFERENCE_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *file; /* "recipe.h5": what its words begin with; borrowed */
    bool is_found;
    char text[WN_MESSAGE_SIZE];
} wn_difference;

/* Local. Keeps "FILE words" unless a difference was found before. */
void wn_difference_set(wn_difference *difference, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Local. The same for two numbers of a name, which count as one where both are NaN. */
void wn_difference_numbers(wn_difference *difference, const char *name, double first, double second);

/* Local. Walks the datasets and attributes of the objects `names` (n_names, absolute paths) of two HDF5 files, groups
 * in the order of their members' names; those whose path or last name is among `skipped` (NULL-terminated) are left
 * out. Fails: WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_difference_hdf5(wn_difference *difference, const char *const paths[2],
                                         const char *const *names, size_t n_names, const char *const *skipped);

/* Local. Reads two artefacts and compares columns, their numbers, and the decoded layers. Fails: as wn_artefact_read.
 */
WN_MUST_USE wn_status wn_difference_artefacts(wn_difference *difference, const char *const paths[2]);

#endif
