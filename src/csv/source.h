/* source.h - comma-separated files as one run of pieces of equal size: byte ranges that threads and ranks take
 * without knowing of each other. A piece's rows are those that begin in it. How pieces are cut changes no result. */
#ifndef WINNOW_CSV_SOURCE_H
#define WINNOW_CSV_SOURCE_H

#include "line.h"
#include "winnow/status.h"

#include <stdint.h>

typedef struct {
    const char *path; /* as messages name it; borrowed */
    int descriptor;
    int64_t n_bytes, mtime;
    int64_t first; /* where the rows begin, behind byte order mark and header */
} wn_csv_file;

typedef struct {
    size_t file;
    int64_t first, last; /* bytes */
    wn_csv_state state;  /* before its first byte; this and what follows is known after the scan */
    int64_t n_rows, first_row;
} wn_csv_piece;

typedef struct {
    wn_csv_file *files;
    size_t n_files;
    wn_csv_piece *pieces;
    size_t n_pieces;
    char delimiter;
    size_t n_columns;
    int64_t n_rows; /* known after the scan */
} wn_csv_source;

/* Bytes of a file in memory: text[-1] is what lies before them (a newline before the first row), and behind `end` 64
 * zero bytes follow. Reused from piece to piece. */
typedef struct {
    char *bytes;
    size_t n_bytes;
    char *text, *end;
    bool is_last; /* the file ends at `end` */
} wn_csv_window;

enum { WN_CSV_SLACK = 64, WN_CSV_TAIL = 4096 };

/* Local. Opens one; `plain`, where it is not NULL, instead of path. What is no regular file is not waited for. The
 * caller closes its descriptor, which is negative where there is none. Fails: as wn_csv_source_open. */
WN_MUST_USE wn_status wn_csv_file_open(wn_csv_file *file, const char *path, const char *plain);

/* Local. Opens files to be read; plain[i], where it is not NULL, instead of paths[i]. Fails: WN_NO_INPUT, WN_BAD_DATA
 * (not a regular file), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_csv_source_open(wn_csv_source *source, const char *const *paths, char *const *plain, size_t n);
void wn_csv_source_close(wn_csv_source *source);

/* Local. Cuts what lies behind each file's `first` into pieces. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_csv_source_cut(wn_csv_source *source);

/* Local. Bytes [first, last) of a file, or as many as there are. Fails: WN_IO (also a file that has become shorter),
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_csv_window_read(wn_csv_window *window, const wn_csv_file *file, int64_t first, int64_t last);
void wn_csv_window_clear(wn_csv_window *window);

/* Local. Whether no file was touched since it was opened. Fails: WN_IO, naming it. */
WN_MUST_USE wn_status wn_csv_source_check(const wn_csv_source *source);

/* Local. The number of the line, from 1, that holds byte `at` of a file; 0 where it cannot be read. */
int64_t wn_csv_line_number(const wn_csv_file *file, int64_t at);

/* Local. For tests: the size of pieces in bytes; 0 for the default. */
void wn_csv_piece_bytes(size_t n);

#endif
