#include "column_list.h"
#include "normalize.h"
#include "outliers.h"
#include "transform.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Rows whose cells are visited together, so that a column's numbers are loaded once for all of them. */
enum { TILE_ROWS = 64 };

wn_row_status wn_recipe_clean_row(const wn_recipe *recipe, double *cells)
{
    bool is_outlier = false;
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        double cell = cells[column->position];
        if (column->rule.missing == WN_MISSING_DROP_ROW && isnan(cell))
            return WN_ROW_MISSING;
        is_outlier |= column->rule.action == WN_OUTLIER_DROP_ROW && wn_outliers_outside(column, cell);
    }
    if (is_outlier)
        return WN_ROW_OUTLIER;
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        double *cell = &cells[column->position];
        *cell = wn_outliers_apply(column, *cell);
        if (isnan(*cell))
            *cell = column->fill;
        *cell = wn_transform_apply(column->rule.transform, *cell);
    }
    return WN_ROW_TRAIN;
}

void wn_recipe_features(const wn_recipe *recipe, const double *cells, size_t n_rows, size_t n_cols, float *out)
{
    for (size_t first = 0; first < n_rows; first += TILE_ROWS) {
        size_t last = n_rows - first < TILE_ROWS ? n_rows : first + TILE_ROWS;
        for (size_t j = 0; j < recipe->n_selected; j++) {
            const wn_recipe_column column = recipe->columns[recipe->feature_source[recipe->selected[j]]];
            for (size_t i = first; i < last; i++) {
                double cell = wn_outliers_apply(&column, cells[i * n_cols + column.position]);
                if (isnan(cell))
                    cell = column.fill;
                cell = wn_transform_apply(column.rule.transform, cell);
                out[i * recipe->n_selected + j] = (float)wn_normalize_apply(&column, cell);
            }
        }
    }
}

/* Product of one tile: the shape is the same for any number of rows, so that a row's components do not depend on it. */
static void project_tile(const wn_projection *projection, const float *features, size_t n_rows, double *centred,
                         double *product, float *out)
{
    size_t p = projection->n_features, k = projection->n_components;
    memset(centred, 0, TILE_ROWS * p * sizeof *centred);
    for (size_t i = 0; i < n_rows; i++)
        for (size_t j = 0; j < p; j++)
            centred[i * p + j] = (double)features[i * p + j] - projection->mean[j];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, TILE_ROWS, (int)k, (int)p, 1, centred, (int)p,
                projection->components, (int)p, 0, product, (int)k);
    for (size_t i = 0; i < n_rows * k; i++)
        out[i] = (float)product[i];
}

wn_status wn_recipe_components(const wn_recipe *recipe, const float *features, size_t n_rows, float *out)
{
    const wn_projection *projection = recipe->projection;
    wn_status status = WN_OK;
    double *centred = NULL, *product = NULL;
    size_t p = projection->n_features, k = projection->n_components;
    TRY(wn_new(&centred, TILE_ROWS * p));
    TRY(wn_new(&product, TILE_ROWS * k));
    for (size_t first = 0; first < n_rows; first += TILE_ROWS) {
        size_t n = n_rows - first < TILE_ROWS ? n_rows - first : TILE_ROWS;
        project_tile(projection, features + first * p, n, centred, product, out + first * k);
    }
done:
    wn_free(centred);
    wn_free(product);
    return status;
}

wn_status wn_recipe_match(wn_recipe *recipe, const wn_catalog *catalog)
{
    wn_status status = WN_OK;
    wn_column_list lacking = {0};
    size_t *position = NULL;
    TRY(wn_new(&position, recipe->n_columns));
    for (size_t i = 0; i < recipe->n_columns; i++) {
        size_t j = i; /* most often the columns lie in the same order */
        if (j >= catalog->n_columns || strcmp(recipe->columns[i].name, catalog->columns[j].name) != 0)
            for (j = 0; j < catalog->n_columns; j++)
                if (strcmp(recipe->columns[i].name, catalog->columns[j].name) == 0)
                    break;
        position[i] = j;
        if (j == catalog->n_columns)
            wn_column_list_add(&lacking, recipe->columns[i].name, -1);
    }
    if (lacking.n_names > 0)
        TRY(wn_fail(WN_BAD_DATA, "the input lacks columns of the recipe: %s", wn_column_list_text(&lacking)));
    for (size_t i = 0; i < recipe->n_columns; i++)
        recipe->columns[i].position = position[i];
done:
    wn_free(position);
    return status;
}

static wn_status refuse_feature(const wn_catalog *catalog, const char *column, int64_t row, bool is_missing)
{
    size_t f = 0;
    while (f + 1 < catalog->n_files && catalog->files[f + 1].first_row <= row)
        f++;
    return wn_fail(WN_BAD_DATA, "%s: column %s, row %lld: %s", catalog->files[f].path, column,
                   (long long)(row - catalog->files[f].first_row),
                   is_missing ? "a missing cell, which is an error" : "the feature exceeds the range of float32");
}

wn_status wn_recipe_check_features(const wn_recipe *recipe, const wn_catalog *catalog, const float *features,
                                   size_t n_rows, const int64_t *rows)
{
    size_t n = recipe->n_selected;
    for (size_t i = 0; i < n_rows * n; i++) {
        if (isfinite(features[i]))
            continue;
        const wn_recipe_column *column = &recipe->columns[recipe->feature_source[recipe->selected[i % n]]];
        return refuse_feature(catalog, column->name, rows[i / n], isnan(features[i]));
    }
    return WN_OK;
}
