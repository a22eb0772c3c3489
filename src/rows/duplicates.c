/* Exact repeats: rows of `files` that equal an earlier one of `files`, and test rows that equal a training row. */
#include "winnow/long_integers.h"
#include "winnow/memory.h"
#include "winnow/row_hashes.h"
#include "winnow/rows.h"

/* The rows that are compared: all with a label; where all stay, only those that learn or test, for no row of another
 * side is dropped by them. */
typedef struct {
    const wn_rows *rows;
    bool stay;
} sides;

static wn_status sides_apply(void *context, wn_block *block)
{
    const sides *compare = context;
    const wn_rows *rows = compare->rows;
    wn_status status = WN_OK;
    unsigned char *keep = NULL;
    TRY(wn_new(&keep, block->n_rows));
    for (size_t i = 0; i < block->n_rows; i++) {
        unsigned char side = rows->status[block->rows[i] - rows->first_row];
        keep[i] = side != WN_ROW_NO_LABEL && !(compare->stay && side == WN_ROW_VALIDATION);
    }
    wn_block_compact(block, keep);
done:
    wn_free(keep);
    return status;
}

/* Whose rows are compared, and in what. */
typedef struct {
    const wn_catalog *catalog;
    const wn_identity *identity; /* NULL: all columns and the label */
} compared;

static const char REPEATS[] = "to tell repeats by them";

static bool is_compared(const wn_identity *identity, size_t column)
{
    bool is = identity == NULL;
    for (size_t i = 0; !is && i < identity->n_columns; i++)
        is = identity->columns[i] == column;
    return is;
}

/* Cells that stand for several integers cannot tell that rows are equal. (Where all stay, leaks are counted by cells.)
 */
static wn_status check_cells(void *context, wn_block *block)
{
    const compared *what = context;
    wn_status status = WN_OK;
    const wn_column *columns = what->catalog->columns;
    wn_cells cells = wn_block_view(block);
    if (cells.is_float32) /* no column has long integers */
        return WN_OK;
    for (size_t c = 0; c < what->catalog->n_cells; c++)
        if (columns[c].is_long && is_compared(what->identity, c))
            TRY(wn_long_integers_check(what->catalog, &columns[c], (const double *)cells.data + columns[c].place,
                                       block->n_cols, block->rows, block->n_rows, REPEATS));
    if (what->catalog->has_label && (what->identity == NULL || what->identity->has_label))
        TRY(wn_long_integers_check(what->catalog, &what->catalog->label, block->labels, 1, block->rows, block->n_rows,
                                   REPEATS));
done:
    return status;
}

static void drop(void *context, int64_t row)
{
    *wn_rows_status(context, row) = WN_ROW_DUPLICATE;
}

/* Of rows of `files` that are equal the first stays: tests that equal it have leaked where it is one to learn from. */
static bool is_learnt(void *context, int64_t row)
{
    return *wn_rows_status(context, row) == WN_ROW_TRAIN;
}

static void leave(void *context, int64_t row)
{
    (void)context;
    (void)row;
}

wn_status wn_rows_drop_duplicates(wn_rows *rows, const wn_pass *pass, const wn_duplicates_options *options,
                                  int64_t *leaked, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_row_hashes *hashes = NULL;
    int64_t n_leaked = 0;
    int64_t most[] = {(int64_t)rows->n_rows, -(int64_t)options->budget};
    const wn_identity *identity = options->identity;
    TRY(wn_ranks_max(pass->ranks, most, 2));
    const wn_row_hashes_options hashing = {.n_cols = rows->catalog->n_cells,
                                           .n_texts = rows->catalog->n_texts,
                                           .seed = options->seed,
                                           .columns = identity ? identity->columns : NULL,
                                           .n_chosen = identity ? identity->n_columns : 0,
                                           .has_label = identity && identity->has_label,
                                           .n_originals = rows->catalog->n_rows - rows->catalog->n_test_rows,
                                           .most_rows = (size_t)most[0],
                                           .budget = (size_t)-most[1],
                                           .directory = options->directory,
                                           .take = options->stay ? leave : drop,
                                           .leaks = is_learnt,
                                           .context = rows};
    TRY(wn_ranks_agree(pass->ranks, wn_row_hashes_new(&hashes, &hashing)));
    compared what = {rows->catalog, identity};
    sides compare = {rows, options->stay};
    wn_block_step steps[] = {{sides_apply, &compare, true}, {check_cells, &what, true}};
    wn_accumulator accumulator = wn_row_hashes_accumulator(hashes);
    TRY(wn_pass_run(pass, steps, options->stay ? 1 : 2, &accumulator, 1, cost));
    TRY(wn_row_hashes_finish(pass->ranks, hashes, &n_leaked));
    TRY(wn_ranks_sum(pass->ranks, &n_leaked, 1));
    *leaked = n_leaked;
done:
    wn_row_hashes_free(hashes);
    return status;
}
