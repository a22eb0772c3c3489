/* Selected features of rows that are mostly zero, from encoders to sparse rows without laying them out. */
#include "encoder.h"
#include "entries.h"
#include "extracted.h"

#include "winnow/memory.h"

#include <math.h>

typedef struct {
    wn_extracted run;
    double *center, *scale; /* (wide.n_dense) */
    wn_entry *sorted;       /* (n_selected) */
} extraction;

static wn_status extraction_init(extraction *made, const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    TRY(wn_extracted_init(&made->run, recipe, recipe->selected, recipe->n_selected));
    TRY(wn_new(&made->center, made->run.wide.n_dense));
    TRY(wn_new(&made->scale, made->run.wide.n_dense));
    TRY(wn_new(&made->sorted, recipe->n_selected));
    for (size_t d = 0; d < made->run.wide.n_dense; d++) {
        made->center[d] = wn_recipe_feature_center(recipe, made->run.wide.dense[d]);
        made->scale[d] = wn_recipe_feature_scale(recipe, made->run.wide.dense[d]);
    }
done:
    return status;
}

static void extraction_clear(extraction *made)
{
    wn_free(made->sorted);
    wn_free(made->scale);
    wn_free(made->center);
    wn_extracted_clear(&made->run);
}

static size_t most_entries(const wn_extracted *run, size_t row)
{
    size_t n = run->wide.n_dense;
    for (size_t p = 0; p < run->wide.n_parts; p++)
        n += run->wide.parts[p].rows.start[row + 1] - run->wide.parts[p].rows.start[row];
    return n;
}

/* One more entry behind the n there are, unless it is not selected or 0. Returns how many there are then. */
static size_t put(wn_sparse_rows *out, size_t n, size_t place, float value)
{
    if (place == SIZE_MAX || value == 0.0f)
        return n;
    out->column[out->n_entries + n] = (uint32_t)place;
    out->value[out->n_entries + n] = (double)value;
    return n + 1;
}

/* Entries are not normalized: what is 0 stays 0. */
static size_t put_row(const extraction *of, size_t row, wn_sparse_rows *out)
{
    const wn_wide_columns *wide = &of->run.wide;
    size_t n = 0;
    for (size_t d = 0; d < wide->n_dense; d++) {
        double cell = of->run.dense[row * wide->n_dense + d];
        n = put(out, n, of->run.place[wide->dense[d]], (float)((cell - of->center[d]) / of->scale[d]));
    }
    for (size_t p = 0; p < wide->n_parts; p++) {
        const wn_sparse_part *part = &wide->parts[p];
        for (size_t k = part->rows.start[row]; k < part->rows.start[row + 1]; k++)
            n = put(out, n, of->run.place[part->first + part->rows.column[k]], (float)part->rows.value[k]);
    }
    return n;
}

static wn_status append_row(const extraction *of, const wn_recipe *recipe, const wn_catalog *catalog, size_t row,
                            int64_t number, wn_sparse_rows *out)
{
    wn_status status = WN_OK;
    TRY(wn_sparse_rows_reserve(out, most_entries(&of->run, row)));
    uint32_t *column = out->column + out->n_entries;
    double *value = out->value + out->n_entries;
    size_t n = put_row(of, row, out);
    wn_entries_sort(column, value, n, of->sorted);
    for (size_t k = 0; k < n; k++)
        if (!isfinite(value[k]))
            TRY(wn_recipe_refuse_feature(recipe, catalog, column[k], number, (float)value[k]));
    wn_sparse_rows_end(out, n);
done:
    return status;
}

wn_status wn_recipe_append_features(const wn_recipe *recipe, const wn_catalog *catalog, const wn_raw_rows *rows,
                                    const int64_t *numbers, wn_sparse_rows *out)
{
    wn_status status = WN_OK;
    extraction of = {0};
    TRY(extraction_init(&of, recipe));
    for (size_t first = 0; first < rows->n_rows; first += WN_TILE_ROWS) {
        size_t n = rows->n_rows - first < WN_TILE_ROWS ? rows->n_rows - first : WN_TILE_ROWS;
        const wn_raw_rows tile = wn_raw_rows_run(rows, first, n);
        TRY(wn_recipe_extract_wide(recipe, &tile, of.run.dense, &of.run.wide));
        for (size_t i = 0; i < n; i++)
            TRY(append_row(&of, recipe, catalog, i, numbers[first + i], out));
    }
done:
    extraction_clear(&of);
    return status;
}
