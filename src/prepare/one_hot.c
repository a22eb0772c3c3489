#include "one_hot.h"

#include "encoder.h"
#include "outliers.h"

#include "winnow/levels.h"
#include "winnow/memory.h"

#include <string.h>

/* Features are the levels in their order, then the one of all others. */
typedef struct {
    wn_levels *levels;
    int64_t *count; /* (levels) training rows of each */
    bool are_numbers, has_others;
    int64_t fill; /* the level of missing texts; -1: there is none. Numbers are filled as cells */
} one_hot;

static void one_hot_free(void *state)
{
    one_hot *hot = state;
    if (hot == NULL)
        return;
    wn_levels_free(hot->levels);
    wn_free(hot->count);
    wn_free(hot);
}

static size_t one_hot_size(const void *state)
{
    const one_hot *hot = state;
    return wn_levels_size(hot->levels) + hot->has_others;
}

static wn_status one_hot_name(const void *state, const wn_recipe_column *column, size_t i, char **name)
{
    const one_hot *hot = state;
    char number[WN_LEVEL_NAME_SIZE];
    if (i == wn_levels_size(hot->levels))
        return wn_string_format(name, "%s=%s", column->name, wn_level_other);
    wn_text level = wn_levels_at(hot->levels, i);
    if (hot->are_numbers) {
        wn_level_name(wn_level_value(level), number);
        return wn_string_format(name, "%s=%s", column->name, number);
    }
    return wn_string_format(name, "%s=%.*s", column->name, (int)level.n_bytes, level.data);
}

/* The code of a cell; SIZE_MAX for a gap that nothing fills. */
static size_t code_of(const one_hot *hot, const wn_recipe_column *column, const wn_raw_rows *rows, size_t i)
{
    if (hot->are_numbers) {
        double cell = wn_outliers_apply(column, wn_raw_cell(rows, i, column));
        cell = isnan(cell) ? column->fill : cell;
        return isnan(cell) ? SIZE_MAX : wn_levels_code_number(hot->levels, cell);
    }
    wn_text text = rows->texts[i * rows->n_texts + column->position];
    if (text.n_bytes == 0)
        return hot->fill < 0 ? SIZE_MAX : (size_t)hot->fill;
    return wn_levels_code_text(hot->levels, text);
}

static wn_status one_hot_apply(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                               size_t stride)
{
    const one_hot *hot = encoder->state;
    const wn_recipe_column *column = &recipe->columns[encoder->column];
    size_t size = one_hot_size(hot);
    for (size_t i = 0; i < rows->n_rows; i++) {
        size_t code = code_of(hot, column, rows, i);
        if (code < size)
            out[i * stride + code] = 1;
        for (size_t k = 0; code == SIZE_MAX && k < size; k++)
            out[i * stride + k] = (double)NAN;
    }
    return WN_OK;
}

