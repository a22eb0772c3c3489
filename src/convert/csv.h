/* csv.h - comma-separated files into a table.
 *
 * Debian's libcsv hands every field to a callback byte by byte and knows neither ranges nor several threads; it takes
 * longer for finding the fields than is taken here for finding, converting and writing them (docs/convert.md). So the
 * scanner is our own. */
#ifndef WINNOW_CONVERT_CSV_H
#define WINNOW_CONVERT_CSV_H

#include "winnow/convert.h"

/* Collective. wn_convert for files of which wn_csv_is_source is true. */
WN_MUST_USE wn_status wn_csv_convert(const wn_ranks *ranks, const char *const *sources, size_t n_sources,
                                     const char *output, const wn_convert_options *options);

/* Local. Whether a path ends like one: .csv, .tsv, .tab or .txt, or these and .gz. */
bool wn_csv_is_source(const char *path);

#endif
