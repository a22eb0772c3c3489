#include "winnow/long_integers.h"

#define WHAT "%.17g or so, an integer beyond 2^53, of which several are one cell: %s is not built yet"

wn_status wn_long_integer_refuse(const char *column, double cell, const char *use)
{
    return wn_fail(WN_UNAVAILABLE, "column %s: " WHAT, column, cell, use);
}

static wn_status refuse_at(const wn_catalog *catalog, const char *column, int64_t row, double cell, const char *use)
{
    const wn_file *file = wn_catalog_file_of(catalog, row);
    return wn_fail(WN_UNAVAILABLE, "%s: column %s, row %lld: " WHAT, file->path, column,
                   (long long)(row - file->first_row), cell, use);
}

wn_status wn_long_integers_check(const wn_catalog *catalog, const wn_column *column, const double *cells, size_t stride,
                                 const int64_t *rows, size_t n, const char *use)
{
    for (size_t i = 0; column->is_long && i < n; i++)
        if (wn_long_integer_is_shared(true, cells[i * stride]))
            return refuse_at(catalog, column->name, rows[i], cells[i * stride], use);
    return WN_OK;
}
