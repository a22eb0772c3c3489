#include "pack.h"

#include "winnow/memory.h"

#include <string.h>

/* Gaps 0 .. 254 end with a one; 255 is 255 zeros and no one. */
enum { LONG_GAP = 255, GAPS = 256 };

/* Orders of a mask. */
enum { ALL_ONES, BY_ROW, BY_COLUMN };

/* The gaps of a mask in one order into symbols (room for n_ones + n / LONG_GAP); returns how many. */
static size_t find_gaps(const unsigned char *mask, size_t n_rows, size_t n_cols, bool by_column, uint16_t *symbols)
{
    size_t n = n_rows * n_cols, n_symbols = 0, gap = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_one = by_column ? mask[i % n_rows * n_cols + i / n_rows] : mask[i];
        if (is_one || gap == LONG_GAP - 1) {
            symbols[n_symbols++] = is_one ? (uint16_t)gap : LONG_GAP;
            gap = 0;
        } else {
            gap++;
        }
    }
    return n_symbols;
}

static wn_status pack_gaps(wn_bytes *out, const unsigned char *mask, size_t n_rows, size_t n_cols, bool by_column,
                           uint16_t *symbols)
{
    wn_status status = WN_OK;
    size_t n = find_gaps(mask, n_rows, n_cols, by_column, symbols);
    TRY(wn_bytes_append(out, &(unsigned char){by_column ? BY_COLUMN : BY_ROW}, 1));
    TRY(wn_pack_count(out, n));
    TRY(wn_huffman_encode(out, symbols, n, GAPS));
done:
    return status;
}

wn_status wn_pack_mask(wn_bytes *out, const unsigned char *mask, size_t n_rows, size_t n_cols)
{
    wn_status status = WN_OK;
    wn_bytes rows = {0}, columns = {0};
    uint16_t *symbols = NULL;
    size_t n = n_rows * n_cols, n_ones = 0;
    for (size_t i = 0; i < n; i++)
        n_ones += mask[i] != 0;
    if (n_ones == n)
        return wn_bytes_append(out, &(unsigned char){ALL_ONES}, 1);
    TRY(wn_new(&symbols, n_ones + n / LONG_GAP));
    TRY(pack_gaps(&rows, mask, n_rows, n_cols, false, symbols));
    TRY(pack_gaps(&columns, mask, n_rows, n_cols, true, symbols));
    const wn_bytes *shorter = columns.n < rows.n ? &columns : &rows;
    TRY(wn_bytes_append(out, shorter->data, shorter->n));
done:
    wn_free(symbols);
    wn_bytes_clear(&columns);
    wn_bytes_clear(&rows);
    return status;
}

/* Sets the ones behind their gaps; false where they lead out of the mask. */
static bool fill_gaps(unsigned char *mask, size_t n_rows, size_t n_cols, bool by_column, const uint16_t *symbols,
                      size_t n_symbols)
{
    size_t n = n_rows * n_cols, at = 0;
    memset(mask, 0, n);
    for (size_t i = 0; i < n_symbols; i++) {
        at += symbols[i];
        if (at > n || (at == n && symbols[i] != LONG_GAP))
            return false;
        if (symbols[i] == LONG_GAP)
            continue;
        mask[by_column ? at % n_rows * n_cols + at / n_rows : at] = 1;
        at++;
    }
    return true;
}

wn_status wn_unpack_mask(wn_cursor *cursor, unsigned char *mask, size_t n_rows, size_t n_cols)
{
    wn_status status = WN_OK;
    uint16_t *symbols = NULL;
    unsigned char order = 0;
    uint64_t n = 0;
    TRY(wn_unpack_raw(cursor, &order, 1));
    if (order == ALL_ONES) {
        memset(mask, 1, n_rows * n_cols);
        goto done;
    }
    if (order > BY_COLUMN)
        TRY(wn_unpack_damaged());
    TRY(wn_unpack_count(cursor, n_rows * n_cols, &n));
    TRY(wn_new(&symbols, n));
    TRY(wn_unpack_symbols(cursor, symbols, n, GAPS));
    if (!fill_gaps(mask, n_rows, n_cols, order == BY_COLUMN, symbols, n))
        TRY(wn_unpack_damaged());
done:
    wn_free(symbols);
    return status;
}
