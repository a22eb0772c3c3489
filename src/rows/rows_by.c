/* The split by a column's value: all rows of one machine, user or patient lie on one side. */
#include "winnow/rows.h"

#include "winnow/agreement.h"
#include "winnow/hash.h"
#include "winnow/label_words.h"
#include "winnow/long_integers.h"
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

/* A value of the column that rows are drawn by. */
typedef struct {
    bool is_missing;
    uint64_t group; /* all that is equal draws alike */
} group_value;

/* Numbers are known by their value, -0 is 0. */
static group_value group_of_number(double value, uint64_t seed)
{
    value += 0.0;
    return (group_value){isnan(value), wn_hash_bytes(&value, sizeof value, seed).low};
}

static group_value group_of_text(wn_text text, uint64_t seed)
{
    return (group_value){text.n_bytes == 0, wn_hash_bytes(text.data, text.n_bytes, seed).low};
}

/* The values of a block (n_rows), and what they are read into. */
typedef struct {
    group_value *values;
    double *numbers;
    wn_text *texts; /* of strings; else NULL */
    wn_text_store store;
} group_block;

static wn_status read_block(group_block *block, const wn_catalog *groups, wn_reader *reader, int64_t index,
                            uint64_t seed)
{
    wn_status status = WN_OK;
    wn_block_extent extent = wn_catalog_block(groups, index);
    size_t n_rows = extent.n_rows;
    wn_text_store_clear(&block->store);
    if (block->texts != NULL)
        TRY(wn_reader_read_label_texts(reader, index, &block->store, block->texts));
    else
        TRY(wn_reader_read_labels(reader, index, block->numbers));
    for (size_t i = 0; i < n_rows && block->texts == NULL && groups->label.is_long; i++) {
        int64_t row = extent.first_row + (int64_t)i;
        TRY(wn_long_integers_check(groups, &groups->label, block->numbers + i, 1, &row, 1, "input.split.by such"));
    }
    for (size_t i = 0; i < n_rows; i++)
        block->values[i] =
            block->texts != NULL ? group_of_text(block->texts[i], seed) : group_of_number(block->numbers[i], seed);
done:
    return status;
}

/* values: of the rows of one block of the groups' catalog, some of which may be other ranks'. */
static void side_block(wn_rows *rows, wn_block_extent extent, const wn_split *split, const group_value *values)
{
    for (size_t i = 0; i < extent.n_rows; i++) {
        int64_t at = extent.first_row + (int64_t)i - rows->first_row;
        if (at < 0 || at >= (int64_t)rows->n_rows || values[i].is_missing)
            continue;
        unsigned char *status = &rows->status[at];
        if (*status == WN_ROW_NO_LABEL)
            continue;
        double u = wn_random_uniform((wn_random){split->seed, WN_RANDOM_SPLIT, values[i].group}, 0);
        *status = (unsigned char)wn_split_side(split, u);
    }
}

/* Ends early on a stop request, or where another rank tells of a fault. */
static wn_status side_rows(wn_rows *rows, const wn_catalog *groups, wn_reader *reader, const wn_split *split,
                           wn_agreement *agreement)
{
    wn_status status = WN_OK;
    group_block block = {0};
    size_t capacity = wn_reader_block_capacity(reader);
    int64_t last_row = rows->first_row + (int64_t)rows->n_rows;
    TRY(wn_new(&block.values, capacity));
    if (wn_label_is_text(groups))
        TRY(wn_new(&block.texts, capacity));
    else
        TRY(wn_new(&block.numbers, capacity));
    for (int64_t index = block_of(groups, rows->first_row);
         rows->n_rows > 0 && index < groups->n_blocks && !wn_agreement_poll(agreement); index++) {
        wn_block_extent extent = wn_catalog_block(groups, index);
        if (extent.first_row >= last_row)
            break;
        if (wn_stop_requested())
            TRY(wn_stop_fail("rows"));
        TRY(read_block(&block, groups, reader, index, split->seed));
        side_block(rows, extent, split, block.values);
    }
done:
    wn_text_store_clear(&block.store);
    wn_free(block.texts);
    wn_free(block.numbers);
    wn_free(block.values);
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
