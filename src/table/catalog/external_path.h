/* external_path.h - which file a name means that a file of HDF5 holds, found where the library finds it. */
#ifndef WINNOW_TABLE_EXTERNAL_PATH_H
#define WINNOW_TABLE_EXTERNAL_PATH_H

#include "winnow/status.h"

#include <stdbool.h>

/* Local. *path (new) of a file of raw storage: a relative name is one of the working directory, or of
 * HDF5_EXTFILE_PREFIX, whose ${ORIGIN} is the directory of the file that holds the name. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_external_path_raw(char **path, const char *file, const char *name);

/* Local. *path (new) of a virtual dataset's source: a relative name is looked for in the directories of
 * HDF5_VDS_PREFIX, in that of the file that holds it, and in the working directory, an absolute one as it stands and
 * then there by its last component; NULL where nothing has it. *is_beside: a bare name, of a file beside the one that
 * holds it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_external_path_source(char **path, bool *is_beside, const char *file, const char *name);

#endif
