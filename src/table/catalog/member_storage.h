/* member_storage.h - how a dataset's cells are stored, and whether this build can read them all.
 */
#ifndef WINNOW_TABLE_MEMBER_STORAGE_H
#define WINNOW_TABLE_MEMBER_STORAGE_H

#include "member.h"

enum { WN_MOST_CHUNK_CELLS = 1 << 27 }; /* of a chunk that is decoded past the library */

/* Local. Looks at layout, filters and extent: sets the member's chunk rows and, where there is one, its problem (once).
 * Fails: WN_BAD_DATA (cells beyond the end of the file), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_member_storage(wn_member *member, wn_hdf5_file *file, hid_t dataset);

/* Local. The same of a dataset that the member's cells come from, in whatever file it lies. */
WN_MUST_USE wn_status wn_member_source(wn_member *member, wn_hdf5_file *file, const char *path, hid_t dataset,
                                       int depth);

/* Local. Gives the member a problem, unless it has one. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_member_problem(wn_member *member, wn_status problem, const char *text);

/* Local. "gzip", "shuffle", ... for a filter number; "filter 32015" for one without a name here. */
void wn_filter_name(H5Z_filter_t filter, char *text, size_t n);

#endif
