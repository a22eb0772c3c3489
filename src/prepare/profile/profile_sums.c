#include "profile_sums.h"

#include "transform.h"

#include "winnow/exact_sum.h"
#include "winnow/memory.h"

#include <math.h>

bool wn_profile_sums_are_kept(const wn_recipe *recipe)
{
    return recipe->sums != NULL && recipe->sums->refusal == NULL;
}

static wn_status list_transformed(wn_profile_sums *sums)
{
    wn_status status = WN_OK;
    const wn_recipe *recipe = sums->recipe;
    TRY(wn_new(&sums->transformed_columns, recipe->n_cells));
    for (size_t i = 0; i < recipe->n_cells; i++)
        if (recipe->columns[i].rule.transform != WN_TRANSFORM_NONE)
            sums->transformed_columns[sums->n_transformed++] = i;
    if (sums->n_transformed > 0)
        TRY(wn_moments_new(&sums->transformed, sums->n_transformed));
done:
    return status;
}

wn_status wn_profile_sums_new(wn_profile_sums **sums, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_profile_sums *made = NULL;
    TRY(wn_new(&made, 1));
    made->recipe = recipe;
    TRY(list_transformed(made));
    *sums = made;
    made = NULL;
done:
    wn_profile_sums_free(made);
    return status;
}

static wn_status add_files(wn_profile_sums *sums, const wn_catalog *catalog)
{
    wn_status status = WN_OK;
    TRY(wn_new(&sums->files, catalog->n_files));
    for (size_t i = 0; i < catalog->n_files; i++) {
        const wn_file *file = &catalog->files[i];
        sums->files[i] = (wn_profile_file){.n_bytes = file->n_bytes, .mtime = file->mtime, .n_rows = file->n_rows};
        sums->n_files++;
        TRY(wn_string_copy(&sums->files[i].name, file->name));
    }
done:
    return status;
}

wn_status wn_profile_sums_begin(wn_recipe *recipe, const wn_catalog *catalog)
{
    wn_status status = WN_OK;
    wn_profile_sums *made = NULL;
    TRY(wn_profile_sums_new(&made, recipe));
    made->is_float32 = catalog->is_float32;
    TRY(wn_string_copy(&made->options, ""));
    TRY(add_files(made, catalog));
    wn_profile_sums_free(recipe->sums);
    recipe->sums = made;
    made = NULL;
done:
    wn_profile_sums_free(made);
    return status;
}

wn_status wn_profile_sums_keep_raw(wn_profile_sums *sums, const wn_moments *raw)
{
    wn_status status = WN_OK;
    wn_moments *copy = NULL;
    size_t n_cols = wn_moments_n_cols(raw);
    TRY(wn_moments_new(&copy, n_cols));
    for (size_t c = 0; c < n_cols; c++)
        wn_moments_join(copy, c, raw, c);
    wn_moments_free(sums->raw);
    sums->raw = copy;
done:
    return status;
}

wn_status wn_profile_sums_refuse(wn_recipe *recipe, const char *why)
{
    wn_status status = WN_OK;
    wn_profile_sums *made = NULL;
    TRY(wn_new(&made, 1));
    made->recipe = recipe;
    TRY(wn_string_copy(&made->refusal, why));
    wn_profile_sums_free(recipe->sums);
    recipe->sums = made;
    made = NULL;
done:
    wn_profile_sums_free(made);
    return status;
}

void wn_profile_sums_free(wn_profile_sums *sums)
{
    if (sums == NULL)
        return;
    for (size_t i = 0; i < sums->n_levels; i++)
        wn_keyed_top_clear(&sums->levels[i].all);
    wn_free(sums->levels);
    wn_block_free(sums->block);
    wn_moments_free(sums->transformed);
    wn_free(sums->transformed_columns);
    wn_moments_free(sums->raw);
    for (size_t i = 0; i < sums->n_files; i++)
        wn_free(sums->files[i].name);
    wn_free(sums->files);
    wn_free(sums->options);
    wn_free(sums->refusal);
    wn_free(sums);
}

const char *wn_profile_sums_refusal(const wn_profile_sums *sums)
{
    return sums->refusal;
}

