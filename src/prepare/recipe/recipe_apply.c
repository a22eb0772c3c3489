#include "cell_rules.h"
#include "column_list.h"
#include "encoder.h"
#include "extracted.h"
#include "outliers.h"
#include "transform.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* A dropping rule of a string column. */
static bool lacks_text(const wn_recipe *recipe, const wn_text *texts)
{
    for (size_t i = recipe->n_cells; i < recipe->n_columns && texts != NULL; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        if (column->rule.missing == WN_MISSING_DROP_ROW && texts[column->position].n_bytes == 0)
            return true;
    }
    return false;
}

wn_row_status wn_recipe_judge_row(const wn_recipe *recipe, const double *cells, const wn_text *texts)
{
    bool is_outlier = false;
    if (lacks_text(recipe, texts))
        return WN_ROW_MISSING;
    for (size_t i = 0; i < recipe->n_cells; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        double cell = cells[column->position];
        if (column->rule.missing == WN_MISSING_DROP_ROW && isnan(cell))
            return WN_ROW_MISSING;
        is_outlier |= column->rule.action == WN_OUTLIER_DROP_ROW && wn_outliers_outside(column, cell);
    }
    return is_outlier ? WN_ROW_OUTLIER : WN_ROW_TRAIN;
}

wn_raw_rows wn_raw_rows_of(const wn_block *block, size_t first, size_t n_rows)
{
    return (wn_raw_rows){.cells = wn_cells_at(wn_block_view(block), first * block->n_cols),
                         .texts = block->texts != NULL ? block->texts + first * block->n_texts : NULL,
                         .n_rows = n_rows,
                         .n_cols = block->n_cols,
                         .n_texts = block->n_texts};
}

double wn_raw_cell(const wn_raw_rows *rows, size_t row, const wn_recipe_column *column)
{
    size_t at = row * rows->n_cols + column->position;
    return rows->cells.is_float32 ? (double)((const float *)rows->cells.data)[at]
                                  : ((const double *)rows->cells.data)[at];
}

double wn_recipe_clean_cell(const wn_recipe_column *column, double cell)
{
    cell = wn_outliers_apply(column, cell);
    return wn_transform_apply(column->rule.transform, isnan(cell) ? column->fill : cell);
}

static wn_status features_of_cells(const wn_recipe *recipe, const wn_raw_rows *rows, float *out)
{
    wn_status status = WN_OK;
    wn_cell_rules rules = {0};
    TRY(wn_cell_rules_init(&rules, recipe->n_selected));
    for (size_t j = 0; j < recipe->n_selected; j++)
        wn_cell_rules_set(&rules, j, &recipe->columns[recipe->feature_source[recipe->selected[j]]], true);
    wn_cell_rules_features(&rules, rows->cells, rows->n_cols, rows->n_rows, out);
done:
    wn_cell_rules_clear(&rules);
    return status;
}

static void place_dense(const wn_recipe *recipe, const wn_extracted *run, size_t n_rows, float *out)
{
    size_t n_dense = run->wide.n_dense;
    for (size_t d = 0; d < n_dense; d++) {
        size_t f = run->wide.dense[d], j = run->place[f];
        double center = wn_recipe_feature_center(recipe, f), scale = wn_recipe_feature_scale(recipe, f);
        for (size_t i = 0; i < n_rows && j != SIZE_MAX; i++)
            out[i * recipe->n_selected + j] = (float)((run->dense[i * n_dense + d] - center) / scale);
    }
}

/* Entries are not normalized: what is 0 stays 0. */
static void place_entries(const wn_recipe *recipe, const wn_extracted *run, const wn_sparse_part *part, size_t n_rows,
                          float *out)
{
    for (size_t i = 0; i < n_rows; i++)
        for (size_t k = part->rows.start[i]; k < part->rows.start[i + 1]; k++) {
            size_t j = run->place[part->first + part->rows.column[k]];
            if (j != SIZE_MAX)
                out[i * recipe->n_selected + j] = (float)part->rows.value[k];
        }
}

/* All features of a run, of which those selected are taken. Here rows become dense. */
static wn_status features_of_encoders(const wn_recipe *recipe, const wn_raw_rows *rows, wn_extracted *run, float *out)
{
    wn_status status = WN_OK;
    TRY(wn_recipe_extract_wide(recipe, rows, run->dense, &run->wide));
    memset(out, 0, rows->n_rows * recipe->n_selected * sizeof *out);
    place_dense(recipe, run, rows->n_rows, out);
    for (size_t p = 0; p < run->wide.n_parts; p++)
        place_entries(recipe, run, &run->wide.parts[p], rows->n_rows, out);
done:
    return status;
}

