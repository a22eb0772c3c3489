/* Features of rows before normalization: dense, or those of encoders whose rows are mostly zero as sparse parts. */
#include "encoder.h"

#include <string.h>

static bool is_sparse(const wn_encoder *encoder)
{
    const wn_encoder_ops *ops = encoder->ops;
    return ops->append != NULL && (ops->apply == NULL || ops->size(encoder->state) >= WN_SPARSE_FEATURES);
}

bool wn_recipe_feature_is_sparse(const wn_recipe *recipe, size_t feature)
{
    size_t e = recipe->feature_encoder[feature];
    return e != WN_NO_ENCODER && is_sparse(&recipe->encoders[e]);
}

wn_status wn_recipe_wide_columns(const wn_recipe *recipe, wn_wide_columns *wide)
{
    wn_status status = WN_OK;
    size_t n_parts = 0, n_dense = recipe->n_features, p = 0, d = 0;
    for (size_t e = 0; e < recipe->n_encoders; e++)
        if (is_sparse(&recipe->encoders[e])) {
            n_dense -= recipe->encoders[e].ops->size(recipe->encoders[e].state);
            n_parts++;
        }
    TRY(wn_wide_columns_init(wide, recipe->n_features, n_dense, n_parts));
    for (size_t e = 0; e < recipe->n_encoders; e++)
        if (is_sparse(&recipe->encoders[e])) {
            wide->parts[p].first = recipe->encoders[e].first;
            wide->parts[p++].n_cols = recipe->encoders[e].ops->size(recipe->encoders[e].state);
        }
    for (size_t f = 0; f < recipe->n_features; f++)
        if (!wn_recipe_feature_is_sparse(recipe, f))
            wide->dense[d++] = f;
done:
    return status;
}

static void extract_cells(const wn_recipe *recipe, const wn_raw_rows *rows, const wn_wide_columns *wide, double *out)
{
    for (size_t d = 0; d < wide->n_dense; d++) {
        size_t f = wide->dense[d];
        const wn_recipe_column *column = &recipe->columns[recipe->feature_source[f]];
        if (recipe->feature_encoder[f] != WN_NO_ENCODER)
            continue;
        for (size_t i = 0; i < rows->n_rows; i++)
            out[i * wide->n_dense + d] = wn_recipe_clean_cell(column, wn_raw_cell(rows, i, column));
    }
}

wn_status wn_recipe_extract_wide(const wn_recipe *recipe, const wn_raw_rows *rows, double *out, wn_wide_columns *wide)
{
    wn_status status = WN_OK;
    size_t p = 0;
    wn_wide_columns_empty(wide);
    memset(out, 0, rows->n_rows * wide->n_dense * sizeof *out);
    extract_cells(recipe, rows, wide, out);
    for (size_t e = 0; e < recipe->n_encoders; e++) {
        const wn_encoder *encoder = &recipe->encoders[e];
        if (is_sparse(encoder))
            TRY(encoder->ops->append(encoder, recipe, rows, &wide->parts[p++].rows));
        else
            TRY(encoder->ops->apply(encoder, recipe, rows, out + wn_wide_columns_dense(wide, encoder->first),
                                    wide->n_dense));
    }
done:
    return status;
}
