#include "column.h"

#include "winnow/memory.h"

wn_csv_column wn_csv_column_empty(void)
{
    return (wn_csv_column){.least = INT64_MAX, .greatest = INT64_MIN};
}

static void include(wn_csv_column *column, int64_t least, int64_t greatest)
{
    column->least = least < column->least ? least : column->least;
    column->greatest = greatest > column->greatest ? greatest : column->greatest;
}

void wn_csv_column_add(wn_csv_column *column, const wn_csv_field *field, const wn_csv_value *value)
{
    column->meanings |= value->meaning;
    if (value->meaning == WN_CSV_GAP)
        return;
    if (value->meaning == WN_CSV_INTEGER)
        include(column, (int64_t)value->integer, (int64_t)value->integer);
    column->n_bytes += (int64_t)field->n;
    column->longest = (int64_t)field->n > column->longest ? (int64_t)field->n : column->longest;
}

void wn_csv_column_merge(wn_csv_column *column, const wn_csv_column *other)
{
    column->meanings |= other->meanings;
    include(column, other->least, other->greatest);
    column->n_bytes += other->n_bytes;
    column->longest = other->longest > column->longest ? other->longest : column->longest;
}

/* For each column: the greatest, the complement of the least, the longest, and the meanings one by one. */
enum { N_LARGEST = 3 + WN_CSV_N_MEANINGS };

static void unpack(wn_csv_column *column, const int64_t *largest, int64_t n_bytes)
{
    *column = (wn_csv_column){.greatest = largest[0], .least = ~largest[1], .longest = largest[2], .n_bytes = n_bytes};
    for (int m = 0; m < WN_CSV_N_MEANINGS; m++)
        column->meanings |= largest[3 + m] ? 1U << m : 0;
}

wn_status wn_csv_columns_share(const wn_ranks *ranks, wn_csv_column *columns, size_t n)
{
    int64_t *largest = NULL, *sums = NULL;
    wn_status status = wn_new(&largest, n * N_LARGEST);
    if (status == WN_OK)
        status = wn_new(&sums, n);
    TRY(wn_ranks_agree(ranks, status));
    for (size_t c = 0; c < n; c++) {
        int64_t *to = largest + c * N_LARGEST;
        to[0] = columns[c].greatest;
        to[1] = ~columns[c].least;
        to[2] = columns[c].longest;
        for (int m = 0; m < WN_CSV_N_MEANINGS; m++)
            to[3 + m] = (columns[c].meanings >> m) & 1;
        sums[c] = columns[c].n_bytes;
    }
    TRY(wn_ranks_max(ranks, largest, n * N_LARGEST));
    TRY(wn_ranks_sum(ranks, sums, n));
    for (size_t c = 0; c < n; c++)
        unpack(&columns[c], largest + c * N_LARGEST, sums[c]);
done:
    wn_free(largest);
    wn_free(sums);
    return status;
}

bool wn_csv_column_is_text(const wn_csv_column *column)
{
    const unsigned numbers = WN_CSV_INTEGER | WN_CSV_BIG | WN_CSV_HUGE | WN_CSV_REAL;
    unsigned m = column->meanings;
    bool is_mixed = (m & WN_CSV_BOOL) && (m & numbers);
    bool has_digits = (m & WN_CSV_HUGE) || ((m & WN_CSV_BIG) && column->least < 0);
    return (m & WN_CSV_TEXT) || is_mixed || (has_digits && !(m & WN_CSV_REAL));
}

static wn_store_type integer_type(const wn_csv_column *column)
{
    static const struct {
        wn_store_type type;
        int64_t least, greatest;
    } types[] = {{WN_STORE_INT8, INT8_MIN, INT8_MAX},
                 {WN_STORE_UINT8, 0, UINT8_MAX},
                 {WN_STORE_INT16, INT16_MIN, INT16_MAX},
                 {WN_STORE_INT32, INT32_MIN, INT32_MAX}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (column->least >= types[i].least && column->greatest <= types[i].greatest)
            return types[i].type;
    }
    return WN_STORE_INT64;
}

wn_store_type wn_csv_column_type(const wn_csv_column *column)
{
    unsigned m = column->meanings;
    if ((m & (WN_CSV_GAP | WN_CSV_REAL)) != 0 || m == 0)
        return WN_STORE_FLOAT64;
    if (m & WN_CSV_BOOL)
        return WN_STORE_BOOL;
    return m & WN_CSV_BIG ? WN_STORE_UINT64 : integer_type(column);
}

bool wn_csv_column_loses_digits(const wn_csv_column *column, wn_store_type type)
{
    const int64_t exact = 1LL << 53;
    unsigned m = column->meanings;
    bool is_long = (m & WN_CSV_BIG) || ((m & WN_CSV_INTEGER) && (column->greatest > exact || column->least < -exact));
    return is_long && !(m & WN_CSV_REAL) && !wn_csv_column_is_text(column) && type == WN_STORE_FLOAT64;
}
