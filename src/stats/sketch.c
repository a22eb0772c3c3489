#include "winnow/sketch.h"

#include "sketch_kernels.h"
#include "sketch_sparse.h"
#include "sketch_unit.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Rows that are multiplied at once: their errors stay small, and rounding the product is a small part of the time. */
enum { PANEL_ROWS = 512 };

/* Rows, their products with the directions, and the panel's result, in one of two precisions. */
typedef struct {
    wn_cells rows, scores, product; /* owned */
} sketch_panel;

struct wn_sketch {
    size_t n_cols, n_directions; /* of the block's cells, which are dense */
    size_t n_all;                /* columns, sparse ones among them */
    size_t *column;              /* (n_cols) which of all these are; NULL: all */
    double *centre, *factor;     /* (n_cols) */
    int *unit;                   /* (n_cols) exponent of a sum's weight */
    double *per_unit;            /* (n_cols) 2^-unit */
    int64_t *sums;               /* (n_directions, n_cols), and behind them those of sparse columns */
    size_t n_sums;
    wn_sketch_sparse *sparse; /* NULL where all columns are dense */
    double *gathered;         /* (n_directions, n_cols) the dense columns' directions; NULL where all are dense */
    const double *directions; /* (n_directions, n_cols) borrowed */
    float *single_directions; /* the same as floats; NULL in double */
    bool is_single;
    sketch_panel panel;
    size_t capacity;
};

/* A bound of a direction's scores, squared and summed. Where rows are not centred, their own size counts for what
 * rounding adds. */
static double bound_scores(const wn_sketch_shape *shape)
{
    static const double ROUNDING = 0x1p-80;
    double all = 0;
    for (size_t c = 0; c < shape->n_cols; c++)
        all += shape->squares[c];
    for (size_t c = 0; c < shape->n_cols && shape->wide != NULL; c++)
        all += ROUNDING * wn_sketch_sparse_square(shape, c);
    return all;
}

static void plan_columns(wn_sketch *sketch, const wn_sketch_shape *shape, double all)
{
    for (size_t d = 0; d < sketch->n_cols; d++) {
        size_t c = sketch->column != NULL ? sketch->column[d] : d;
        bool varies = shape->squares[c] > 0;
        sketch->centre[d] = shape->centre[c];
        sketch->factor[d] = varies ? shape->factor[c] : 0;
        sketch->unit[d] = wn_sketch_unit(sqrt(shape->squares[c]) * sqrt(all));
        sketch->per_unit[d] = ldexp(1.0, -sketch->unit[d]);
    }
}

/* What is there beside dense columns. */
static wn_status add_sparse(wn_sketch *sketch, const wn_sketch_shape *shape, double all)
{
    wn_status status = WN_OK;
    size_t d = sketch->n_cols, size = sketch->n_directions * d;
    TRY(wn_new(&sketch->column, d));
    TRY(wn_new(&sketch->gathered, size));
    TRY(wn_sketch_sparse_new(&sketch->sparse, shape, all, sketch->sums + size));
    if (d > 0)
        memcpy(sketch->column, shape->wide->dense, d * sizeof *sketch->column);
done:
    return status;
}

static wn_status resize(wn_cells *cells, size_t n)
{
    return wn_memory_resize(&cells->data, n, wn_cell_bytes(cells->is_float32), __func__);
}

wn_status wn_sketch_new(wn_sketch **sketch, const wn_sketch_shape *shape)
{
    wn_status status = WN_OK;
    wn_sketch *made = NULL;
    size_t p = shape->wide != NULL ? shape->wide->n_dense : shape->n_cols, size = shape->n_directions * p;
    double all = bound_scores(shape);
    TRY(wn_new(&made, 1));
    *made = (wn_sketch){
        .n_cols = p, .n_directions = shape->n_directions, .n_all = shape->n_cols, .is_single = shape->is_single};
    made->n_sums = size + wn_sketch_sparse_sums(shape->wide, shape->n_directions);
    TRY(wn_new(&made->centre, p));
    TRY(wn_new(&made->factor, p));
    TRY(wn_new(&made->unit, p));
    TRY(wn_new(&made->per_unit, p));
    TRY(wn_new(&made->sums, made->n_sums));
    made->panel = (sketch_panel){{NULL, made->is_single}, {NULL, made->is_single}, {NULL, made->is_single}};
    TRY(resize(&made->panel.product, size));
    if (made->is_single)
        TRY(wn_new(&made->single_directions, size));
    if (shape->wide != NULL)
        TRY(add_sparse(made, shape, all));
    plan_columns(made, shape, all);
    *sketch = made;
    made = NULL;
done:
    wn_sketch_free(made);
    return status;
}

void wn_sketch_free(wn_sketch *sketch)
{
    if (sketch == NULL)
        return;
    wn_free(sketch->panel.product.data);
    wn_free(sketch->panel.scores.data);
    wn_free(sketch->panel.rows.data);
    wn_sketch_sparse_free(sketch->sparse);
    wn_free(sketch->gathered);
    wn_free(sketch->single_directions);
    wn_free(sketch->sums);
    wn_free(sketch->per_unit);
    wn_free(sketch->unit);
    wn_free(sketch->factor);
    wn_free(sketch->centre);
    wn_free(sketch->column);
    wn_free(sketch);
}

