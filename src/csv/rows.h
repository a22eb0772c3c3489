/* rows.h - the rows of a piece: what their fields say, and the cells that they become. */
#ifndef WINNOW_CSV_ROWS_H
#define WINNOW_CSV_ROWS_H

#include "cursor.h"
#include "source.h"

/* Made for one thread; rows come in slabs of at most most_rows. */
typedef struct {
    const wn_csv_source *source;
    const wn_csv_layout *layout; /* NULL: no cells are made */
    wn_csv_cursor *cursors;      /* (n_columns) */
    char *cells;                 /* dataset after dataset, most_rows rows each */
    size_t most_rows;
    wn_csv_rules rules; /* `end` is where the piece's rows end */
    /* The piece that is read: */
    const wn_csv_file *file;
    int64_t offset; /* of the window in the file */
    char *text, *line;
} wn_csv_rows;

/* Local. For a layout made of what `columns` showed, or for looking only, both NULL. Sources, layout and columns are
 * borrowed. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_csv_rows_init(wn_csv_rows *rows, const wn_csv_source *source, const wn_csv_layout *layout,
                                       const wn_csv_column *columns);
void wn_csv_rows_clear(wn_csv_rows *rows);

/* Local. Begins with the rows of a piece. Fails: WN_BAD_DATA (a row of more than 64 MiB), WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_csv_rows_begin(wn_csv_rows *rows, size_t piece, wn_csv_window *window);

/* Local. Goes on to the line of the next row, rows->line; false at the end of the piece. */
bool wn_csv_rows_seek(wn_csv_rows *rows);

/* Local. Whether all cells so far fit the layout, so that they are worth writing. */
bool wn_csv_rows_fit(const wn_csv_rows *rows);

/* Local. The next slab: its rows' cells are in rows->cells; *n is 0 at the end of the piece. Fails: WN_BAD_DATA (other
 * numbers of fields than columns, bytes that are not UTF-8), with file and line. */
WN_MUST_USE wn_status wn_csv_rows_next(wn_csv_rows *rows, size_t *n);

/* Local. The cells of a dataset in the slab. */
const char *wn_csv_rows_cells(const wn_csv_rows *rows, size_t dataset);

#endif
