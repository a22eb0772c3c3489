#include "extracted.h"

#include "encoder.h"

#include "winnow/memory.h"

#include <math.h>

wn_status wn_extracted_init(wn_extracted *run, const wn_recipe *recipe, const size_t *features, size_t n)
{
    wn_status status = WN_OK;
    *run = (wn_extracted){0};
    TRY(wn_recipe_wide_columns(recipe, &run->wide));
    TRY(wn_memory_new((void **)&run->dense, WN_TILE_ROWS, run->wide.n_dense * sizeof *run->dense, __func__));
    TRY(wn_new(&run->place, recipe->n_features));
    for (size_t f = 0; f < recipe->n_features; f++)
        run->place[f] = SIZE_MAX;
    for (size_t j = 0; j < n; j++)
        run->place[features[j]] = j;
done:
    return status;
}

void wn_extracted_clear(wn_extracted *run)
{
    wn_free(run->place);
    wn_free(run->dense);
    wn_wide_columns_clear(&run->wide);
}

wn_raw_rows wn_raw_rows_run(const wn_raw_rows *rows, size_t first, size_t n_rows)
{
    wn_raw_rows run = *rows;
    run.cells = wn_cells_at(rows->cells, first * rows->n_cols);
    if (run.texts != NULL)
        run.texts += first * rows->n_texts;
    if (run.learnt != NULL)
        run.learnt += first;
    run.n_rows = n_rows;
    return run;
}

wn_status wn_recipe_refuse_feature(const wn_recipe *recipe, const wn_catalog *catalog, size_t j, int64_t row,
                                   float value)
{
    size_t feature = recipe->selected[j], encoder = recipe->feature_encoder[feature];
    size_t n = encoder != WN_NO_ENCODER ? wn_encoder_width(&recipe->encoders[encoder]) : 1;
    const wn_recipe_column *column = &recipe->columns[recipe->feature_source[feature]];
    const wn_file *file = wn_catalog_file_of(catalog, row);
    long long row_in_file = row - file->first_row;
    const char *what = isnan(value) ? "a missing cell, which is an error" : "the feature exceeds the range of float32";
    if (n > 1)
        return wn_fail(WN_BAD_DATA, "%s: columns %s to %s, row %lld: %s", file->path, column->name, column[n - 1].name,
                       row_in_file, what);
    return wn_fail(WN_BAD_DATA, "%s: column %s, row %lld: %s", file->path, column->name, row_in_file, what);
}
