#include "chosen_rows.h"

#include "encoder.h"
#include "entries.h"
#include "extracted.h"

#include "winnow/memory.h"

#include <string.h>

struct wn_chosen_rows {
    const wn_recipe *recipe; /* borrowed */
    size_t n_cells;          /* of a row of the block */
    wn_extracted run;        /* all features of a tile; places are those among the chosen */
    wn_wide_columns wide;    /* the block's, where it is wide */
    size_t *cell;            /* (run.wide.n_dense) where a dense feature goes; SIZE_MAX: not chosen */
    wn_entry *sorted;        /* (n chosen) in a wide block */
};

/* The ith dense column of a wide block is that of a chosen feature. */
static void find_cells(wn_chosen_rows *chosen)
{
    size_t n_dense = chosen->run.wide.n_dense;
    for (size_t d = 0; d < n_dense; d++)
        chosen->cell[d] = chosen->run.place[chosen->run.wide.dense[d]];
    if (chosen->wide.n_parts == 0)
        return;
    for (size_t d = 0; d < n_dense; d++)
        if (chosen->cell[d] != SIZE_MAX)
            chosen->cell[d] = wn_wide_columns_dense(&chosen->wide, chosen->cell[d]);
}

wn_status wn_chosen_rows_new(wn_chosen_rows **chosen, const wn_recipe *recipe, const wn_feature_choice *choice)
{
    wn_status status = WN_OK;
    wn_chosen_rows *made = NULL;
    TRY(wn_new(&made, 1));
    *made = (wn_chosen_rows){.recipe = recipe, .n_cells = choice->n};
    TRY(wn_extracted_init(&made->run, recipe, choice->features, choice->n));
    TRY(wn_new(&made->cell, made->run.wide.n_dense));
    if (choice->wide != NULL) {
        made->n_cells = choice->wide->n_dense;
        TRY(wn_wide_columns_like(&made->wide, choice->wide));
        TRY(wn_new(&made->sorted, choice->n));
    }
    find_cells(made);
    *chosen = made;
    made = NULL;
done:
    wn_chosen_rows_free(made);
    return status;
}

void wn_chosen_rows_free(wn_chosen_rows *chosen)
{
    if (chosen == NULL)
        return;
    wn_free(chosen->sorted);
    wn_free(chosen->cell);
    wn_wide_columns_clear(&chosen->wide);
    wn_extracted_clear(&chosen->run);
    wn_free(chosen);
}

static void take_cells(const wn_chosen_rows *chosen, size_t n_rows, double *to)
{
    size_t n_dense = chosen->run.wide.n_dense;
    for (size_t i = 0; i < n_rows; i++)
        for (size_t d = 0; d < n_dense; d++)
            if (chosen->cell[d] != SIZE_MAX)
                to[i * chosen->n_cells + chosen->cell[d]] = chosen->run.dense[i * n_dense + d];
}

static void lay_out_entries(const wn_chosen_rows *chosen, size_t n_rows, double *to)
{
    for (size_t p = 0; p < chosen->run.wide.n_parts; p++) {
        const wn_sparse_part *part = &chosen->run.wide.parts[p];
        const size_t *place = chosen->run.place + part->first;
        for (size_t i = 0; i < n_rows; i++)
            for (size_t k = part->rows.start[i]; k < part->rows.start[i + 1]; k++)
                if (place[part->rows.column[k]] != SIZE_MAX)
                    to[i * chosen->n_cells + place[part->rows.column[k]]] = part->rows.value[k];
    }
}

/* Those of a part that are chosen, behind the n there are of a row. Returns how many there are then. */
static size_t put_entries(const wn_chosen_rows *chosen, const wn_sparse_part *part, size_t row, size_t n,
                          wn_sparse_rows *to)
{
    const size_t *place = chosen->run.place + part->first;
    for (size_t k = part->rows.start[row]; k < part->rows.start[row + 1]; k++) {
        if (place[part->rows.column[k]] == SIZE_MAX)
            continue;
        to->column[to->n_entries + n] = (uint32_t)place[part->rows.column[k]];
        to->value[to->n_entries + n++] = part->rows.value[k];
    }
    return n;
}

static wn_status append_entries(wn_chosen_rows *chosen, size_t n_rows)
{
    wn_status status = WN_OK;
    const wn_wide_columns *from = &chosen->run.wide;
    wn_sparse_rows *to = &chosen->wide.parts[0].rows;
    size_t n_entries = 0;
    for (size_t p = 0; p < from->n_parts; p++)
        n_entries += from->parts[p].rows.n_entries;
    TRY(wn_sparse_rows_reserve_rows(to, n_rows, n_entries));
    for (size_t i = 0; i < n_rows; i++) {
        size_t n = 0;
        for (size_t p = 0; p < from->n_parts; p++)
            n = put_entries(chosen, &from->parts[p], i, n, to);
        wn_entries_sort(to->column + to->n_entries, to->value + to->n_entries, n, chosen->sorted);
        wn_sparse_rows_end(to, n);
    }
done:
    return status;
}

wn_status wn_chosen_rows_take(wn_chosen_rows *chosen, const wn_block *block, wn_block *to)
{
    wn_status status = WN_OK;
    bool is_wide = chosen->wide.n_parts > 0;
    to->wide = is_wide ? &chosen->wide : NULL;
    wn_wide_columns_empty(&chosen->wide);
    if (!is_wide)
        memset(to->cells, 0, block->n_rows * chosen->n_cells * sizeof *to->cells);
    for (size_t first = 0; first < block->n_rows; first += WN_TILE_ROWS) {
        size_t n = block->n_rows - first < WN_TILE_ROWS ? block->n_rows - first : WN_TILE_ROWS;
        double *cells = to->cells + first * chosen->n_cells;
        wn_raw_rows rows = wn_raw_rows_of(block, first, n);
        rows.learnt = block->rows + first;
        TRY(wn_recipe_extract_wide(chosen->recipe, &rows, chosen->run.dense, &chosen->run.wide));
        take_cells(chosen, n, cells);
        if (is_wide)
            TRY(append_entries(chosen, n));
        else
            lay_out_entries(chosen, n, cells);
    }
done:
    return status;
}
