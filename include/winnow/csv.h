/* csv.h - comma-separated files into a table.
 *
 * Debian's libcsv hands every field to a callback byte by byte and knows neither ranges nor several threads; it takes
 * longer for finding the fields than is taken here for finding, converting and writing them (docs/convert.md). So the
 * scanner is our own. */
#ifndef WINNOW_CSV_H
#define WINNOW_CSV_H

#include "winnow/ranks.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum { WN_CSV_HEADER_FOUND, WN_CSV_HEADER_YES, WN_CSV_HEADER_NO } wn_csv_header;

typedef struct {
    wn_csv_header header; /* whether the first line names the columns; FOUND: the file tells */
    char delimiter;       /* 0: found among , ; tab | */
    size_t n_threads;     /* that convert beside the calling one; 0: that one does it */
} wn_csv_options;

/* Collective. One table at `output` of files of which wn_csv_is_source is true; convert.h says how, and what fails. */
WN_MUST_USE wn_status wn_csv_convert(const wn_ranks *ranks, const char *const *sources, size_t n_sources,
                                     const char *output, const wn_csv_options *options);

/* Local. Whether a path ends like one: .csv, .tsv, .tab or .txt, or these and .gz. */
bool wn_csv_is_source(const char *path);

#endif
