/* From digits to sums in the cells' own units. */
#include "gram_state.h"

#include "power_of_two.h"

#include "winnow/memory.h"

#include <math.h>
#include <stdlib.h>

/* What is left of sums of this size is their rounding: products of a panel's rows are sums of doubles, whose errors
 * stay below 1e-14 of the sum (measured: 9.6e-15 where all cells of a class are equal), or of floats. */
static const double ROUNDING = 1e-13, SINGLE_ROUNDING = 0x1p-16;

/* Entry j of line i: the digits added from the highest on in extended precision. */
static double packed_entry(const wn_gram *gram, size_t i, size_t j)
{
    size_t width = gram->width, begin = wn_gram_line_begin(gram, i);
    size_t before = gram->shape.products == WN_GRAM_PAIRS ? i * width - i * (i + 1) / 2 + i : i * width;
    const int64_t *sums = gram->sums + 1 + before + j - begin;
    long double sum = 0;
    for (size_t digit = gram->n_digits; digit-- > 0;)
        sum += (long double)sums[digit * gram->n_packed] * gram->weight[digit];
    return (double)sum;
}

/* Product of columns i <= j of the working matrix, one of which is the constant or a label's, or both are the same. */
static double entry(const wn_gram *gram, size_t i, size_t j)
{
    size_t first_label = gram->width - gram->n_label_cols;
    if (gram->shape.products == WN_GRAM_PAIRS)
        return packed_entry(gram, i, j);
    if (i == 0)
        return packed_entry(gram, 0, j);
    return i == j ? packed_entry(gram, gram->n_lines - 1, j) : packed_entry(gram, 1 + j - first_label, i);
}

static void finish_columns(const wn_gram *gram, wn_gram_sums *sums)
{
    const int *exponent = gram->shape.exponent;
    for (size_t i = 0; i < sums->n_cols; i++) {
        sums->centre[i] = gram->shape.centre[i];
        sums->sum[i] = ldexp(entry(gram, 0, 1 + i), exponent[i]);
        sums->square[i] = ldexp(entry(gram, 1 + i, 1 + i), 2 * exponent[i]);
    }
}

/* value x 2^exponent; of common exponents by a product, since ldexp takes longer than all the rest. */
static double scaled(double value, int exponent)
{
    enum { COMMON = 1000 };
    return abs(exponent) <= COMMON ? value * wn_power_of_two(exponent) : ldexp(value, exponent);
}

/* The lower triangle from the upper one, a tile at a time: columns lie far apart. */
static void mirror(double *product, size_t p)
{
    enum { TILE = 32 };
    for (size_t i0 = 0; i0 < p; i0 += TILE)
        for (size_t j0 = i0; j0 < p; j0 += TILE)
            for (size_t i = i0; i < i0 + TILE && i < p; i++)
                for (size_t j = j0 > i ? j0 : i + 1; j < j0 + TILE && j < p; j++)
                    product[j * p + i] = product[i * p + j];
}

static void finish_pairs(const wn_gram *gram, wn_gram_sums *sums)
{
    size_t p = sums->n_cols;
    const int *exponent = gram->shape.exponent;
    for (size_t i = 0; i < p; i++)
        for (size_t j = i; j < p; j++)
            sums->product[i * p + j] = scaled(entry(gram, 1 + i, 1 + j), exponent[i] + exponent[j]);
    mirror(sums->product, p);
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

static wn_status new_sums(wn_gram_sums *made, const wn_gram *gram)
{
    wn_status status = WN_OK;
    size_t p = made->n_cols;
    bool is_pairs = gram->shape.products == WN_GRAM_PAIRS;
    TRY(wn_new(&made->centre, p));
    TRY(wn_new(&made->sum, p));
    TRY(wn_new(&made->square, p));
    if (is_pairs)
        TRY(wn_new(&made->product, p * p));
    TRY(wn_new(&made->label_product, made->n_label_cols * p));
    if (gram->shape.has_label && gram->shape.n_classes > 0)
        TRY(wn_new(&made->class_count, gram->shape.n_classes));
done:
    return status;
}

wn_status wn_gram_finish(const wn_gram *gram, wn_gram_sums **sums)
{
    wn_status status = WN_OK;
    wn_gram_sums *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = gram->shape.n_cols;
    made->n_label_cols = gram->n_label_cols;
    made->n_rows = gram->sums[0];
    made->rounding = gram->shape.is_single ? SINGLE_ROUNDING : ROUNDING;
    TRY(new_sums(made, gram));
    finish_columns(gram, made);
    if (made->product != NULL)
        finish_pairs(gram, made);
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
    wn_free(sums->square);
    wn_free(sums->sum);
    wn_free(sums->centre);
    wn_free(sums);
}
