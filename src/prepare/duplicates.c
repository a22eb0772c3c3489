/* Exact repeats: rows of `files` that equal an earlier one of `files`, and test rows that equal any of them. */
#include "winnow/memory.h"
#include "winnow/row_hashes.h"
#include "winnow/rows.h"

/* Rows that have a label stay in the block. */
static wn_status labelled_apply(void *context, wn_block *block)
{
    const wn_rows *rows = context;
    wn_status status = WN_OK;
    unsigned char *keep = NULL;
    TRY(wn_new(&keep, block->n_rows));
    for (size_t i = 0; i < block->n_rows; i++)
        keep[i] = rows->status[block->rows[i] - rows->first_row] != WN_ROW_NO_LABEL;
    wn_block_compact(block, keep);
done:
    wn_free(keep);
    return status;
}

/* Repeats of `files` are dropped; those among test rows are counted. */
static int64_t mark_repeats(wn_rows *rows, int64_t first_test_row, const int64_t *repeats, size_t n_repeats)
{
    int64_t leaked = 0;
    for (size_t i = 0; i < n_repeats; i++) {
        if (repeats[i] >= first_test_row)
            leaked++;
        else
            *wn_rows_status(rows, repeats[i]) = WN_ROW_DUPLICATE;
    }
    return leaked;
}

wn_status wn_rows_drop_duplicates(wn_rows *rows, const wn_pass *pass, uint64_t seed, int64_t *leaked,
                                  wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_row_hashes *hashes = NULL;
    int64_t *repeats = NULL, n_leaked = 0;
    size_t n_repeats = 0;
    int64_t first_test_row = rows->catalog->n_rows - rows->catalog->n_test_rows;
    TRY(wn_ranks_agree(pass->ranks, wn_row_hashes_new(&hashes, rows->catalog->n_cells, seed)));
    wn_block_step step = {labelled_apply, rows, true};
    wn_accumulator accumulator = wn_row_hashes_accumulator(hashes);
    TRY(wn_pass_run(pass, &step, 1, &accumulator, 1, cost));
    TRY(wn_row_hashes_repeats(pass->ranks, hashes, first_test_row, &repeats, &n_repeats));
    n_leaked = mark_repeats(rows, first_test_row, repeats, n_repeats);
    TRY(wn_ranks_sum(pass->ranks, &n_leaked, 1));
    *leaked = n_leaked;
done:
    wn_free(repeats);
    wn_row_hashes_free(hashes);
    return status;
}
