/* made_table.h - the tables of fixtures.py, cataloged and opened, and what their cells must be. */
#ifndef WINNOW_MADE_TABLE_H
#define WINNOW_MADE_TABLE_H

#include "winnow/pass.h"

enum { MADE_COLUMNS = 3, LONG_ROWS = 370008, FEW_ROWS = 4 };

typedef struct {
    wn_catalog *catalog;
    wn_reader *reader;
    wn_pass pass; /* over this rank's blocks */
} made_table;

/* Collective. Writes the files, once a program; false (and a failed assertion) where that cannot be done. */
bool made_files(void);

/* Collective over `ranks`, which are borrowed. Opens the files that match; the blocks are dealt over the ranks. */
bool made_open(made_table *table, const wn_ranks *ranks, const char *pattern);
void made_close(made_table *table);

/* NaN where missing. */
double made_cell(int64_t row, size_t column);
double made_label(int64_t row);

/* Collective. Whether all ranks have the same value. */
bool is_same_everywhere(int64_t value);

#endif
