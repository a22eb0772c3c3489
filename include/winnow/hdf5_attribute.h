/* hdf5_attribute.h - attributes of our own files, written and read in one way, and the type of their texts. What the
 * attributes of other programs' files mean is in src/table/catalog/member_attributes.h. */
#ifndef WINNOW_HDF5_ATTRIBUTE_H
#define WINNOW_HDF5_ATTRIBUTE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

/* Local. A new type of UTF-8 texts of n_bytes bytes, zeros behind shorter ones; 0: of any length. The caller closes it.
 * Negative where the library fails. */
hid_t wn_hdf5_text_type(size_t n_bytes);

/* Local. Writes an attribute of the object at a path from `where` ("." is `where` itself): n values, or with n = 0 one
 * that is a scalar. False where the library fails. */
bool wn_hdf5_put_attribute(hid_t where, const char *object, const char *name, hid_t type, size_t n, const void *values);

/* Local. Reads n values. False where there is no such attribute, or one of another number or class of values, or of
 * texts of fixed length; with a type of texts of any length each is the caller's, for H5free_memory. */
bool wn_hdf5_get_attribute(hid_t where, const char *object, const char *name, hid_t type, size_t n, void *values);

#endif