wn_status wn_recipe_features(const wn_recipe *recipe, const wn_raw_rows *rows, float *out)
{
    wn_status status = WN_OK;
    wn_extracted run = {0};
    if (wn_recipe_is_plain(recipe))
        return features_of_cells(recipe, rows, out);
    TRY(wn_extracted_init(&run, recipe, recipe->selected, recipe->n_selected));
    for (size_t first = 0; first < rows->n_rows; first += WN_TILE_ROWS) {
        size_t n = rows->n_rows - first < WN_TILE_ROWS ? rows->n_rows - first : WN_TILE_ROWS;
        const wn_raw_rows tile = wn_raw_rows_run(rows, first, n);
        TRY(features_of_encoders(recipe, &tile, &run, out + first * recipe->n_selected));
    }
done:
    wn_extracted_clear(&run);
    return status;
}

/* Product of one tile: the shape is the same for any number of rows, so that a row's components do not depend on it. */
static void project_tile(const wn_projection *projection, const float *features, size_t n_rows, double *centred,
                         double *product, float *out)
{
    size_t p = projection->n_features, k = projection->n_components;
    memset(centred, 0, WN_TILE_ROWS * p * sizeof *centred);
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < p; j++)
            centred[i * p + j] = (double)features[i * p + j] - projection->mean[j];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, WN_TILE_ROWS, (int)k, (int)p, 1, centred, (int)p,
                projection->components, (int)p, 0, product, (int)k);
    size_t width = projection->appends ? k + p : k;
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t c = 0; c < k; c++)
            out[i * width + c] = (float)product[i * k + c];
        if (projection->appends)
            memcpy(out + i * width + k, features + i * p, p * sizeof *out);
    }
}

wn_status wn_recipe_inputs(const wn_recipe *recipe, const float *features, size_t n_rows, float *out)
{
    const wn_projection *projection = recipe->projection;
    wn_status status = WN_OK;
    double *centred = NULL, *product = NULL;
    size_t p = projection->n_features, k = projection->n_components, width = wn_recipe_n_inputs(recipe);
    TRY(wn_new(&centred, WN_TILE_ROWS * p));
    TRY(wn_new(&product, WN_TILE_ROWS * k));
    for (size_t first = 0; first < n_rows; first += WN_TILE_ROWS) {
        size_t n = n_rows - first < WN_TILE_ROWS ? n_rows - first : WN_TILE_ROWS;
        project_tile(projection, features + first * p, n, centred, product, out + first * width);
    }
done:
    wn_free(centred);
    wn_free(product);
    return status;
}

wn_status wn_recipe_match(wn_recipe *recipe, const wn_catalog *catalog)
{
    wn_status status = WN_OK;
    wn_column_list lacking = {0}, other = {0};
    size_t *position = NULL;
    bool *is_long = NULL;
    TRY(wn_new(&position, recipe->n_columns));
    TRY(wn_new(&is_long, recipe->n_columns));
    for (size_t i = 0; i < recipe->n_columns; i++) {
        size_t j = i; /* most often the columns lie in the same order */
        if (j >= catalog->n_columns || strcmp(recipe->columns[i].name, catalog->columns[j].name) != 0)
            for (j = 0; j < catalog->n_columns; j++)
                if (strcmp(recipe->columns[i].name, catalog->columns[j].name) == 0)
                    break;
        if (j == catalog->n_columns)
            wn_column_list_add(&lacking, recipe->columns[i].name, -1);
        else if (catalog->columns[j].is_text != recipe->columns[i].is_text)
            wn_column_list_add(&other, recipe->columns[i].name, -1);
        else
            position[i] = catalog->columns[j].is_text ? catalog->columns[j].place : j; /* cells come first */
        is_long[i] = j < catalog->n_columns && catalog->columns[j].is_long;
    }
    if (lacking.n_names > 0)
        TRY(wn_fail(WN_BAD_DATA, "the input lacks columns of the recipe: %s", wn_column_list_text(&lacking)));
    if (other.n_names > 0)
        TRY(wn_fail(WN_BAD_DATA,
                    "columns are strings in the recipe and numbers in the input, or the other way round: %s",
                    wn_column_list_text(&other)));
    for (size_t i = 0; i < recipe->n_columns; i++) {
        recipe->columns[i].position = position[i];
        recipe->columns[i].is_long = is_long[i];
    }
done:
    wn_free(is_long);
    wn_free(position);
    return status;
}

wn_status wn_recipe_check_features(const wn_recipe *recipe, const wn_catalog *catalog, const float *features,
                                   size_t n_rows, const int64_t *rows)
{
    size_t n = recipe->n_selected;
    for (size_t i = 0; i < n_rows * n; i++) {
        if (!isfinite(features[i]))
            return wn_recipe_refuse_feature(recipe, catalog, i % n, rows[i / n], features[i]);
    }
    return WN_OK;
}
