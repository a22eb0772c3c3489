#include "winnow/gram.h"

#include "product_round.h"

#include "winnow/memory.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

/* Sums are integers in digits of weight 2^unit, 2^(unit + DIGIT_BITS), ... By Cauchy and Schwarz, where a panel's sums
 * of squares are at most 2^HEADROOM a row, so are all of its products: their sum over n_rows rows is below 2^(unit +
 * 61), and the lowest digit alone holds it. Entries of a panel beyond that bound are cut into digits without loss above
 * the unit; lower digits are then at most half of 2^DIGIT_BITS, room for 2^26 such panels. So every panel, whatever its
 * other columns hold, errs in an entry by half a unit, 2^(HEADROOM - 62) x n_rows, besides the rounding of its own
 * DSYRK (relative to sqrt(product_ii x product_jj): rows of a panel x 2^-53 at most); digits add without error. */
enum { HEADROOM = 6, DIGITS = 3, DIGIT_BITS = 36 };

/* A block's rows are multiplied by panels: few rows, so that their rounding stays small and they stay in the cache, and
 * enough of them that adding the product to the sums takes a small part of the time. */
enum { LEAST_PANEL_ROWS = 512 };

struct wn_gram {
    wn_gram_shape shape; /* its arrays are owned copies */
    size_t width;        /* constant, columns, label columns */
    size_t n_packed;     /* of a triangle */
    int unit;            /* exponent of the lowest digit's weight */
    double *factor;      /* (n_cols) 2^-exponent, owned like the following */
    int64_t *sums;       /* rows, then DIGITS triangles, lowest first, packed row by row */
    double *scaled;      /* (capacity, width) */
    double *product;     /* (width, width) */
    size_t panel_rows;   /* most rows of one DSYRK */
    size_t capacity;
};

static size_t n_label_columns(const wn_gram_shape *shape)
{
    if (!shape->has_label)
        return 0;
    return shape->n_classes > 0 ? shape->n_classes : 1;
}

static wn_status copy_shape(wn_gram *gram, const wn_gram_shape *shape)
{
    wn_status status = WN_OK;
    double *centre = NULL, *classes = NULL;
    int *exponent = NULL;
    gram->shape = *shape;
    gram->shape.centre = NULL;
    gram->shape.exponent = NULL;
    gram->shape.classes = NULL;
    TRY(wn_new(&centre, shape->n_cols));
    gram->shape.centre = centre;
    TRY(wn_new(&exponent, shape->n_cols));
    gram->shape.exponent = exponent;
    TRY(wn_new(&classes, shape->n_classes));
    gram->shape.classes = classes;
    if (shape->n_cols > 0) {
        memcpy(centre, shape->centre, shape->n_cols * sizeof *centre);
        memcpy(exponent, shape->exponent, shape->n_cols * sizeof *exponent);
    }
    if (shape->n_classes > 0)
        memcpy(classes, shape->classes, shape->n_classes * sizeof *classes);
done:
    return status;
}

wn_status wn_gram_new(wn_gram **gram, const wn_gram_shape *shape)
{
    wn_status status = WN_OK;
    wn_gram *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(copy_shape(made, shape));
    made->width = 1 + shape->n_cols + n_label_columns(shape);
    made->n_packed = made->width * (made->width + 1) / 2;
    int bits = 0;
    while (bits < 62 && ((int64_t)1 << bits) < shape->n_rows)
        bits++;
    made->unit = bits + HEADROOM - 61;
    TRY(wn_new(&made->factor, shape->n_cols));
    for (size_t c = 0; c < shape->n_cols; c++)
        made->factor[c] = ldexp(1.0, -shape->exponent[c]);
    TRY(wn_new(&made->sums, 1 + DIGITS * made->n_packed));
    TRY(wn_new(&made->product, made->width * made->width));
    made->panel_rows = made->width / 2 > LEAST_PANEL_ROWS ? made->width / 2 : LEAST_PANEL_ROWS;
    *gram = made;
    made = NULL;
done:
    wn_gram_free(made);
    return status;
}

