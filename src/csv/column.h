/* column.h - what all fields of a column say together, and how its cells are then stored. */
#ifndef WINNOW_CSV_COLUMN_H
#define WINNOW_CSV_COLUMN_H

#include "cell.h"
#include "winnow/ranks.h"
#include "winnow/table_writer.h"

typedef struct {
    unsigned meanings;        /* wn_csv_meaning, together */
    int64_t least, greatest;  /* of INTEGER; greatest < least where there is none */
    int64_t longest, n_bytes; /* of fields without quotes, in bytes: the longest, and all; gaps count nothing */
} wn_csv_column;

/* Local. A column of which nothing was seen. */
wn_csv_column wn_csv_column_empty(void);

/* Local. Adds a field and what it says. */
void wn_csv_column_add(wn_csv_column *column, const wn_csv_field *field, const wn_csv_value *value);

/* Local. Adds what another run of rows showed. */
void wn_csv_column_merge(wn_csv_column *column, const wn_csv_column *other);

/* Collective. columns[n] of all ranks together. Fails: as wn_ranks_sum; WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_csv_columns_share(const wn_ranks *ranks, wn_csv_column *columns, size_t n);

/* Local. Whether the cells can only be stored as texts. */
bool wn_csv_column_is_text(const wn_csv_column *column);

/* Local. The narrowest type of numbers that holds a column that is not text: booleans; integers where there is no gap;
 * else float64. */
wn_store_type wn_csv_column_type(const wn_csv_column *column);

/* Local. Whether a column of whole numbers loses digits when it is stored as `type`, that of its dataset: of float64,
 * because of gaps or of other columns in the dataset. Fractions in a column say that it holds no exact numbers. */
bool wn_csv_column_loses_digits(const wn_csv_column *column, wn_store_type type);

#endif
