#include "sketch_sparse.h"

#include "sketch_entries.h"
#include "sketch_unit.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

size_t wn_sketch_sparse_sums(const wn_wide_columns *wide, size_t n_directions)
{
    return wide != NULL ? n_directions * (wide->n_cols - wide->n_dense + 1) : 0;
}

static double mean_of(const wn_sketch_shape *shape, size_t column)
{
    return shape->squares[column] > 0 ? shape->centre[column] * shape->factor[column] : 0;
}

double wn_sketch_sparse_square(const wn_sketch_shape *shape, size_t column)
{
    double mean = mean_of(shape, column);
    return shape->squares[column] + mean * mean * (double)shape->n_rows;
}

/* Columns that are no dense ones, in order. */
static void list_columns(wn_sketch_sparse *sparse, const wn_wide_columns *wide)
{
    size_t d = 0, n = 0;
    for (size_t c = 0; c < wide->n_cols; c++)
        if (d < wide->n_dense && wide->dense[d] == c) {
            d++;
        } else {
            sparse->place[c] = (uint32_t)n;
            sparse->column[n++] = c;
        }
}

/* |S'z| of a column is at most the root of its squares times all, |1'z| that of the rows times all, and so are both
 * parts of their difference. */
static void plan_columns(wn_sketch_sparse *sparse, const wn_sketch_shape *shape, double all)
{
    size_t n = sparse->n_cols;
    for (size_t s = 0; s < n; s++) {
        size_t c = sparse->column[s];
        sparse->mean[s] = mean_of(shape, c);
        sparse->factor[s] = shape->squares[c] > 0 ? shape->factor[c] : 0;
        sparse->unit[s] = wn_sketch_unit(sqrt(wn_sketch_sparse_square(shape, c)) * sqrt(all));
        sparse->weight[s] = ldexp(sparse->factor[s], -sparse->unit[s]);
    }
    sparse->unit[n] = wn_sketch_unit(sqrt((double)shape->n_rows) * sqrt(all));
    sparse->weight[n] = ldexp(1.0, -sparse->unit[n]);
}

wn_status wn_sketch_sparse_new(wn_sketch_sparse **sparse, const wn_sketch_shape *shape, double all, int64_t *sums)
{
    wn_status status = WN_OK;
    wn_sketch_sparse *made = NULL;
    size_t n = shape->wide->n_cols - shape->wide->n_dense, width = shape->n_directions;
    TRY(wn_new(&made, 1));
    *made = (wn_sketch_sparse){.n_cols = n, .n_directions = width, .sums = sums};
    TRY(wn_new(&made->column, n));
    TRY(wn_new(&made->place, shape->wide->n_cols));
    TRY(wn_new(&made->mean, n));
    TRY(wn_new(&made->factor, n));
    TRY(wn_new(&made->unit, n + 1));
    TRY(wn_new(&made->weight, n + 1));
    TRY(wn_new(&made->directions, n * width));
    TRY(wn_new(&made->shift, width));
    TRY(wn_new(&made->scores, width));
    list_columns(made, shape->wide);
    plan_columns(made, shape, all);
    *sparse = made;
    made = NULL;
done:
    wn_sketch_sparse_free(made);
    return status;
}

void wn_sketch_sparse_free(wn_sketch_sparse *sparse)
{
    if (sparse == NULL)
        return;
    wn_free(sparse->scores);
    wn_free(sparse->shift);
    wn_free(sparse->directions);
    wn_free(sparse->weight);
    wn_free(sparse->unit);
    wn_free(sparse->factor);
    wn_free(sparse->mean);
    wn_free(sparse->place);
    wn_free(sparse->column);
    wn_free(sparse);
}

void wn_sketch_sparse_begin(wn_sketch_sparse *sparse, const double *directions, size_t stride)
{
    size_t width = sparse->n_directions;
    for (size_t j = 0; j < width; j++) {
        const double *direction = directions + j * stride;
        double sum = 0;
        for (size_t s = 0; s < sparse->n_cols; s++) {
            sum += sparse->mean[s] * direction[sparse->column[s]];
            sparse->directions[s * width + j] = sparse->factor[s] * direction[sparse->column[s]];
        }
        sparse->shift[j] = -sum;
    }
}

/* z becomes a row's scores by all columns; *dense are those by its dense ones, and then the same. */
static void score(wn_sketch_sparse *sparse, const wn_block *block, size_t row, wn_cells dense)
{
    const double *doubles = dense.data;
    const float *floats = dense.data;
    double *z = sparse->scores;
    for (size_t j = 0; j < sparse->n_directions; j++)
        z[j] = sparse->shift[j] + (dense.is_float32 ? (double)floats[j] : doubles[j]);
    for (size_t p = 0; p < block->wide->n_parts; p++) {
        wn_sketch_entries entries = wn_sketch_entries_of(&block->wide->parts[p], row, sparse->place);
        wn_sketch_entries_score(&entries, sparse->directions, sparse->n_directions, z);
    }
    for (size_t j = 0; j < sparse->n_directions; j++)
        if (dense.is_float32)
            ((float *)dense.data)[j] = (float)z[j];
        else
            ((double *)dense.data)[j] = z[j];
}

void wn_sketch_sparse_add(wn_sketch_sparse *sparse, const wn_block *block, size_t first, size_t n_rows, wn_cells scores)
{
    size_t width = sparse->n_directions, n = sparse->n_cols;
    const uint32_t last = (uint32_t)n, own = 0;
    const double one = 1;
    const wn_sketch_entries ones = {1, 0, &own, &one, &last};
    for (size_t i = 0; i < n_rows; i++) {
        score(sparse, block, first + i, wn_cells_at(scores, i * width));
        for (size_t p = 0; p < block->wide->n_parts; p++) {
            wn_sketch_entries entries = wn_sketch_entries_of(&block->wide->parts[p], first + i, sparse->place);
            wn_sketch_entries_add(&entries, sparse->weight, sparse->scores, width, sparse->sums);
        }
        wn_sketch_entries_add(&ones, sparse->weight, sparse->scores, width, sparse->sums);
    }
}

void wn_sketch_sparse_finish(const wn_sketch_sparse *sparse, double *product, size_t stride)
{
    size_t width = sparse->n_directions, n = sparse->n_cols;
    for (size_t j = 0; j < width; j++) {
        double all = ldexp((double)sparse->sums[n * width + j], sparse->unit[n]);
        for (size_t s = 0; s < n; s++)
            product[j * stride + sparse->column[s]] =
                ldexp((double)sparse->sums[s * width + j], sparse->unit[s]) - sparse->mean[s] * all;
    }
}
