/* recipe_file.h - an HDF5 file with a checksum of all its bytes, and the few shapes of data that a recipe needs in it.
 * The checksum lies in a user block of 512 bytes before the HDF5 part: HDF5's tools read such files as any other. */
#ifndef WINNOW_PREPARE_RECIPE_FILE_H
#define WINNOW_PREPARE_RECIPE_FILE_H

#include "winnow/status.h"

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WN_RECIPE_FILE_STAMP = 512 };

typedef struct {
    hid_t id;
    const char *path; /* final name, for messages; borrowed */
} wn_recipe_file;

/* Local. Creates `part`, a file that is not yet stamped. Fails: WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_recipe_file_create(wn_recipe_file *file, const char *path, const char *part);

/* Local. Closes what was created, stamps and syncs `part`, renames it to path. Fails: WN_IO. */
WN_MUST_USE wn_status wn_recipe_file_finish(wn_recipe_file *file, const char *part);

/* Local. Opens for reading after the stamp was verified. Fails: WN_NO_INPUT, WN_BAD_DATA (naming the path), WN_IO. */
WN_MUST_USE wn_status wn_recipe_file_open(wn_recipe_file *file, const char *path);

/* Local. Closes without more; also after a failure. */
void wn_recipe_file_close(wn_recipe_file *file);

/* Local. Writes a dataset of native `type` (n_dims, dims) under a name whose groups are made as needed. Fails: WN_IO.
 */
WN_MUST_USE wn_status wn_recipe_file_put(const wn_recipe_file *file, const char *name, hid_t type, size_t n_dims,
                                         const size_t *dims, const void *data);

/* Local. Writes n strings as UTF-8 of variable length. Fails: WN_IO. */
WN_MUST_USE wn_status wn_recipe_file_put_strings(const wn_recipe_file *file, const char *name, char *const *text,
                                                 size_t n);

/* Local. Makes an empty group. Fails: WN_IO. */
WN_MUST_USE wn_status wn_recipe_file_put_group(const wn_recipe_file *file, const char *name);

/* Local. Attributes of an object: n integers, or a string. Fails: WN_IO. */
WN_MUST_USE wn_status wn_recipe_file_put_integers(const wn_recipe_file *file, const char *object, const char *name,
                                                  const int64_t *values, size_t n);
WN_MUST_USE wn_status wn_recipe_file_put_text(const wn_recipe_file *file, const char *object, const char *name,
                                              const char *text);

/* Local. The HDF5 type of UTF-8 strings of variable length; the caller closes it. */
hid_t wn_recipe_file_string_type(void);

/* Local. Dimensions of a dataset of n_dims. Fails: WN_BAD_DATA. */
WN_MUST_USE wn_status wn_recipe_file_dims(const wn_recipe_file *file, const char *name, size_t n_dims, size_t *dims);

/* Local. Reads a whole dataset of n elements into data. Fails: WN_BAD_DATA where it has another number of them. */
WN_MUST_USE wn_status wn_recipe_file_get(const wn_recipe_file *file, const char *name, hid_t type, size_t n,
                                         void *data);

/* Local. Whether a dataset is there and holds strings. */
bool wn_recipe_file_has_strings(const wn_recipe_file *file, const char *name);

/* Local. Reads n strings, each new and owned by the caller, into text[n] (NULL before). Fails: WN_BAD_DATA,
 * WN_NO_MEMORY; what was read before the failure is in text. */
WN_MUST_USE wn_status wn_recipe_file_get_strings(const wn_recipe_file *file, const char *name, char **text, size_t n);

/* Local. Attributes as above; *text is new and owned by the caller. Fails: WN_BAD_DATA, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_recipe_file_get_integers(const wn_recipe_file *file, const char *object, const char *name,
                                                  int64_t *values, size_t n);
WN_MUST_USE wn_status wn_recipe_file_get_text(const wn_recipe_file *file, const char *object, const char *name,
                                              char **text);

#endif
