/* dialect.h - what must be known of comma-separated files before their rows are read: the delimiter, whether they
 * begin with a header, and the names of the columns. */
#ifndef WINNOW_CSV_DIALECT_H
#define WINNOW_CSV_DIALECT_H

#include "names.h"
#include "source.h"
#include "winnow/csv.h"

/* Local. Sets the source's delimiter and n_columns and where each file's rows begin, and gives the columns' names (new,
 * wn_csv_names_free).
 * The delimiter is the one of , ; tab | that cuts the first lines into equally many fields, the most of them. The first
 * line is a header unless it holds numbers; where it holds numbers and texts, it is one if a column whose first field
 * is a text has only numbers below. Fails: WN_BAD_DATA (an empty file, other headers than the first file's, UTF-16,
 * names that are not UTF-8), WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_csv_dialect_find(wn_csv_source *source, const wn_csv_options *options, char ***names);

#endif
