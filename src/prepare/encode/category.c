#include "category.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

void wn_category_clear(wn_category *category)
{
    wn_levels_free(category->levels);
    wn_free(category->count);
    *category = (wn_category){.fill = -1};
}

size_t wn_category_size(const wn_category *category)
{
    return wn_levels_size(category->levels);
}

/* Cells of the run's rows as they are read. */
static void gather(const wn_raw_rows *rows, size_t position, const wn_category_run *run, double *cells)
{
    size_t at = run->first * rows->n_cols + position;
    if (rows->cells.is_float32)
        for (size_t i = 0; i < run->n; i++)
            cells[i] = (double)((const float *)rows->cells.data)[at + i * rows->n_cols];
    else
        for (size_t i = 0; i < run->n; i++)
            cells[i] = ((const double *)rows->cells.data)[at + i * rows->n_cols];
}

static void code_numbers(const wn_category *category, const wn_recipe_column *column, const wn_raw_rows *rows,
                         wn_category_run *run)
{
    double cells[WN_CATEGORY_RUN];
    gather(rows, column->position, run, cells);
    for (size_t i = 0; i < run->n; i++) {
        cells[i] = wn_outliers_apply(column, cells[i]);
        cells[i] = isnan(cells[i]) ? column->fill : cells[i];
    }
    wn_levels_code_numbers(category->levels, cells, run->n, run->code);
    for (size_t i = 0; i < run->n; i++)
        if (isnan(cells[i]))
            run->code[i] = WN_CATEGORY_GAP;
}

static void code_texts(const wn_category *category, const wn_recipe_column *column, const wn_raw_rows *rows,
                       wn_category_run *run)
{
    const wn_text *texts = rows->texts + run->first * rows->n_texts + column->position;
    uint32_t gap = category->fill < 0 ? WN_CATEGORY_GAP : (uint32_t)category->fill;
    wn_levels_code_texts(category->levels, texts, rows->n_texts, run->n, run->code);
    for (size_t i = 0; i < run->n; i++)
        if (texts[i * rows->n_texts].n_bytes == 0)
            run->code[i] = gap;
}

bool wn_category_next(const wn_category *category, const wn_recipe_column *column, const wn_raw_rows *rows,
                      wn_category_run *run)
{
    run->first += run->n;
    run->n = rows->n_rows - run->first < WN_CATEGORY_RUN ? rows->n_rows - run->first : WN_CATEGORY_RUN;
    if (category->are_numbers)
        code_numbers(category, column, rows, run);
    else
        code_texts(category, column, rows, run);
    return run->n > 0;
}

static wn_status write_numbers(const wn_category *category, const wn_recipe_file *file, const char *name)
{
    wn_status status = WN_OK;
    size_t n = wn_category_size(category);
    double *numbers = NULL;
    TRY(wn_new(&numbers, n));
    for (size_t i = 0; i < n; i++)
        numbers[i] = wn_level_value(wn_levels_at(category->levels, i));
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 1, &n, numbers));
done:
    wn_free(numbers);
    return status;
}

static wn_status write_strings(const wn_category *category, const wn_recipe_file *file, const char *name)
{
    wn_status status = WN_OK;
    size_t n = wn_category_size(category);
    char **strings = NULL;
    TRY(wn_new(&strings, n));
    for (size_t i = 0; i < n; i++) {
        wn_text level = wn_levels_at(category->levels, i);
        TRY(wn_string_format(&strings[i], "%.*s", (int)level.n_bytes, level.data));
    }
    TRY(wn_recipe_file_put_strings(file, name, strings, n));
done:
    for (size_t i = 0; strings != NULL && i < n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    return status;
}

wn_status wn_category_write(const wn_category *category, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    char *name = NULL;
    size_t n = wn_category_size(category);
    const int64_t facts[] = {category->are_numbers, category->has_others, category->fill};
    TRY(wn_string_format(&name, "%s/level", group));
    TRY(category->are_numbers ? write_numbers(category, file, name) : write_strings(category, file, name));
    wn_free(name);
    name = NULL;
    TRY(wn_string_format(&name, "%s/count", group));
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_INT64, 1, &n, category->count));
    TRY(wn_recipe_file_put_integers(file, group, "are_numbers", &facts[0], 1));
    TRY(wn_recipe_file_put_integers(file, group, "has_others", &facts[1], 1));
    TRY(wn_recipe_file_put_integers(file, group, "fill", &facts[2], 1));
done:
    wn_free(name);
    return status;
}

