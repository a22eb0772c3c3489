/* names.h - names of columns out of a header: such that HDF5 can keep them, and no two alike. */
#ifndef WINNOW_CSV_NAMES_H
#define WINNOW_CSV_NAMES_H

#include "cell.h"
#include "winnow/status.h"

/* Local. *names (new, n; wn_csv_names_free). Spaces around a name go; slashes, which HDF5 takes for groups, become
 * underscores; empty names become "Unnamed: 2" (the position from 0) and repeated ones "a.1", as in pandas. With
 * fields NULL they are column0, column1, ... Fails: WN_BAD_DATA (not UTF-8), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_csv_names_new(char ***names, const wn_csv_field *fields, size_t n);
void wn_csv_names_free(char **names, size_t n);

#endif
