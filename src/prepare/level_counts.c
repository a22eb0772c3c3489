#include "level_counts.h"

#include "one_hot.h"

#include "winnow/levels.h"
#include "winnow/memory.h"

#include <math.h>

typedef struct {
    size_t column;
    bool is_text;
    size_t position;
    wn_tally *tally; /* NULL: only gaps are counted */
} counted_column;

struct wn_level_counts {
    size_t n;
    counted_column *columns;
    int64_t *gaps; /* (n, 2) valid cells, missing ones */
};

static bool is_counted(const wn_recipe_column *column)
{
    return column->is_text || (column->kind == WN_COLUMN_CATEGORICAL && column->levels > 0);
}

wn_status wn_level_counts_new(wn_level_counts **counts, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_level_counts *made = NULL;
    size_t n = 0;
    for (size_t i = 0; i < recipe->n_columns; i++)
        n += is_counted(&recipe->columns[i]);
    *counts = NULL;
    if (n == 0)
        return WN_OK;
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->columns, n));
    TRY(wn_new(&made->gaps, 2 * n));
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        if (!is_counted(column))
            continue;
        counted_column *counted = &made->columns[made->n++];
        *counted = (counted_column){i, column->is_text, column->position, NULL};
        if (column->kind == WN_COLUMN_CATEGORICAL && column->levels > 0)
            TRY(wn_tally_new(&counted->tally));
    }
    *counts = made;
    made = NULL;
done:
    wn_level_counts_free(made);
    return status;
}

void wn_level_counts_free(wn_level_counts *counts)
{
    if (counts == NULL)
        return;
    for (size_t i = 0; i < counts->n; i++)
        wn_tally_free(counts->columns[i].tally);
    wn_free(counts->columns);
    wn_free(counts->gaps);
    wn_free(counts);
}

static wn_status add_level(wn_tally *tally, wn_text text)
{
    wn_tally_begin_row(tally);
    return wn_tally_add(tally, text, wn_hash_bytes(text.data, text.n_bytes, 0));
}

static wn_status add_column(const counted_column *counted, int64_t gaps[2], const wn_block *block)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < block->n_rows; i++) {
        wn_level_bytes number = {{0}};
        wn_text text = {number.bytes, 0};
        if (counted->is_text) {
            text = block->texts[i * block->n_texts + counted->position];
        } else if (!isnan(block->cells[i * block->n_cols + counted->position])) {
            number = wn_level_number(block->cells[i * block->n_cols + counted->position]);
            text.n_bytes = sizeof number.bytes;
        }
        gaps[text.n_bytes == 0]++;
        if (text.n_bytes > 0 && counted->tally != NULL)
            TRY(add_level(counted->tally, text));
    }
done:
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    wn_level_counts *counts = state;
    wn_status status = WN_OK;
    for (size_t i = 0; i < counts->n && status == WN_OK; i++)
        status = add_column(&counts->columns[i], counts->gaps + 2 * i, block);
    return status;
}

static wn_span sums(void *state)
{
    wn_level_counts *counts = state;
    return (wn_span){counts->gaps, 2 * counts->n};
}

static wn_span no_keys(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_level_counts_accumulator(wn_level_counts *counts)
{
    static const wn_accumulator_ops ops = {"levels", add, sums, no_keys, false};
    return (wn_accumulator){&ops, counts};
}

void wn_level_counts_describe(const wn_level_counts *counts, wn_recipe *recipe)
{
    for (size_t i = 0; counts != NULL && i < counts->n; i++) {
        wn_recipe_column *column = &recipe->columns[counts->columns[i].column];
        if (!column->is_text)
            continue;
        column->count = counts->gaps[2 * i];
        column->missing = counts->gaps[2 * i + 1];
    }
}

static wn_status fit_column(const wn_ranks *ranks, const counted_column *counted, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_tally_sum levels = {0};
    TRY(wn_tally_sum_ranks(ranks, counted->tally, recipe->columns[counted->column].levels, 1, &levels));
    TRY(wn_ranks_agree(ranks, wn_one_hot_fit(recipe, counted->column, &levels)));
done:
    wn_tally_sum_clear(&levels);
    return status;
}

wn_status wn_level_counts_fit(const wn_ranks *ranks, const wn_level_counts *counts, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    for (size_t i = 0; counts != NULL && i < counts->n && status == WN_OK; i++)
        if (counts->columns[i].tally != NULL)
            status = fit_column(ranks, &counts->columns[i], recipe);
    return status;
}
