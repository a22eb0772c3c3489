#include "one_hot.h"

#include "category.h"
#include "encoder.h"

#include "winnow/memory.h"
#include "winnow/number_text.h"

#include <math.h>
#include <string.h>

static void one_hot_free(void *state)
{
    wn_category *category = state;
    if (category == NULL)
        return;
    wn_category_clear(category);
    wn_free(category);
}

/* Features are the levels in their order, then the one of all others. */
static size_t one_hot_size(const void *state)
{
    const wn_category *category = state;
    return wn_category_size(category) + category->has_others;
}

static wn_status one_hot_name(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name)
{
    const wn_category *category = encoder->state;
    const char *column = recipe->columns[encoder->column].name;
    char number[WN_NUMBER_TEXT_SIZE];
    if (i == wn_category_size(category))
        return wn_string_format(name, "%s=%s", column, wn_level_other);
    wn_text level = wn_levels_at(category->levels, i);
    if (category->are_numbers) {
        wn_number_text(wn_level_value(level), number);
        return wn_string_format(name, "%s=%s", column, number);
    }
    return wn_string_format(name, "%s=%.*s", column, (int)level.n_bytes, level.data);
}

static wn_status one_hot_apply(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                               size_t stride)
{
    const wn_recipe_column *column = &recipe->columns[encoder->column];
    size_t size = one_hot_size(encoder->state);
    wn_category_run run = {0};
    while (wn_category_next(encoder->state, column, rows, &run))
        for (size_t i = 0; i < run.n; i++) {
            double *row = out + (run.first + i) * stride;
            if (run.code[i] < size)
                row[run.code[i]] = 1;
            for (size_t k = 0; run.code[i] == WN_CATEGORY_GAP && k < size; k++)
                row[k] = (double)NAN;
        }
    return WN_OK;
}

/* A gap that nothing fills is one of every feature. */
static wn_status append_gap(wn_sparse_rows *out, size_t size)
{
    wn_status status = WN_OK;
    TRY(wn_sparse_rows_reserve(out, size));
    for (size_t k = 0; k < size; k++) {
        out->column[out->n_entries + k] = (uint32_t)k;
        out->value[out->n_entries + k] = (double)NAN;
    }
    wn_sparse_rows_end(out, size);
done:
    return status;
}

static wn_status append_run(wn_sparse_rows *out, const wn_category_run *run, size_t size)
{
    wn_status status = WN_OK;
    TRY(wn_sparse_rows_reserve_rows(out, run->n, run->n));
    for (size_t i = 0; i < run->n; i++) {
        if (run->code[i] == WN_CATEGORY_GAP) {
            TRY(append_gap(out, size));
            TRY(wn_sparse_rows_reserve_rows(out, run->n - i, run->n - i));
            continue;
        }
        out->column[out->n_entries] = run->code[i];
        out->value[out->n_entries] = 1;
        wn_sparse_rows_end(out, run->code[i] < size);
    }
done:
    return status;
}

static wn_status one_hot_append(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows,
                                wn_sparse_rows *out)
{
    wn_status status = WN_OK;
    const wn_recipe_column *column = &recipe->columns[encoder->column];
    size_t size = one_hot_size(encoder->state);
    wn_category_run run = {0};
    while (wn_category_next(encoder->state, column, rows, &run))
        TRY(append_run(out, &run, size));
done:
    return status;
}

static wn_status one_hot_write(const void *state, const wn_recipe_file *file, const char *group)
{
    return wn_category_write(state, file, group);
}

static wn_status one_hot_read(void **state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    wn_category *category = NULL;
    TRY(wn_new(&category, 1));
    TRY(wn_category_read(category, file, group));
    *state = category;
    category = NULL;
done:
    one_hot_free(category);
    return status;
}

static wn_status one_hot_describe(const void *state, wn_encoder_facts *facts)
{
    return wn_category_describe(state, facts);
}

static wn_status one_hot_make(void **state, const wn_recipe_column *column, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    wn_category *category = NULL;
    TRY(wn_new(&category, 1));
    TRY(wn_category_make(category, column, facts));
    *state = category;
    category = NULL;
done:
    one_hot_free(category);
    return status;
}

/* Where all others have a feature, which levels there are matters. */
static void one_hot_narrow(wn_encoder_facts *facts, bool *kept)
{
    size_t n = 0;
    int64_t fill = facts->fill;
    if (facts->has_others && kept[facts->n_levels]) {
        for (size_t i = 0; i < facts->n_levels; i++)
            kept[i] = true;
        return;
    }
    for (size_t i = 0; i < facts->n_levels; i++) {
        if (kept[i] && facts->fill == (int64_t)i)
            fill = (int64_t)n;
        if (kept[i])
            facts->levels[n++] = facts->levels[i];
    }
    if (facts->fill >= 0 && (facts->fill == (int64_t)facts->n_levels || !kept[facts->fill]))
        fill = (int64_t)n;
    facts->fill = fill;
    facts->n_levels = n;
    facts->has_others = false;
}

static void one_hot_hash(const void *state, wn_hasher *hasher)
{
    wn_category_hash(state, hasher);
}

const wn_encoder_ops wn_one_hot_ops = {.word = "one_hot",
                                       .size = one_hot_size,
                                       .name = one_hot_name,
                                       .apply = one_hot_apply,
                                       .append = one_hot_append,
                                       .write = one_hot_write,
                                       .read = one_hot_read,
                                       .describe = one_hot_describe,
                                       .make = one_hot_make,
                                       .narrow = one_hot_narrow,
                                       .hash = one_hot_hash,
                                       .free = one_hot_free};

/* Of the same state one feature: the place of the level in their order, behind the last for all others. */
static size_t ordinal_size(const void *state)
{
    (void)state;
    return 1;
}

static wn_status ordinal_name(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name)
{
    (void)i;
    return wn_string_copy(name, recipe->columns[encoder->column].name);
}

static double ordinal_greatest(const void *state)
{
    return (double)wn_category_size(state);
}

static wn_status ordinal_apply(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                               size_t stride)
{
    wn_category_run run = {0};
    while (wn_category_next(encoder->state, &recipe->columns[encoder->column], rows, &run))
        for (size_t i = 0; i < run.n; i++)
            out[(run.first + i) * stride] = run.code[i] == WN_CATEGORY_GAP ? (double)NAN : (double)run.code[i];
    return WN_OK;
}

const wn_encoder_ops wn_ordinal_ops = {.word = "ordinal",
                                       .size = ordinal_size,
                                       .name = ordinal_name,
                                       .apply = ordinal_apply,
                                       .greatest = ordinal_greatest,
                                       .write = one_hot_write,
                                       .read = one_hot_read,
                                       .describe = one_hot_describe,
                                       .make = one_hot_make,
                                       .hash = one_hot_hash,
                                       .free = one_hot_free};

wn_status wn_one_hot_fit(wn_recipe *recipe, size_t column, const wn_keyed_top *levels)
{
    wn_status status = WN_OK;
    wn_recipe_column *of = &recipe->columns[column];
    wn_category *category = NULL;
    TRY(wn_new(&category, 1));
    TRY(wn_category_fit(category, of, levels));
    status = wn_recipe_add_encoder(recipe, of->is_ordinal ? &wn_ordinal_ops : &wn_one_hot_ops, category, column);
    category = NULL;
done:
    one_hot_free(category);
    return status;
}
