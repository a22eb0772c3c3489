#include "winnow/feature_pass.h"

#include "chosen_rows.h"
#include "clean.h"
#include "extracted.h"
#include "forwarding.h"

#include "winnow/memory.h"

#include <string.h>

/* The chosen features of the block that was stepped last. */
typedef struct {
    const wn_feature_choice *choice; /* borrowed */
    wn_chosen_rows *rows;            /* NULL in a table of numbers */
    wn_block *block;                 /* NULL where the cells are the chosen features already */
    wn_forwarding *forwardings;
    wn_accumulator *seen;
} chosen_features;

static bool is_identity(const wn_recipe *recipe, const wn_feature_choice *choice)
{
    if (!wn_recipe_is_plain(recipe) || choice->n != recipe->n_features)
        return false;
    for (size_t i = 0; i < choice->n; i++)
        if (choice->features[i] != i)
            return false;
    return true;
}

static wn_status open_choice(chosen_features *chosen, const wn_recipe *recipe, size_t capacity)
{
    wn_status status = WN_OK;
    const wn_feature_choice *choice = chosen->choice;
    if (is_identity(recipe, choice))
        return WN_OK;
    TRY(wn_block_new(&chosen->block, capacity, choice->wide != NULL ? choice->wide->n_dense : choice->n, false));
    if (!wn_recipe_is_plain(recipe))
        TRY(wn_chosen_rows_new(&chosen->rows, recipe, choice));
done:
    return status;
}

static void close_choice(chosen_features *chosen)
{
    wn_free(chosen->seen);
    wn_free(chosen->forwardings);
    wn_chosen_rows_free(chosen->rows);
    wn_block_free(chosen->block);
}

static void gather(const wn_feature_choice *choice, const wn_block *from, wn_block *to)
{
    for (size_t i = 0; i < from->n_rows; i++)
        for (size_t k = 0; k < choice->n; k++)
            to->cells[i * choice->n + k] = from->cells[i * from->n_cols + choice->features[k]];
}

static wn_status choose(void *context, wn_block *block)
{
    chosen_features *chosen = context;
    wn_block *to = chosen->block;
    to->index = block->index;
    to->file = block->file;
    to->n_rows = block->n_rows;
    memcpy(to->labels, block->labels, block->n_rows * sizeof *to->labels);
    memcpy(to->rows, block->rows, block->n_rows * sizeof *to->rows);
    if (chosen->rows != NULL)
        return wn_chosen_rows_take(chosen->rows, block, to);
    gather(chosen->choice, block, to);
    return WN_OK;
}

/* What the pass adds to. */
static wn_status forward(chosen_features *chosen, const wn_accumulator *accumulators, size_t n)
{
    wn_status status = WN_OK;
    TRY(wn_new(&chosen->forwardings, n));
    TRY(wn_new(&chosen->seen, n));
    for (size_t i = 0; i < n; i++) {
        chosen->forwardings[i] = (wn_forwarding){chosen->block, accumulators[i]};
        chosen->seen[i] = chosen->block != NULL ? wn_forwarding_accumulator(&chosen->forwardings[i]) : accumulators[i];
    }
done:
    return status;
}

wn_status wn_feature_pass_columns(const wn_recipe *recipe, const size_t *features, size_t n, wn_wide_columns *wide)
{
    wn_status status = WN_OK;
    size_t n_dense = 0, d = 0;
    for (size_t i = 0; i < n; i++)
        n_dense += wn_recipe_is_plain(recipe) || !wn_recipe_feature_is_sparse(recipe, features[i]);
    *wide = (wn_wide_columns){.n_cols = n};
    if (n_dense == n)
        return WN_OK;
    TRY(wn_wide_columns_init(wide, n, n_dense, 1));
    wide->parts[0].n_cols = n;
    for (size_t i = 0; i < n; i++)
        if (!wn_recipe_feature_is_sparse(recipe, features[i]))
            wide->dense[d++] = i;
done:
    return status;
}

wn_status wn_feature_pass_run(const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                              const wn_feature_choice *choice, const wn_accumulator *accumulators,
                              size_t n_accumulators, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_cleaner cleaner = {0};
    chosen_features chosen = {.choice = choice};
    wn_block_step steps[3] = {wn_rows_step(rows, WN_ROW_TRAIN)};
    status = wn_cleaner_init(&cleaner, recipe, rows, wn_recipe_is_plain(recipe));
    cleaner.drops = false; /* the rows know what was dropped */
    if (status == WN_OK)
        status = open_choice(&chosen, recipe, wn_reader_block_capacity(pass->reader));
    if (status == WN_OK)
        status = forward(&chosen, accumulators, n_accumulators);
    TRY(wn_ranks_agree(pass->ranks, status));
    steps[1] = wn_cleaner_step(&cleaner);
    steps[2] = (wn_block_step){choose, &chosen, false};
    TRY(wn_pass_run(pass, steps, chosen.block != NULL ? 3 : 2, chosen.seen, n_accumulators, cost));
done:
    close_choice(&chosen);
    wn_cleaner_clear(&cleaner);
    return status;
}

/* A tile of all features, and the block of those chosen; entries of both. */
size_t wn_feature_pass_bytes(const wn_feature_pass_size *size)
{
    bool is_wide = size->n_dense < size->n_features;
    size_t n_dense = size->n_dense < size->n_chosen ? size->n_dense : size->n_chosen;
    size_t entries = is_wide ? (size->block_rows + WN_TILE_ROWS) * (size->row_bytes + sizeof(size_t)) : 0;
    size_t columns = size->n_features * 8 * sizeof(size_t); /* places, and a row being sorted */
    return (size->block_rows * (n_dense + 3) + WN_TILE_ROWS * size->n_dense) * sizeof(double) + entries + columns;
}
