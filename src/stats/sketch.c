#include "winnow/sketch.h"

#include "sketch_kernels.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Rows that are multiplied at once: their errors stay small, and rounding the product is a small part of the time. */
enum { PANEL_ROWS = 512 };
enum { SUM_BITS = 61 };

/* Rows, their products with the directions, and the panel's result, in one of two precisions. */
typedef struct {
    wn_cells rows, scores, product; /* owned */
} sketch_panel;

struct wn_sketch {
    size_t n_cols, n_directions;
    double *centre, *factor;  /* (n_cols) */
    int *unit;                /* (n_cols) exponent of a sum's weight */
    double *per_unit;         /* (n_cols) 2^-unit */
    int64_t *sums;            /* (n_directions, n_cols) */
    const double *directions; /* (n_directions, n_cols) borrowed */
    float *single_directions; /* the same as floats; NULL in double */
    bool is_single;
    sketch_panel panel;
    size_t capacity;
};

/* Where even the largest entry rounds to nothing, any unit will do. */
static int unit_of(double bound)
{
    return bound > 0 ? ilogb(bound) + 1 - SUM_BITS : 0;
}

static void plan_columns(wn_sketch *sketch, const wn_sketch_shape *shape)
{
    double all = 0;
    for (size_t c = 0; c < shape->n_cols; c++)
        all += shape->squares[c];
    for (size_t c = 0; c < shape->n_cols; c++) {
        bool varies = shape->squares[c] > 0;
        sketch->centre[c] = shape->centre[c];
        sketch->factor[c] = varies ? shape->factor[c] : 0;
        sketch->unit[c] = unit_of(sqrt(shape->squares[c]) * sqrt(all));
        sketch->per_unit[c] = ldexp(1.0, -sketch->unit[c]);
    }
}

static wn_status resize(wn_cells *cells, size_t n)
{
    return wn_memory_resize(&cells->data, n, wn_cell_bytes(cells->is_float32), __func__);
}

wn_status wn_sketch_new(wn_sketch **sketch, const wn_sketch_shape *shape)
{
    wn_status status = WN_OK;
    wn_sketch *made = NULL;
    size_t p = shape->n_cols, size = shape->n_directions * p;
    TRY(wn_new(&made, 1));
    *made = (wn_sketch){.n_cols = p, .n_directions = shape->n_directions, .is_single = shape->is_single};
    TRY(wn_new(&made->centre, p));
    TRY(wn_new(&made->factor, p));
    TRY(wn_new(&made->unit, p));
    TRY(wn_new(&made->per_unit, p));
    TRY(wn_new(&made->sums, size));
    made->panel = (sketch_panel){{NULL, made->is_single}, {NULL, made->is_single}, {NULL, made->is_single}};
    TRY(resize(&made->panel.product, size));
    if (made->is_single)
        TRY(wn_new(&made->single_directions, size));
    plan_columns(made, shape);
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
    wn_free(sketch->single_directions);
    wn_free(sketch->sums);
    wn_free(sketch->per_unit);
    wn_free(sketch->unit);
    wn_free(sketch->factor);
    wn_free(sketch->centre);
    wn_free(sketch);
}

size_t wn_sketch_bytes(size_t n_cols, size_t n_directions, size_t capacity, bool is_single)
{
    size_t cell = is_single ? sizeof(float) : sizeof(double), rows = capacity < PANEL_ROWS ? capacity : PANEL_ROWS;
    size_t matrices = sizeof(int64_t) + (is_single ? 2 : 1) * cell;
    return n_directions * n_cols * matrices + rows * (n_cols + n_directions) * cell +
           n_cols * (3 * sizeof(double) + sizeof(int));
}

void wn_sketch_begin(wn_sketch *sketch, const double *directions)
{
    size_t size = sketch->n_directions * sketch->n_cols;
    sketch->directions = directions;
    for (size_t i = 0; i < size && sketch->is_single; i++)
        sketch->single_directions[i] = (float)directions[i];
    if (size > 0)
        memset(sketch->sums, 0, size * sizeof *sketch->sums);
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

static void multiply(wn_sketch *sketch, size_t n_rows)
{
    const double *rows = sketch->panel.rows.data;
    double *scores = sketch->panel.scores.data;
    int n = (int)n_rows, cols = (int)sketch->n_cols, width = (int)sketch->n_directions;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, width, cols, 1, rows, cols, sketch->directions, cols, 0,
                scores, width);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, width, cols, n, 1, scores, width, rows, cols, 0,
                sketch->panel.product.data, cols);
}

static void multiply_single(wn_sketch *sketch, size_t n_rows)
{
    const float *rows = sketch->panel.rows.data;
    float *scores = sketch->panel.scores.data;
    int n = (int)n_rows, cols = (int)sketch->n_cols, width = (int)sketch->n_directions;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, width, cols, 1, rows, cols, sketch->single_directions, cols,
                0, scores, width);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, width, cols, n, 1, scores, width, rows, cols, 0,
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
        if (sketch->is_single)
            multiply_single(sketch, n);
        else
            multiply(sketch, n);
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
    return (wn_span){sketch->sums, sketch->n_directions * sketch->n_cols};
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
        for (size_t c = 0; c < p; c++)
            product[j * p + c] = ldexp((double)sketch->sums[j * p + c], sketch->unit[c]);
}
