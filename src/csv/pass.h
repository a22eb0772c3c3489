/* pass.h - one pass of all ranks' threads over the rows of comma-separated files, which looks at every field, and
 * writes the cells where a layout is given and turns out to be right. */
#ifndef WINNOW_CSV_PASS_H
#define WINNOW_CSV_PASS_H

#include "output.h"
#include "rows.h"
#include "winnow/workers.h"

typedef struct {
    const wn_ranks *ranks;
    const wn_csv_source *source; /* scanned */
    wn_workers *workers;
} wn_csv_pass;

/* Collective. Looks at some pieces spread over the files, the first and the last among them, or at all: columns[]
 * become what was seen, with bytes as if all rows had been looked at. Fails: WN_BAD_DATA (as wn_csv_rows_next), WN_IO,
 * WN_NO_MEMORY, WN_STOPPED; agreed. */
WN_MUST_USE wn_status wn_csv_pass_look(const wn_csv_pass *pass, bool at_all, wn_csv_column *columns);

/* Collective. Writes the cells of all rows by a layout that was made of columns[], which then become what was seen in
 * all rows: where the layout that they make is another one, the output is to be made again. Fails: likewise. */
WN_MUST_USE wn_status wn_csv_pass_write(const wn_csv_pass *pass, const wn_csv_output *output, wn_csv_column *columns);

#endif
