#include "dataset_sink.h"

#include "winnow/memory.h"

#include <string.h>

size_t wn_dataset_bytes(size_t n_rows, size_t n_features)
{
    return n_rows * (n_features * sizeof(float) + sizeof(float) + sizeof(int64_t));
}

wn_status wn_dataset_new(wn_dataset **dataset, size_t n_rows, size_t n_features, bool is_sparse, size_t n_pieces)
{
    wn_status status = WN_OK;
    wn_dataset *new = NULL;
    TRY(wn_new(&new, 1));
    new->n_rows = n_rows;
    new->n_features = n_features;
    new->n_pieces = n_pieces;
    if (is_sparse)
        TRY(wn_new(&new->sparse, 1));
    else
        TRY(wn_memory_new((void **)&new->features, n_rows, n_features * sizeof *new->features, __func__));
    TRY(wn_new(&new->targets, n_rows));
    TRY(wn_new(&new->rows, n_rows));
    TRY(wn_new(&new->piece_first, n_pieces + 1));
    TRY(wn_new(&new->piece_block, n_pieces));
    TRY(wn_new(&new->piece_lane, n_pieces));
    *dataset = new;
    new = NULL;
done:
    wn_dataset_free(new);
    return status;
}

void wn_dataset_free(wn_dataset *dataset)
{
    if (!dataset)
        return;
    if (dataset->sparse != NULL)
        wn_sparse_rows_clear(dataset->sparse);
    wn_free(dataset->sparse);
    wn_free(dataset->features);
    wn_free(dataset->targets);
    wn_free(dataset->rows);
    wn_free(dataset->piece_first);
    wn_free(dataset->piece_block);
    wn_free(dataset->piece_lane);
    wn_free(dataset);
}

bool wn_dataset_is_sparse(const wn_recipe *recipe, wn_inputs inputs)
{
    size_t n_terms = 0;
    for (size_t j = 0; j < recipe->n_selected && inputs == WN_INPUTS_FEATURES; j++)
        n_terms += wn_recipe_feature_is_sparse(recipe, recipe->selected[j]);
    return n_terms >= WN_DATASET_LEAST_SPARSE && n_terms >= recipe->n_selected / 4 * 3;
}

size_t wn_dataset_room(const wn_dataset *dataset, size_t n)
{
    return dataset->sparse != NULL ? n * dataset->n_features : 0;
}

const float *wn_dataset_rows(const wn_dataset *dataset, size_t first, size_t n, float *room)
{
    if (dataset->sparse == NULL)
        return dataset->features + first * dataset->n_features;
    for (size_t i = 0; i < n; i++)
        wn_dataset_copy_row(dataset, first + i, room + i * dataset->n_features);
    return room;
}

void wn_dataset_copy_row(const wn_dataset *dataset, size_t row, float *out)
{
    size_t n = dataset->n_features;
    const wn_sparse_rows *sparse = dataset->sparse;
    if (sparse == NULL) {
        memcpy(out, dataset->features + row * n, n * sizeof *out);
        return;
    }
    memset(out, 0, n * sizeof *out);
    for (size_t k = sparse->start[row]; k < sparse->start[row + 1]; k++)
        out[sparse->column[k]] = (float)sparse->value[k];
}

wn_status wn_dataset_read_labels(const wn_dataset *dataset, wn_reader *reader, const wn_catalog *catalog,
                                 double *labels)
{
    wn_status status = WN_OK;
    double *of_block = NULL;
    TRY(wn_new(&of_block, wn_reader_block_capacity(reader)));
    for (size_t piece = 0; piece < dataset->n_pieces; piece++) {
        wn_block_extent extent = wn_catalog_block(catalog, dataset->piece_block[piece]);
        TRY(wn_reader_read_labels(reader, dataset->piece_block[piece], of_block));
        for (size_t i = dataset->piece_first[piece]; i < dataset->piece_first[piece + 1]; i++)
            labels[i] = of_block[dataset->rows[i] - extent.first_row];
    }
done:
    wn_free(of_block);
    return status;
}

/* One piece for every block that has rows of the status. */
static wn_status cut_by_block(wn_dataset **dataset, const wn_rows *rows, wn_row_status wanted, size_t n_features,
                              bool is_sparse)
{
    wn_status status = WN_OK;
    size_t *n_wanted = NULL, n_rows = 0, n_pieces = 0;
    size_t n_blocks = (size_t)(rows->blocks.last - rows->blocks.first);
    TRY(wn_new(&n_wanted, n_blocks));
    for (size_t b = 0; b < n_blocks; b++) {
        wn_block_extent extent = wn_catalog_block(rows->catalog, rows->blocks.first + (int64_t)b);
        const unsigned char *statuses = rows->status + (extent.first_row - rows->first_row);
        for (size_t i = 0; i < extent.n_rows; i++)
            n_wanted[b] += statuses[i] == wanted;
        n_rows += n_wanted[b];
        n_pieces += n_wanted[b] > 0;
    }
    TRY(wn_dataset_new(dataset, n_rows, n_features, is_sparse, n_pieces));
    for (size_t b = 0, piece = 0; b < n_blocks; b++) {
        if (n_wanted[b] == 0)
            continue;
        (*dataset)->piece_block[piece] = rows->blocks.first + (int64_t)b;
        (*dataset)->piece_first[piece + 1] = (*dataset)->piece_first[piece] + n_wanted[b];
        piece++;
    }
done:
    wn_free(n_wanted);
    return status;
}

static wn_status of_status(wn_dataset **dataset, const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                           wn_inputs inputs, wn_row_status wanted, bool is_learnt, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_dataset *new = NULL;
    size_t n_features = wn_inputs_count(recipe, inputs);
    TRY(wn_ranks_agree(pass->ranks,
                       cut_by_block(&new, rows, wanted, n_features, wn_dataset_is_sparse(recipe, inputs))));
    TRY(wn_dataset_fill(new, pass, rows, recipe, inputs, wanted, is_learnt, 0, cost));
    *dataset = new;
    new = NULL;
done:
    wn_dataset_free(new);
    return status;
}

wn_status wn_dataset_of_status(wn_dataset **dataset, const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                               wn_inputs inputs, wn_row_status wanted, wn_pass_cost *cost)
{
    return of_status(dataset, pass, rows, recipe, inputs, wanted, false, cost);
}

wn_status wn_dataset_of_training(wn_dataset **dataset, const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe,
                                 wn_inputs inputs, wn_pass_cost *cost)
{
    return of_status(dataset, pass, rows, recipe, inputs, WN_ROW_TRAIN, true, cost);
}