const char *wn_profile_sums_options(const wn_profile_sums *sums)
{
    return sums->options;
}

wn_status wn_profile_sums_set_options(wn_profile_sums *sums, const char *options)
{
    wn_status status = WN_OK;
    char *copy = NULL;
    TRY(wn_string_copy(&copy, options));
    wn_free(sums->options);
    sums->options = copy;
done:
    return status;
}

/* Raw sums, those of transformed cells and a copy of either while normalization is fitted; a state is two sums a
 * column, counts, and what a block gives. */
size_t wn_profile_sums_bytes(size_t n_columns)
{
    enum { SUMS = 3 * 2 + 1 };
    return n_columns * SUMS * sizeof(wn_exact_sum);
}

static wn_status make_room(wn_profile_sums *sums, size_t n_rows)
{
    if (sums->block != NULL && sums->block->capacity >= n_rows)
        return WN_OK;
    wn_block_free(sums->block);
    sums->block = NULL;
    return wn_block_new(&sums->block, n_rows, sums->n_transformed, false);
}

static wn_status add(void *state, const wn_block *block)
{
    wn_status status = WN_OK;
    wn_profile_sums *sums = state;
    size_t n = sums->n_transformed;
    TRY(make_room(sums, block->n_rows));
    sums->block->n_rows = block->n_rows;
    for (size_t i = 0; i < block->n_rows; i++)
        for (size_t k = 0; k < n; k++) {
            size_t column = sums->transformed_columns[k];
            sums->block->cells[i * n + k] = wn_transform_apply(sums->recipe->columns[column].rule.transform,
                                                               block->cells[i * block->n_cols + column]);
        }
    TRY(wn_moments_add(sums->transformed, sums->block));
done:
    return status;
}

static wn_span sums_of(void *state)
{
    wn_accumulator inner = wn_moments_accumulator(((wn_profile_sums *)state)->transformed);
    return inner.ops->sums(inner.state);
}

static wn_span keys_of(void *state)
{
    wn_accumulator inner = wn_moments_accumulator(((wn_profile_sums *)state)->transformed);
    return inner.ops->keys(inner.state);
}

bool wn_profile_sums_transform(const wn_profile_sums *sums)
{
    return sums->transformed != NULL;
}

wn_accumulator wn_profile_sums_accumulator(wn_profile_sums *sums)
{
    static const wn_accumulator_ops ops = {"transformed", add, sums_of, keys_of, false, NULL};
    return (wn_accumulator){&ops, sums};
}

wn_status wn_profile_sums_keep(const wn_ranks *ranks, wn_profile_sums *sums, size_t column,
                               const wn_keyed_counts *counts, size_t limit)
{
    wn_status status = WN_OK;
    wn_keyed_top all = {0};
    TRY(wn_keyed_counts_top(ranks, counts, limit, 1, &all));
    TRY(wn_ranks_agree(ranks, wn_resize(&sums->levels, sums->n_levels + 1)));
    wn_profile_levels *levels = &sums->levels[sums->n_levels++];
    *levels = (wn_profile_levels){.column = column, .is_complete = all.n_rest == 0};
    if (levels->is_complete) {
        levels->all = all;
        all = (wn_keyed_top){0};
    }
done:
    wn_keyed_top_clear(&all);
    return status;
}

wn_status wn_profile_sums_clean(const wn_recipe *recipe, wn_moments_summary **summary)
{
    wn_status status = WN_OK;
    const wn_profile_sums *sums = recipe->sums;
    wn_moments *clean = NULL;
    size_t k = 0;
    TRY(wn_moments_new(&clean, recipe->n_cells));
    for (size_t i = 0; i < recipe->n_cells; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        bool is_transformed = column->rule.transform != WN_TRANSFORM_NONE;
        wn_moments_join(clean, i, is_transformed ? sums->transformed : sums->raw, is_transformed ? k++ : i);
        if (!isnan(column->fill))
            wn_moments_add_value(clean, i, wn_transform_apply(column->rule.transform, column->fill), column->missing);
    }
    TRY(wn_moments_finish(clean, summary));
done:
    wn_moments_free(clean);
    return status;
}