void wn_gram_free(wn_gram *gram)
{
    if (gram == NULL)
        return;
    wn_free(gram->product);
    wn_free(gram->scaled);
    wn_free(gram->sums);
    wn_free(gram->factor);
    wn_free((void *)(uintptr_t)gram->shape.classes);
    wn_free((void *)(uintptr_t)gram->shape.exponent);
    wn_free((void *)(uintptr_t)gram->shape.centre);
    wn_free(gram);
}

static wn_status make_room(wn_gram *gram, size_t n_rows)
{
    wn_status status = WN_OK;
    size_t n = n_rows < gram->panel_rows ? n_rows : gram->panel_rows;
    if (n <= gram->capacity)
        return WN_OK;
    TRY(wn_resize(&gram->scaled, n * gram->width));
    gram->capacity = n;
done:
    return status;
}

/* One row of the working matrix: 1, the scaled cells, the label's columns. */
static void scale_row(const wn_gram *gram, const double *cells, double label, double *out)
{
    const wn_gram_shape *shape = &gram->shape;
    *out++ = 1.0;
    for (size_t c = 0; c < shape->n_cols; c++)
        out[c] = (cells[c] - shape->centre[c]) * gram->factor[c];
    out += shape->n_cols;
    for (size_t k = 0; k < shape->n_classes && shape->has_label; k++)
        out[k] = label == shape->classes[k] ? 1.0 : 0.0;
    if (shape->has_label && shape->n_classes == 0)
        out[0] = ldexp(label - shape->label_centre, -shape->label_exponent);
}

static void scale_rows(const wn_gram *gram, const wn_block *block, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        scale_row(gram, block->cells + (first + i) * block->n_cols, block->labels[first + i],
                  gram->scaled + i * gram->width);
}

/* The largest sum of squares, by which all products are bounded; NaN where there is one. */
static double largest_square(const wn_gram *gram)
{
    double most = 0;
    for (size_t c = 0; c < gram->width; c++) {
        double square = gram->product[c * gram->width + c];
        most = square <= most ? most : square;
        if (isnan(square))
            break;
    }
    return most;
}

static void add_product(wn_gram *gram)
{
    double factor = ldexp(1.0, -gram->unit);
    int64_t *sums = gram->sums + 1;
    for (size_t i = 0, n = gram->width; n > 0; i++, sums += n--)
        wn_product_round(gram->product + i * gram->width + i, n, factor, sums);
}

/* Each digit takes what it can of the entry, rounded; the difference is exact and goes to the next lower one. */
static void add_large_product(wn_gram *gram)
{
    int64_t *sums = gram->sums + 1;
    for (size_t i = 0; i < gram->width; i++) {
        for (size_t j = i; j < gram->width; j++, sums++) {
            double left = gram->product[i * gram->width + j];
            for (int digit = DIGITS - 1; digit >= 0; digit--) {
                int weight = gram->unit + digit * DIGIT_BITS;
                double taken = rint(ldexp(left, -weight));
                sums[(size_t)digit * gram->n_packed] += (int64_t)taken;
                left -= ldexp(taken, weight);
            }
        }
    }
}

static wn_status add_panel(wn_gram *gram, const wn_block *block, size_t first, size_t n_rows)
{
    int n = (int)gram->width;
    scale_rows(gram, block, first, n_rows);
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, (int)n_rows, 1.0, gram->scaled, n, 0.0, gram->product, n);
    double most = largest_square(gram), bound = ldexp((double)n_rows, HEADROOM);
    if (most <= bound)
        add_product(gram);
    else if (most <= ldexp(bound, (DIGITS - 1) * DIGIT_BITS))
        add_large_product(gram);
    else
        return wn_fail(
            WN_BAD_DATA,
            "rows %lld to %lld hold a cell so far from its column's spread that sums of squares lose all digits; "
            "an outlier rule (clean.outliers) or missing_values can remove it",
            (long long)block->rows[first], (long long)block->rows[first + n_rows - 1]);
    gram->sums[0] += (int64_t)n_rows;
    return WN_OK;
}

