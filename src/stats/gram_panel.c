/* Products of a panel of rows, in double or in single. */
#include "gram_state.h"

#include "scaled_rows.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Scaled cells of a row, of which most are 0; so are the centres of sparse columns. */
static void scale_wide(const wn_gram *gram, const wn_block *block, size_t i, double *out)
{
    const wn_gram_shape *shape = &gram->shape;
    const double *cells = block->cells + i * block->n_cols;
    memset(out, 0, shape->n_cols * sizeof *out);
    for (size_t d = 0; d < block->n_cols; d++) {
        size_t c = wn_block_column(block, d);
        out[c] = (cells[d] - shape->centre[c]) * gram->factor[c];
    }
    for (size_t p = 0; p < block->wide->n_parts; p++) {
        const wn_sparse_part *part = &block->wide->parts[p];
        for (size_t k = part->rows.start[i]; k < part->rows.start[i + 1]; k++) {
            size_t c = part->first + part->rows.column[k];
            out[c] = part->rows.value[k] * gram->factor[c];
        }
    }
}

/* The label's columns of a row. */
static void place_label(const wn_gram *gram, double label, double *out)
{
    const wn_gram_shape *shape = &gram->shape;
    for (size_t k = 0; k < shape->n_classes && shape->has_label; k++)
        out[k] = label == shape->classes[k] ? 1.0 : 0.0;
    if (shape->has_label && shape->n_classes == 0)
        out[0] = ldexp(label - shape->label_centre, -shape->label_exponent);
}

/* Rows of the working matrix: 1, the scaled cells, the label's columns. */
static void scale_rows(const wn_gram *gram, const wn_block *block, size_t first, size_t n_rows, double *out)
{
    size_t width = gram->width, n_cols = gram->shape.n_cols;
    const wn_scaling scaling = {n_cols, gram->shape.centre, gram->factor};
    if (block->wide == NULL)
        wn_rows_scale(&scaling, wn_cells_at(wn_block_view(block), first * n_cols), n_rows, out + 1, width);
    for (size_t i = 0; i < n_rows; i++) {
        double *row = out + i * width;
        row[0] = 1.0;
        if (block->wide != NULL)
            scale_wide(gram, block, first + i, row + 1);
        place_label(gram, block->labels[first + i], row + 1 + n_cols);
    }
}

/* Narrowed on the way, row by row. */
static void scale_singles(const wn_gram *gram, const wn_block *block, size_t first, size_t n_rows)
{
    size_t width = gram->width;
    for (size_t i = 0; i < n_rows; i++) {
        double *row = gram->product;
        scale_rows(gram, block, first + i, 1, row);
        for (size_t c = 0; c < width; c++)
            gram->single_scaled[i * width + c] = (float)row[c];
    }
}

static void multiply_pairs(wn_gram *gram, size_t n_rows)
{
    int n = (int)gram->width;
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, (int)n_rows, 1.0, gram->scaled, n, 0.0, gram->product, n);
}

static void multiply_singles(wn_gram *gram, size_t n_rows)
{
    int n = (int)gram->width;
    cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, n, (int)n_rows, 1.0F, gram->single_scaled, n, 0.0F,
                gram->single_product, n);
}

/* The constant's line and the squares' in one sweep over the rows. */
static void multiply_with_label(wn_gram *gram, size_t n_rows)
{
    size_t width = gram->width, n_labels = gram->n_label_cols;
    double *sum = gram->product, *square = gram->product + (gram->n_lines - 1) * width;
    memset(sum, 0, width * sizeof *sum);
    memset(square, 0, width * sizeof *square);
    for (size_t i = 0; i < n_rows; i++) {
        const double *row = gram->scaled + i * width;
        for (size_t c = 0; c < width; c++) {
            sum[c] += row[c];
            square[c] += row[c] * row[c];
        }
    }
    if (n_labels > 0)
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)n_labels, (int)width, (int)n_rows, 1,
                    gram->scaled + width - n_labels, (int)width, gram->scaled, (int)width, 0, gram->product + width,
                    (int)width);
}

