/* The split by a column's value: all rows of one machine, user or patient lie on one side. */
#include "winnow/rows.h"

#include "winnow/agreement.h"
#include "winnow/hash.h"
#include "winnow/memory.h"
#include "winnow/random.h"
#include "winnow/stop.h"

#include <math.h>

/* The first block of a catalog that reaches beyond a row. */
static int64_t block_of(const wn_catalog *catalog, int64_t row)
{
    int64_t low = 0, high = catalog->n_blocks;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        wn_block_extent extent = wn_catalog_block(catalog, middle);
        if (extent.first_row + (int64_t)extent.n_rows <= row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What is drawn for: all that is equal draws alike. Numbers are known by their value, -0 is 0. */
static uint64_t group_of(double value, uint64_t seed)
{
    value += 0.0;
    return wn_hash_bytes(&value, sizeof value, seed).low;
}

/* values: of the rows of one block of the groups' catalog, some of which may be other ranks'. */
static void side_block(wn_rows *rows, wn_block_extent extent, const wn_split *split, const double *values)
{
    for (size_t i = 0; i < extent.n_rows; i++) {
        int64_t at = extent.first_row + (int64_t)i - rows->first_row;
        if (at < 0 || at >= (int64_t)rows->n_rows || isnan(values[i]))
            continue;
        unsigned char *status = &rows->status[at];
        if (*status == WN_ROW_NO_LABEL)
            continue;
        double u = wn_random_uniform((wn_random){split->seed, WN_RANDOM_SPLIT, group_of(values[i], split->seed)}, 0);
        *status = (unsigned char)wn_split_side(split, u);
    }
}

/* Ends early on a stop request, or where another rank tells of a fault. */
static wn_status side_rows(wn_rows *rows, const wn_catalog *groups, wn_reader *reader, const wn_split *split,
                           wn_agreement *agreement)
{
    wn_status status = WN_OK;
    double *values = NULL;
    int64_t last_row = rows->first_row + (int64_t)rows->n_rows;
    TRY(wn_new(&values, wn_reader_block_capacity(reader)));
    for (int64_t index = block_of(groups, rows->first_row);
         rows->n_rows > 0 && index < groups->n_blocks && !wn_agreement_poll(agreement); index++) {
        wn_block_extent extent = wn_catalog_block(groups, index);
        if (extent.first_row >= last_row)
            break;
        if (wn_stop_requested())
            TRY(wn_stop_fail("rows"));
        TRY(wn_reader_read_labels(reader, index, values));
        side_block(rows, extent, split, values);
    }
done:
    wn_free(values);
    return status;
}

wn_status wn_rows_split_by(wn_rows *rows, const wn_ranks *ranks, const wn_catalog *groups, wn_reader *reader,
                           const wn_split *split)
{
    wn_status status = WN_OK;
    wn_agreement agreement;
    int64_t n_own = rows->catalog->n_rows - rows->catalog->n_test_rows;
    if (groups->n_rows != n_own)
        return wn_fail(WN_BAD_DATA, "input.split.by: its column has %lld rows, the files have %lld",
                       (long long)groups->n_rows, (long long)n_own);
    TRY(wn_agreement_begin(&agreement, ranks));
    TRY(wn_agreement_finish(&agreement, side_rows(rows, groups, reader, split, &agreement)));
done:
    return status;
}