size_t wn_sketch_bytes(size_t n_cols, size_t n_dense, size_t n_directions, size_t capacity, bool is_single)
{
    size_t cell = is_single ? sizeof(float) : sizeof(double), rows = capacity < PANEL_ROWS ? capacity : PANEL_ROWS;
    size_t dense = sizeof(int64_t) + sizeof(double) + (is_single ? 2 : 1) * cell;
    size_t sparse = sizeof(int64_t) + sizeof(double);
    return n_directions * (n_dense * dense + (n_cols - n_dense + 1) * sparse) + rows * (n_dense + n_directions) * cell +
           n_cols * (4 * sizeof(double) + sizeof(size_t) + sizeof(int) + sizeof(uint32_t));
}

static void gather(wn_sketch *sketch, const double *directions)
{
    size_t p = sketch->n_cols;
    for (size_t j = 0; j < sketch->n_directions; j++)
        for (size_t d = 0; d < p; d++)
            sketch->gathered[j * p + d] = directions[j * sketch->n_all + sketch->column[d]];
}

void wn_sketch_begin(wn_sketch *sketch, const double *directions)
{
    size_t size = sketch->n_directions * sketch->n_cols;
    sketch->directions = directions;
    if (sketch->sparse != NULL) {
        gather(sketch, directions);
        wn_sketch_sparse_begin(sketch->sparse, directions, sketch->n_all);
        sketch->directions = sketch->gathered;
    }
    for (size_t i = 0; i < size && sketch->is_single; i++)
        sketch->single_directions[i] = (float)sketch->directions[i];
    if (sketch->n_sums > 0)
        memset(sketch->sums, 0, sketch->n_sums * sizeof *sketch->sums);
}

static wn_status make_room(wn_sketch *sketch, size_t n_rows)
{
    wn_status status = WN_OK;
    size_t n = n_rows < PANEL_ROWS ? n_rows : PANEL_ROWS;
    if (n <= sketch->capacity)
        return WN_OK;
    TRY(resize(&sketch->panel.rows, n * sketch->n_cols));
    TRY(resize(&sketch->panel.scores, n * sketch->n_directions));
    sketch->capacity = n;
done:
    return status;
}

static void centre_rows(wn_sketch *sketch, wn_cells cells, size_t n_rows)
{
    size_t p = sketch->n_cols;
    for (size_t i = 0; i < n_rows; i++)
        wn_sketch_centre(wn_cells_at(cells, i * p), sketch->centre, sketch->factor, p,
                         wn_cells_at(sketch->panel.rows, i * p));
}

/* Z = X Q', by dense columns. */
static void multiply_directions(wn_sketch *sketch, size_t n_rows)
{
    const wn_cells rows = sketch->panel.rows, scores = sketch->panel.scores;
    int n = (int)n_rows, cols = (int)sketch->n_cols, width = (int)sketch->n_directions;
    if (cols == 0)
        memset(scores.data, 0, n_rows * sketch->n_directions * wn_cell_bytes(scores.is_float32));
    else if (sketch->is_single)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, width, cols, 1, rows.data, cols,
                    sketch->single_directions, cols, 0, scores.data, width);
    else
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, width, cols, 1, rows.data, cols, sketch->directions,
                    cols, 0, scores.data, width);
}

/* Z'X, of dense columns. */
static void multiply_scores(wn_sketch *sketch, size_t n_rows)
{
    const wn_cells rows = sketch->panel.rows, scores = sketch->panel.scores;
    int n = (int)n_rows, cols = (int)sketch->n_cols, width = (int)sketch->n_directions;
    if (cols == 0)
        return;
    if (sketch->is_single)
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, width, cols, n, 1, scores.data, width, rows.data, cols, 0,
                    sketch->panel.product.data, cols);
    else
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, width, cols, n, 1, scores.data, width, rows.data, cols, 0,
                    sketch->panel.product.data, cols);
}

static void add_product(wn_sketch *sketch)
{
    size_t p = sketch->n_cols;
    for (size_t j = 0; j < sketch->n_directions; j++)
        wn_sketch_round(wn_cells_at(sketch->panel.product, j * p), sketch->per_unit, p, sketch->sums + j * p);
}

wn_status wn_sketch_add(wn_sketch *sketch, const wn_block *block)
{
    wn_status status = WN_OK;
    TRY(make_room(sketch, block->n_rows));
    for (size_t first = 0; first < block->n_rows; first += PANEL_ROWS) {
        size_t left = block->n_rows - first, n = left < PANEL_ROWS ? left : PANEL_ROWS;
        wn_cells cells = wn_cells_at(wn_block_view(block), first * block->n_cols);
        centre_rows(sketch, cells, n);
        multiply_directions(sketch, n);
        if (sketch->sparse != NULL)
            wn_sketch_sparse_add(sketch->sparse, block, first, n, sketch->panel.scores);
        multiply_scores(sketch, n);
        add_product(sketch);
    }
done:
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    return wn_sketch_add(state, block);
}

static wn_span sums_of(void *state)
{
    wn_sketch *sketch = state;
    return (wn_span){sketch->sums, sketch->n_sums};
}

static wn_span keys_of(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_sketch_accumulator(wn_sketch *sketch)
{
    static const wn_accumulator_ops ops = {"sketch", add, sums_of, keys_of, true, NULL};
    return (wn_accumulator){&ops, sketch};
}

void wn_sketch_finish(const wn_sketch *sketch, double *product)
{
    size_t p = sketch->n_cols;
    for (size_t j = 0; j < sketch->n_directions; j++)
        for (size_t d = 0; d < p; d++) {
            size_t c = sketch->column != NULL ? sketch->column[d] : d;
            product[j * sketch->n_all + c] = ldexp((double)sketch->sums[j * p + d], sketch->unit[d]);
        }
    if (sketch->sparse != NULL)
        wn_sketch_sparse_finish(sketch->sparse, product, sketch->n_all);
}
