#include "indicator.h"

#include "encoder.h"
#include "outliers.h"

#include "winnow/memory.h"

/* There is nothing to keep but that it is there. */
static size_t indicator_size(const void *state)
{
    (void)state;
    return 1;
}

static wn_status indicator_name(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name)
{
    (void)i;
    return wn_string_format(name, "%s?missing", recipe->columns[encoder->column].name);
}

static wn_status indicator_apply(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows,
                                 double *out, size_t stride)
{
    const wn_recipe_column *column = &recipe->columns[encoder->column];
    for (size_t i = 0; i < rows->n_rows; i++) {
        bool is_missing = column->is_text ? rows->texts[i * rows->n_texts + column->position].n_bytes == 0
                                          : isnan(wn_outliers_apply(column, wn_raw_cell(rows, i, column)));
        out[i * stride] = is_missing;
    }
    return WN_OK;
}

static wn_status indicator_write(const void *state, const wn_recipe_file *file, const char *group)
{
    (void)state;
    (void)file;
    (void)group;
    return WN_OK;
}

static wn_status indicator_read(void **state, const wn_recipe_file *file, const char *group)
{
    (void)file;
    (void)group;
    *state = NULL;
    return WN_OK;
}

static wn_status indicator_describe(const void *state, wn_encoder_facts *facts)
{
    (void)state;
    (void)facts;
    return WN_OK;
}

static wn_status indicator_make(void **state, const wn_recipe_column *column, const wn_encoder_facts *facts)
{
    (void)column;
    (void)facts;
    *state = NULL;
    return WN_OK;
}

static void indicator_hash(const void *state, wn_hasher *hasher)
{
    (void)state;
    (void)hasher;
}

static void indicator_free(void *state)
{
    (void)state;
}

const wn_encoder_ops wn_indicator_ops = {.word = "indicator",
                                         .size = indicator_size,
                                         .name = indicator_name,
                                         .apply = indicator_apply,
                                         .write = indicator_write,
                                         .read = indicator_read,
                                         .describe = indicator_describe,
                                         .make = indicator_make,
                                         .hash = indicator_hash,
                                         .free = indicator_free};

wn_status wn_indicators_fit(wn_recipe *recipe)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        bool empties = column->rule.action == WN_OUTLIER_MISSING && column->rule.outliers != WN_OUTLIERS_NONE &&
                       wn_outliers_exist(column);
        bool stays = column->rule.missing != WN_MISSING_DROP_ROW;
        if (column->indicates && ((column->missing > 0 && stays) || empties))
            TRY(wn_recipe_add_encoder(recipe, &wn_indicator_ops, NULL, i));
    }
done:
    return status;
}