static wn_status read_levels(wn_category *category, const wn_recipe_file *file, const char *name, size_t n)
{
    wn_status status = WN_OK;
    char **strings = NULL;
    double *numbers = NULL;
    wn_text *texts = NULL;
    TRY(wn_new(&texts, n));
    TRY(wn_new(&numbers, n));
    TRY(wn_new(&strings, n));
    if (category->are_numbers)
        TRY(wn_recipe_file_get(file, name, H5T_NATIVE_DOUBLE, n, numbers));
    else
        TRY(wn_recipe_file_get_strings(file, name, strings, n));
    for (size_t i = 0; i < n; i++)
        texts[i] = category->are_numbers ? (wn_text){(const char *)&numbers[i], sizeof *numbers}
                                         : (wn_text){strings[i], strlen(strings[i])};
    TRY(wn_levels_new(&category->levels, texts, n, category->are_numbers));
done:
    for (size_t i = 0; strings != NULL && i < n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(numbers);
    wn_free(texts);
    return status;
}

wn_status wn_category_read(wn_category *category, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    char *level = NULL, *count = NULL;
    size_t n = 0;
    int64_t facts[3];
    TRY(wn_string_format(&level, "%s/level", group));
    TRY(wn_string_format(&count, "%s/count", group));
    TRY(wn_recipe_file_dims(file, level, 1, &n));
    TRY(wn_recipe_file_get_integers(file, group, "are_numbers", &facts[0], 1));
    TRY(wn_recipe_file_get_integers(file, group, "has_others", &facts[1], 1));
    TRY(wn_recipe_file_get_integers(file, group, "fill", &facts[2], 1));
    category->are_numbers = facts[0] != 0;
    category->has_others = facts[1] != 0;
    category->fill = facts[2];
    if (category->fill < -1 || category->fill >= (int64_t)n)
        TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe: %s has a fill that is no level", file->path, group));
    TRY(wn_new(&category->count, n));
    TRY(wn_recipe_file_get(file, count, H5T_NATIVE_INT64, n, category->count));
    TRY(read_levels(category, file, level, n));
done:
    wn_free(level);
    wn_free(count);
    return status;
}

wn_status wn_category_describe(const wn_category *category, wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    size_t n = wn_category_size(category);
    TRY(wn_new(&facts->levels, n));
    for (size_t i = 0; i < n; i++)
        facts->levels[i] = wn_levels_at(category->levels, i);
    facts->n_levels = n;
    facts->are_numbers = category->are_numbers;
    facts->has_others = category->has_others;
    facts->fill = category->fill;
done:
    return status;
}

wn_status wn_category_make(wn_category *category, const wn_recipe_column *column, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    if (facts->are_numbers == column->is_text)
        return wn_fail(WN_BAD_DATA, "column %s: levels of another type", column->name);
    if (facts->fill < -1 || facts->fill > (int64_t)facts->n_levels)
        return wn_fail(WN_BAD_DATA, "column %s: a fill that is no level", column->name);
    *category = (wn_category){.are_numbers = facts->are_numbers, .has_others = facts->has_others, .fill = facts->fill};
    TRY(wn_new(&category->count, facts->n_levels));
    TRY(wn_levels_new(&category->levels, facts->levels, facts->n_levels, facts->are_numbers));
done:
    return status;
}

void wn_category_hash(const wn_category *category, wn_hasher *hasher)
{
    const size_t n = wn_category_size(category);
    const int64_t facts[] = {category->are_numbers, category->has_others, category->fill, (int64_t)n};
    wn_hasher_add(hasher, facts, sizeof facts);
    for (size_t i = 0; i < n; i++) {
        wn_text level = wn_levels_at(category->levels, i);
        wn_hasher_add(hasher, &level.n_bytes, sizeof level.n_bytes);
        wn_hasher_add(hasher, level.data, level.n_bytes);
        wn_hasher_add(hasher, &category->count[i], sizeof category->count[i]);
    }
}

/* The level of most rows, the first in order of equals. */
static int64_t most_frequent(const wn_category *category)
{
    int64_t best = -1;
    for (size_t i = 0; i < wn_category_size(category); i++)
        if (best < 0 || category->count[i] > category->count[best])
            best = (int64_t)i;
    return best;
}

static wn_status fit_fill(wn_category *category, wn_recipe_column *column)
{
    wn_missing_method missing = column->rule.missing;
    if (missing != WN_MISSING_MOST_FREQUENT && missing != WN_MISSING_DROP_ROW)
        return WN_OK;
    category->fill = most_frequent(category);
    if (category->fill < 0)
        return wn_fail(WN_BAD_DATA, "column %s: no level in any training row to fill gaps from", column->name);
    if (category->are_numbers)
        column->fill = wn_level_value(wn_levels_at(category->levels, (size_t)category->fill));
    return WN_OK;
}

wn_status wn_category_fit(wn_category *category, wn_recipe_column *column, const wn_keyed_top *chosen)
{
    wn_status status = WN_OK;
    wn_text *texts = NULL;
    *category = (wn_category){.are_numbers = !column->is_text, .has_others = chosen->n_rest > 0, .fill = -1};
    TRY(wn_new(&texts, chosen->n));
    TRY(wn_new(&category->count, chosen->n));
    for (size_t i = 0; i < chosen->n; i++)
        texts[i] = (wn_text){chosen->entries[i].text, chosen->entries[i].n_text};
    TRY(wn_levels_new(&category->levels, texts, chosen->n, category->are_numbers));
    for (size_t i = 0; i < chosen->n; i++)
        category->count[wn_levels_code_text(category->levels, texts[i])] = chosen->entries[i].count;
    TRY(fit_fill(category, column));
done:
    wn_free(texts);
    return status;
}