/* What a row's products with the label go to: a line, none where it is 0, and what they are multiplied by. */
typedef struct {
    size_t line;
    double factor;
} label_line;

static label_line line_of(const wn_gram *gram, double label)
{
    const wn_gram_shape *shape = &gram->shape;
    if (shape->has_label && shape->n_classes == 0)
        return (label_line){1, ldexp(label - shape->label_centre, -shape->label_exponent)};
    for (size_t k = 0; k < shape->n_classes && shape->has_label; k++)
        if (label == shape->classes[k])
            return (label_line){1 + k, 1};
    return (label_line){0, 0};
}

/* Column number `at` of the working matrix, of one row. */
static void add_entry(wn_gram *gram, size_t at, double value, label_line label)
{
    size_t width = gram->width;
    gram->product[at] += value;
    if (label.line > 0)
        gram->product[label.line * width + at] += value * label.factor;
    gram->product[(gram->n_lines - 1) * width + at] += value * value;
}

static void multiply_row(wn_gram *gram, const wn_block *block, size_t i)
{
    const wn_gram_shape *shape = &gram->shape;
    const double *cells = block->cells + i * block->n_cols;
    label_line label = line_of(gram, block->labels[i]);
    add_entry(gram, 0, 1, label);
    for (size_t d = 0; d < block->n_cols; d++) {
        size_t c = wn_block_column(block, d);
        add_entry(gram, 1 + c, (cells[d] - shape->centre[c]) * gram->factor[c], label);
    }
    for (size_t p = 0; p < block->wide->n_parts; p++) {
        const wn_sparse_part *part = &block->wide->parts[p];
        for (size_t k = part->rows.start[i]; k < part->rows.start[i + 1]; k++) {
            size_t c = part->first + part->rows.column[k];
            add_entry(gram, 1 + c, part->rows.value[k] * gram->factor[c], label);
        }
    }
    if (label.line > 0)
        add_entry(gram, shape->n_cols + label.line, label.factor, label);
}

/* With the label, row by row from what is not 0: there is nothing to wait for. */
static void multiply_entries(wn_gram *gram, const wn_block *block, size_t first, size_t n_rows)
{
    memset(gram->product, 0, gram->n_lines * gram->width * sizeof *gram->product);
    for (size_t i = first; i < first + n_rows; i++)
        multiply_row(gram, block, i);
}

void wn_gram_take(wn_gram *gram, const wn_block *block, size_t first, size_t n_rows)
{
    gram->is_multiplied = block->wide != NULL && gram->shape.products == WN_GRAM_WITH_LABEL;
    if (gram->is_multiplied)
        multiply_entries(gram, block, first, n_rows);
    else if (gram->shape.is_single)
        scale_singles(gram, block, first, n_rows);
    else
        scale_rows(gram, block, first, n_rows, gram->scaled + gram->n_taken * gram->width);
}

void wn_gram_multiply(wn_gram *gram)
{
    if (gram->is_multiplied)
        return;
    if (gram->shape.is_single)
        multiply_singles(gram, gram->n_taken);
    else if (gram->shape.products == WN_GRAM_WITH_LABEL)
        multiply_with_label(gram, gram->n_taken);
    else
        multiply_pairs(gram, gram->n_taken);
}

const double *wn_gram_line(wn_gram *gram, size_t i)
{
    size_t width = gram->width;
    if (!gram->shape.is_single)
        return gram->product + i * width;
    for (size_t j = i; j < width; j++)
        gram->product[j] = (double)gram->single_product[i * width + j];
    return gram->product;
}

double wn_gram_largest_square(const wn_gram *gram)
{
    double most = 0;
    bool is_pairs = gram->shape.products == WN_GRAM_PAIRS;
    for (size_t c = 0; c < gram->width; c++) {
        size_t at = (is_pairs ? c : gram->n_lines - 1) * gram->width + c;
        double square = gram->shape.is_single ? (double)gram->single_product[at] : gram->product[at];
        most = square <= most ? most : square;
        if (isnan(square))
            break;
    }
    return most;
}
