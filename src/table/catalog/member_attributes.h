/* member_attributes.h - what the attributes of an object say: names of columns, fill values, marks of other programs.
 */
#ifndef WINNOW_TABLE_MEMBER_ATTRIBUTES_H
#define WINNOW_TABLE_MEMBER_ATTRIBUTES_H

#include "member.h"

/* Local. Sets column_names from the attribute `columns`, a list of `width` strings; another type of attribute is none
 * of ours. Fails: WN_BAD_DATA (a list of another length), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_member_column_names(wn_member *member, const wn_hdf5_file *file, hid_t dataset);

/* Local. Sets has_fill and fill by netCDF's _FillValue, else by a fill value that the creator of the dataset set. */
void wn_member_fill(wn_member *member, const wn_hdf5_file *file, hid_t dataset);

/* Local. True where the text attribute `name` exists and starts with `start` ("" any). */
bool wn_has_text_attribute(hid_t object, const char *name, const char *start);

/* Local. Whether it is that text. */
bool wn_is_text_attribute(hid_t object, const char *name, const char *value);

#endif
