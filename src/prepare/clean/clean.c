#include "clean.h"

#include "outliers.h"

#include "winnow/memory.h"

#include <string.h>

/* Some training cell of the column becomes another, by what the profile counted. */
static bool changes_cells(const wn_recipe_column *column, bool fills)
{
    bool transforms = column->rule.transform != WN_TRANSFORM_NONE;
    return column->outliers != 0 || (fills && (column->missing > 0 || transforms));
}

static bool changes_any(const wn_recipe *recipe, bool fills)
{
    bool changes = false;
    for (size_t i = 0; i < recipe->n_cells; i++)
        changes |= changes_cells(&recipe->columns[i], fills);
    return changes;
}

wn_status wn_cleaner_init(wn_cleaner *cleaner, const wn_recipe *recipe, wn_rows *rows, bool fills)
{
    wn_status status = WN_OK;
    *cleaner = (wn_cleaner){.recipe = recipe, .rows = rows};
    TRY(wn_new(&cleaner->outliers, recipe->n_cells));
    TRY(wn_cell_rules_init(&cleaner->rules, recipe->n_cells));
    for (size_t i = 0; i < recipe->n_cells; i++)
        wn_cell_rules_set(&cleaner->rules, i, &recipe->columns[i], fills);
    cleaner->changes = changes_any(recipe, fills) && wn_cell_rules_change(&cleaner->rules);
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_column_rule *rule = &recipe->columns[i].rule;
        cleaner->drops |= rule->missing == WN_MISSING_DROP_ROW;
        cleaner->drops |= i < recipe->n_cells && rule->action == WN_OUTLIER_DROP_ROW;
    }
done:
    return status;
}

void wn_cleaner_clear(wn_cleaner *cleaner)
{
    wn_cell_rules_clear(&cleaner->rules);
    wn_free(cleaner->outliers);
    *cleaner = (wn_cleaner){0};
}

/* The pilot's rows have no texts. */
static wn_status drop_rows(wn_cleaner *cleaner, wn_block *block)
{
    wn_status status = WN_OK;
    unsigned char *keep = NULL;
    TRY(wn_new(&keep, block->n_rows));
    for (size_t i = 0; i < block->n_rows; i++) {
        const wn_text *texts = block->n_texts > 0 ? block->texts + i * block->n_texts : NULL;
        wn_row_status verdict = wn_recipe_judge_row(cleaner->recipe, block->cells + i * block->n_cols, texts);
        keep[i] = verdict == WN_ROW_TRAIN;
        if (cleaner->rows)
            *wn_rows_status(cleaner->rows, block->rows[i]) = (unsigned char)verdict;
    }
    wn_block_compact(block, keep);
done:
    wn_free(keep);
    return status;
}

static void count_outliers(wn_cleaner *cleaner, const wn_block *block)
{
    for (size_t i = 0; i < block->n_rows; i++)
        for (size_t j = 0; j < block->n_cols; j++)
            cleaner->outliers[j] +=
                wn_outliers_outside(&cleaner->recipe->columns[j], block->cells[i * block->n_cols + j]);
}

/* Raw cells are widened on the way, unless they are looked at before. */
static wn_status cleaner_apply(void *context, wn_block *block)
{
    wn_status status = WN_OK;
    wn_cleaner *cleaner = context;
    if (cleaner->counts || cleaner->drops)
        wn_block_widen(block);
    if (cleaner->counts)
        count_outliers(cleaner, block);
    if (cleaner->drops)
        TRY(drop_rows(cleaner, block));
    if (!cleaner->changes)
        goto done;
    wn_cell_rules_clean(&cleaner->rules, wn_block_view(block), block->n_rows, block->cells);
    block->raw = (wn_cells){0};
done:
    return status;
}

wn_block_step wn_cleaner_step(wn_cleaner *cleaner)
{
    return (wn_block_step){cleaner_apply, cleaner, true};
}

/* The step has counted already. */
static wn_status add_nothing(void *state, const wn_block *block)
{
    (void)state;
    (void)block;
    return WN_OK;
}

static wn_span outlier_sums(void *state)
{
    wn_cleaner *cleaner = state;
    return (wn_span){cleaner->outliers, cleaner->recipe->n_cells};
}

static wn_span no_keys(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_cleaner_accumulator(wn_cleaner *cleaner)
{
    static const wn_accumulator_ops ops = {"outliers", add_nothing, outlier_sums, no_keys, true, NULL};
    return (wn_accumulator){&ops, cleaner};
}

wn_status wn_clean_pilot(const wn_pilot *pilot, const wn_recipe *recipe, bool fills, wn_pilot *cleaned)
{
    wn_status status = WN_OK;
    wn_pilot new = {.n_cols = pilot->n_cols, .is_complete = pilot->is_complete};
    wn_cleaner cleaner = {0};
    size_t n = pilot->n_rows;
    TRY(wn_cleaner_init(&cleaner, recipe, NULL, fills));
    TRY(wn_memory_new(&new.cells.data, n, pilot->n_cols * sizeof(double), __func__));
    TRY(wn_new(&new.labels, n));
    TRY(wn_new(&new.rows, n));
    wn_cells_widen(new.cells.data, pilot->cells, n * pilot->n_cols);
    memcpy(new.labels, pilot->labels, n * sizeof *new.labels);
    memcpy(new.rows, pilot->rows, n * sizeof *new.rows);
    wn_block block = {.n_rows = n, .n_cols = pilot->n_cols, .capacity = n};
    block.cells = new.cells.data;
    block.labels = new.labels;
    block.rows = new.rows;
    TRY(cleaner_apply(&cleaner, &block));
    new.n_rows = block.n_rows;
    *cleaned = new;
    new = (wn_pilot){0};
done:
    wn_cleaner_clear(&cleaner);
    wn_clean_pilot_clear(&new);
    return status;
}

void wn_clean_pilot_clear(wn_pilot *cleaned)
{
    wn_free(cleaned->cells.data);
    wn_free(cleaned->labels);
    wn_free(cleaned->rows);
    *cleaned = (wn_pilot){0};
}
