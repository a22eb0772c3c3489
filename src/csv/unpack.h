/* unpack.h - comma-separated files that are compressed by gzip: a stream that can only be read from its begin,
 * while the rows are read in pieces, and twice. So rank 0 unpacks them to files beside the output, which have no name
 * any more once all ranks have opened them. */
#ifndef WINNOW_CSV_UNPACK_H
#define WINNOW_CSV_UNPACK_H

#include "winnow/ranks.h"

#include <stddef.h>

/* Local. Whether a path ends with .gz. */
bool wn_csv_is_packed(const char *path);

/* Collective. (*plain)[i] (new, all freed by wn_csv_unpacked_free) becomes the path of source i unpacked beside
 * `output`, or NULL where it is not packed. Fails: WN_NO_INPUT, WN_BAD_DATA (truncated or damaged), WN_CANT_CREATE,
 * WN_IO (also disk full), WN_NO_MEMORY, WN_STOPPED; agreed. */
WN_MUST_USE wn_status wn_csv_unpack(const wn_ranks *ranks, const char *const *sources, size_t n, const char *output,
                                    char ***plain);

/* Local. On rank 0 removes the names of what was unpacked; NULL is fine. */
void wn_csv_unpacked_free(const wn_ranks *ranks, char **plain, size_t n);

#endif
