/* record.h - datasets of records (HDF5 compounds: PyTables, NumPy's structured arrays): a row is a record, a field a
 * column. The numbers of a record are one row of cells, read together; each field of strings is read by itself. */
#ifndef WINNOW_TABLE_RECORD_H
#define WINNOW_TABLE_RECORD_H

#include "member.h"

/* Local. Whether an open dataset holds records. */
bool wn_record_is(hid_t dataset);

/* Local. The numbers of the records into a member that has its path: width, names and types; width 0 where there are
 * none. Arrays of numbers give a column a cell. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_record_numbers(wn_member *member, hid_t dataset);

/* Local. The name (new) of the first field from *i on that is no number, and its type, which the caller closes; *i is
 * then behind it. NULL where there is none. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_record_next(hid_t dataset, unsigned *i, char **field, hid_t *type);

/* Local. The memory type of a record's numbers as cells side by side, new; negative where the library fails. */
hid_t wn_record_cells_type(hid_t dataset, bool is_float32);

/* Local. The type of a field, and a memory type of it alone, both new; negative where there is none. */
hid_t wn_record_field_type(hid_t dataset, const char *field);
hid_t wn_record_field_alone(hid_t type, const char *field);

#endif