static wn_status write_levels(const one_hot *hot, const wn_recipe_file *file, const char *name)
{
    wn_status status = WN_OK;
    size_t n = wn_levels_size(hot->levels);
    char **strings = NULL;
    double *numbers = NULL;
    if (hot->are_numbers) {
        TRY(wn_new(&numbers, n));
        for (size_t i = 0; i < n; i++)
            numbers[i] = wn_level_value(wn_levels_at(hot->levels, i));
        TRY(wn_recipe_file_put(file, name, H5T_NATIVE_DOUBLE, 1, &n, numbers));
        goto done;
    }
    TRY(wn_new(&strings, n));
    for (size_t i = 0; i < n; i++) {
        wn_text level = wn_levels_at(hot->levels, i);
        TRY(wn_string_format(&strings[i], "%.*s", (int)level.n_bytes, level.data));
    }
    TRY(wn_recipe_file_put_strings(file, name, strings, n));
done:
    for (size_t i = 0; strings != NULL && i < n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(numbers);
    return status;
}

static wn_status one_hot_write(const void *state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    const one_hot *hot = state;
    char *name = NULL;
    size_t n = wn_levels_size(hot->levels);
    const int64_t facts[] = {hot->are_numbers, hot->has_others, hot->fill};
    TRY(wn_string_format(&name, "%s/level", group));
    TRY(write_levels(hot, file, name));
    wn_free(name);
    name = NULL;
    TRY(wn_string_format(&name, "%s/count", group));
    TRY(wn_recipe_file_put(file, name, H5T_NATIVE_INT64, 1, &n, hot->count));
    TRY(wn_recipe_file_put_integers(file, group, "are_numbers", &facts[0], 1));
    TRY(wn_recipe_file_put_integers(file, group, "has_others", &facts[1], 1));
    TRY(wn_recipe_file_put_integers(file, group, "fill", &facts[2], 1));
done:
    wn_free(name);
    return status;
}

static wn_status read_levels(one_hot *hot, const wn_recipe_file *file, const char *name, size_t n)
{
    wn_status status = WN_OK;
    char **strings = NULL;
    double *numbers = NULL;
    wn_text *texts = NULL;
    TRY(wn_new(&texts, n));
    TRY(wn_new(&numbers, n));
    TRY(wn_new(&strings, n));
    if (hot->are_numbers)
        TRY(wn_recipe_file_get(file, name, H5T_NATIVE_DOUBLE, n, numbers));
    else
        TRY(wn_recipe_file_get_strings(file, name, strings, n));
    for (size_t i = 0; i < n; i++)
        texts[i] = hot->are_numbers ? (wn_text){(const char *)&numbers[i], sizeof *numbers}
                                    : (wn_text){strings[i], strlen(strings[i])};
    TRY(wn_levels_new(&hot->levels, texts, n, hot->are_numbers));
done:
    for (size_t i = 0; strings != NULL && i < n; i++)
        wn_free(strings[i]);
    wn_free(strings);
    wn_free(numbers);
    wn_free(texts);
    return status;
}

static wn_status one_hot_read(void **state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    one_hot *hot = NULL;
    char *level = NULL, *count = NULL;
    size_t n = 0;
    int64_t facts[3];
    TRY(wn_string_format(&level, "%s/level", group));
    TRY(wn_string_format(&count, "%s/count", group));
    TRY(wn_recipe_file_dims(file, level, 1, &n));
    TRY(wn_new(&hot, 1));
    TRY(wn_recipe_file_get_integers(file, group, "are_numbers", &facts[0], 1));
    TRY(wn_recipe_file_get_integers(file, group, "has_others", &facts[1], 1));
    TRY(wn_recipe_file_get_integers(file, group, "fill", &facts[2], 1));
    hot->are_numbers = facts[0] != 0;
    hot->has_others = facts[1] != 0;
    hot->fill = facts[2];
    if (hot->fill < -1 || hot->fill >= (int64_t)n)
        TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe: %s has a fill that is no level", file->path, group));
    TRY(wn_new(&hot->count, n));
    TRY(wn_recipe_file_get(file, count, H5T_NATIVE_INT64, n, hot->count));
    TRY(read_levels(hot, file, level, n));
    *state = hot;
    hot = NULL;
done:
    one_hot_free(hot);
    wn_free(level);
    wn_free(count);
    return status;
}

static wn_status one_hot_describe(const void *state, wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    const one_hot *hot = state;
    size_t n = wn_levels_size(hot->levels);
    TRY(wn_new(&facts->levels, n));
    for (size_t i = 0; i < n; i++)
        facts->levels[i] = wn_levels_at(hot->levels, i);
    facts->n_levels = n;
    facts->are_numbers = hot->are_numbers;
    facts->has_others = hot->has_others;
    facts->fill = hot->fill;
done:
    return status;
}

static wn_status one_hot_make(void **state, const wn_recipe_column *column, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    one_hot *hot = NULL;
    if (facts->are_numbers == column->is_text)
        return wn_fail(WN_BAD_DATA, "column %s: levels of another type", column->name);
    if (facts->fill < -1 || facts->fill > (int64_t)facts->n_levels)
        return wn_fail(WN_BAD_DATA, "column %s: a fill that is no level", column->name);
    TRY(wn_new(&hot, 1));
    *hot = (one_hot){.are_numbers = facts->are_numbers, .has_others = facts->has_others, .fill = facts->fill};
    TRY(wn_new(&hot->count, facts->n_levels));
    TRY(wn_levels_new(&hot->levels, facts->levels, facts->n_levels, facts->are_numbers));
    *state = hot;
    hot = NULL;
done:
    one_hot_free(hot);
    return status;
}

static void one_hot_hash(const void *state, wn_hasher *hasher)
{
    const one_hot *hot = state;
    const int64_t facts[] = {hot->are_numbers, hot->has_others, hot->fill, (int64_t)wn_levels_size(hot->levels)};
    wn_hasher_add(hasher, facts, sizeof facts);
    for (size_t i = 0; i < wn_levels_size(hot->levels); i++) {
        wn_text level = wn_levels_at(hot->levels, i);
        wn_hasher_add(hasher, &level.n_bytes, sizeof level.n_bytes);
        wn_hasher_add(hasher, level.data, level.n_bytes);
        wn_hasher_add(hasher, &hot->count[i], sizeof hot->count[i]);
    }
}

const wn_encoder_ops wn_one_hot_ops = {.word = "one_hot",
                                       .size = one_hot_size,
                                       .name = one_hot_name,
                                       .apply = one_hot_apply,
                                       .write = one_hot_write,
                                       .read = one_hot_read,
                                       .describe = one_hot_describe,
                                       .make = one_hot_make,
                                       .hash = one_hot_hash,
                                       .free = one_hot_free};

/* Of the same state one feature: the place of the level in their order, behind the last for all others. */
static size_t ordinal_size(const void *state)
{
    (void)state;
    return 1;
}

static wn_status ordinal_name(const void *state, const wn_recipe_column *column, size_t i, char **name)
{
    (void)state;
    (void)i;
    return wn_string_copy(name, column->name);
}

static double ordinal_greatest(const void *state)
{
    return (double)wn_levels_size(((const one_hot *)state)->levels);
}

static wn_status ordinal_apply(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                               size_t stride)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        size_t code = code_of(encoder->state, &recipe->columns[encoder->column], rows, i);
        out[i * stride] = code == SIZE_MAX ? (double)NAN : (double)code;
    }
    return WN_OK;
}

