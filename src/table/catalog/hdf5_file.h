/* hdf5_file.h - one HDF5 file, open for reading: serial driver, no locks, no noise on stderr, and no way out of the
 * file unless that is allowed. */
#ifndef WINNOW_TABLE_HDF5_FILE_H
#define WINNOW_TABLE_HDF5_FILE_H

#include "winnow/status.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

/* Stays where it was opened until it is closed: the library keeps its address. */
typedef struct {
    hid_t id;
    hid_t links;      /* link access: links that lead out of the file are refused, or followed where allowed */
    const char *path; /* borrowed */
    int64_t n_bytes, mtime;
    bool allows_external; /* the opener's to set; false when opened */
    bool has_refused;     /* a link was refused since this was last set to false */
} wn_hdf5_file;

/* Local. Opens `path`. Fails: WN_NO_INPUT (cannot be opened), WN_BAD_DATA (not HDF5, truncated). */
WN_MUST_USE wn_status wn_hdf5_open(wn_hdf5_file *file, const char *path);
void wn_hdf5_close(wn_hdf5_file *file);

/* Local. A new access list for files that are not to be locked; closed by the caller. */
hid_t wn_hdf5_new_access(void);

/* Local. Opens the group or dataset at an absolute path; *object is -1 where there is none. Fails: WN_BAD_DATA (the
 * path leads out of the file, or what lies there is damaged). The caller closes it with H5Oclose. */
WN_MUST_USE wn_status wn_hdf5_open_object(wn_hdf5_file *file, const char *path, hid_t *object);

/* Local. The failure of the last call of the library, with its own innermost words: WN_IO where the system failed, else
 * WN_BAD_DATA. `object` may be NULL. */
WN_MUST_USE wn_status wn_hdf5_fail(const wn_hdf5_file *file, const char *object, const char *what);

/* Local. *path (new) of the file that an object lies in, if that is another than this one, as by an external link; else
 * NULL. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_hdf5_elsewhere(char **path, const wn_hdf5_file *file, hid_t object);

/* Local. Refuses what leads out of the file. */
WN_MUST_USE wn_status wn_hdf5_refuse(const wn_hdf5_file *file, const char *object);
#define WN_LEADS_OUT "leads out of the file, which only input.allow_external: true permits"

/* Local. From now on the path of a file is copied to note[n] before the library touches it; NULL ends this. A parent
 * that shares this memory can then say which file killed its child. */
void wn_hdf5_note_paths(char *note, size_t n);

/* Local. Sets the library up for this program: silent, with the filters of hdf5_filters.h and without plugins. */
void wn_hdf5_setup(void);

/* Local. Closes whatever an identifier is; negative ones are fine. */
void wn_hdf5_release(hid_t id);

#endif
