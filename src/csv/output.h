/* output.h - the table that comes of comma-separated files: rank 0 makes it with all its room, any thread of any
 * rank writes rows where they belong, and rank 0 finishes it. */
#ifndef WINNOW_CSV_OUTPUT_H
#define WINNOW_CSV_OUTPUT_H

#include "layout.h"

typedef struct {
    const wn_csv_layout *layout; /* borrowed */
    wn_table_writer *writer;     /* on rank 0 */
    int64_t *offsets;            /* (n_datasets) in the unfinished file */
    char *path;                  /* of the unfinished file */
    int descriptor;
} wn_csv_output;

/* Collective. Makes the file, and opens it on all ranks. Fails: WN_CANT_CREATE, WN_IO, WN_NO_MEMORY; agreed. */
WN_MUST_USE wn_status wn_csv_output_open(const wn_ranks *ranks, wn_csv_output *output, const char *path,
                                         const wn_csv_layout *layout, char *const *names);

/* Local. Rows [first, first + n) of a dataset without long texts; for any thread. Fails: WN_IO (also disk full). */
WN_MUST_USE wn_status wn_csv_output_write(const wn_csv_output *output, size_t dataset, int64_t first, size_t n,
                                          const char *cells);

/* Local, on rank 0. The next rows of a dataset of long texts. Fails: WN_IO. */
WN_MUST_USE wn_status wn_csv_output_append(wn_csv_output *output, size_t dataset, const char *const *texts, size_t n);

/* Collective. What was written gets its name. Fails: WN_IO; agreed. */
WN_MUST_USE wn_status wn_csv_output_finish(const wn_ranks *ranks, wn_csv_output *output);

/* Local. Frees; without a finish before, the unfinished file goes. */
void wn_csv_output_close(wn_csv_output *output);

#endif