const wn_encoder_ops wn_ordinal_ops = {.word = "ordinal",
                                       .size = ordinal_size,
                                       .name = ordinal_name,
                                       .apply = ordinal_apply,
                                       .greatest = ordinal_greatest,
                                       .write = one_hot_write,
                                       .read = one_hot_read,
                                       .hash = one_hot_hash,
                                       .free = one_hot_free};

/* The level of most rows, the first in order of equals. */
static int64_t most_frequent(const one_hot *hot)
{
    int64_t best = -1;
    for (size_t i = 0; i < wn_levels_size(hot->levels); i++)
        if (best < 0 || hot->count[i] > hot->count[best])
            best = (int64_t)i;
    return best;
}

static wn_status fit_fill(one_hot *hot, wn_recipe_column *column)
{
    wn_missing_method missing = column->rule.missing;
    if (missing != WN_MISSING_MOST_FREQUENT && missing != WN_MISSING_DROP_ROW)
        return WN_OK;
    hot->fill = most_frequent(hot);
    if (hot->fill < 0)
        return wn_fail(WN_BAD_DATA, "column %s: no level in any training row to fill gaps from", column->name);
    if (hot->are_numbers)
        column->fill = wn_level_value(wn_levels_at(hot->levels, (size_t)hot->fill));
    return WN_OK;
}

wn_status wn_one_hot_fit(wn_recipe *recipe, size_t column, const wn_keyed_top *levels)
{
    wn_status status = WN_OK;
    wn_recipe_column *of = &recipe->columns[column];
    one_hot *hot = NULL;
    wn_text *texts = NULL;
    TRY(wn_new(&hot, 1));
    *hot = (one_hot){.are_numbers = !of->is_text, .has_others = levels->n_rest > 0, .fill = -1};
    TRY(wn_new(&texts, levels->n));
    TRY(wn_new(&hot->count, levels->n));
    for (size_t i = 0; i < levels->n; i++)
        texts[i] = (wn_text){levels->entries[i].text, levels->entries[i].n_text};
    TRY(wn_levels_new(&hot->levels, texts, levels->n, hot->are_numbers));
    for (size_t i = 0; i < levels->n; i++)
        hot->count[wn_levels_code_text(hot->levels, texts[i])] = levels->entries[i].count;
    TRY(fit_fill(hot, of));
    status = wn_recipe_add_encoder(recipe, of->is_ordinal ? &wn_ordinal_ops : &wn_one_hot_ops, hot, column);
    hot = NULL;
done:
    wn_free(texts);
    one_hot_free(hot);
    return status;
}