wn_status wn_gram_add(wn_gram *gram, const wn_block *block)
{
    wn_status status = WN_OK;
    TRY(make_room(gram, block->n_rows));
    for (size_t first = 0; first < block->n_rows; first += gram->panel_rows) {
        size_t left = block->n_rows - first;
        TRY(add_panel(gram, block, first, left < gram->panel_rows ? left : gram->panel_rows));
    }
done:
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    return wn_gram_add(state, block);
}

static wn_span sums_of(void *state)
{
    wn_gram *gram = state;
    return (wn_span){gram->sums, 1 + DIGITS * gram->n_packed};
}

static wn_span keys_of(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_gram_accumulator(wn_gram *gram)
{
    static const wn_accumulator_ops ops = {"gram", add, sums_of, keys_of, false};
    return (wn_accumulator){&ops, gram};
}

/* Entry (i, j), i <= j, of the working matrix' product: the digits added from the highest on in extended precision. */
static double entry(const wn_gram *gram, size_t i, size_t j)
{
    const int64_t *sums = gram->sums + 1 + i * gram->width - i * (i + 1) / 2 + j;
    long double sum = 0;
    for (int digit = DIGITS - 1; digit >= 0; digit--)
        sum += ldexpl((long double)sums[(size_t)digit * gram->n_packed], gram->unit + digit * DIGIT_BITS);
    return (double)sum;
}

static void finish_columns(const wn_gram *gram, wn_gram_sums *sums)
{
    size_t p = sums->n_cols;
    const int *exponent = gram->shape.exponent;
    for (size_t i = 0; i < p; i++) {
        sums->centre[i] = gram->shape.centre[i];
        sums->sum[i] = ldexp(entry(gram, 0, 1 + i), exponent[i]);
        for (size_t j = i; j < p; j++) {
            double value = ldexp(entry(gram, 1 + i, 1 + j), exponent[i] + exponent[j]);
            sums->product[i * p + j] = sums->product[j * p + i] = value;
        }
    }
}

static void finish_labels(const wn_gram *gram, wn_gram_sums *sums)
{
    const wn_gram_shape *shape = &gram->shape;
    size_t p = sums->n_cols, first = 1 + p;
    int label_exponent = shape->n_classes > 0 ? 0 : shape->label_exponent;
    for (size_t k = 0; k < sums->n_label_cols; k++)
        for (size_t c = 0; c < p; c++)
            sums->label_product[k * p + c] = ldexp(entry(gram, 1 + c, first + k), shape->exponent[c] + label_exponent);
    for (size_t k = 0; k < shape->n_classes && shape->has_label; k++)
        sums->class_count[k] = (int64_t)llrint(entry(gram, 0, first + k));
    if (shape->has_label && shape->n_classes == 0) {
        sums->label_centre = shape->label_centre;
        sums->label_sum = ldexp(entry(gram, 0, first), label_exponent);
        sums->label_square = ldexp(entry(gram, first, first), 2 * label_exponent);
    }
}

wn_status wn_gram_finish(const wn_gram *gram, wn_gram_sums **sums)
{
    wn_status status = WN_OK;
    wn_gram_sums *made = NULL;
    size_t p = gram->shape.n_cols;
    TRY(wn_new(&made, 1));
    made->n_cols = p;
    made->n_label_cols = n_label_columns(&gram->shape);
    made->n_rows = gram->sums[0];
    TRY(wn_new(&made->centre, p));
    TRY(wn_new(&made->sum, p));
    TRY(wn_new(&made->product, p * p));
    TRY(wn_new(&made->label_product, made->n_label_cols * p));
    if (gram->shape.has_label && gram->shape.n_classes > 0)
        TRY(wn_new(&made->class_count, gram->shape.n_classes));
    finish_columns(gram, made);
    finish_labels(gram, made);
    *sums = made;
    made = NULL;
done:
    wn_gram_sums_free(made);
    return status;
}

void wn_gram_sums_free(wn_gram_sums *sums)
{
    if (sums == NULL)
        return;
    wn_free(sums->class_count);
    wn_free(sums->label_product);
    wn_free(sums->product);
    wn_free(sums->sum);
    wn_free(sums->centre);
    wn_free(sums);
}
