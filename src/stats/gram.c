#include "gram_state.h"

#include "product_round.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* A block's rows are multiplied by panels: few rows, so that their rounding stays small and they stay in the cache, and
 * enough of them that adding the product to the sums takes a small part of the time: more where it is large. In single
 * fewer, and with the label, whose products are small. */
enum { LEAST_PANEL_ROWS = 512, WIDE_PANEL_ROWS = 1024, SINGLE_PANEL_ROWS = 256, LABEL_PANEL_ROWS = 256 };

/* In single: a product of a panel of columns near 1 is about SINGLE_PANEL_ROWS with 24 bits; this is 16 times finer. */
enum { SINGLE_UNIT = -20, SUM_BITS = 61 };

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
    gram->shape.is_single = shape->is_single && shape->products == WN_GRAM_PAIRS;
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

/* log2 of the table's rows, rounded up. */
static int bits_of_rows(const wn_gram *gram)
{
    int bits = 0;
    while (bits < 62 && ((int64_t)1 << bits) < gram->shape.n_rows)
        bits++;
    return bits;
}

static size_t panel_rows(const wn_gram *gram)
{
    if (gram->shape.products == WN_GRAM_WITH_LABEL)
        return LABEL_PANEL_ROWS;
    if (gram->shape.is_single)
        return SINGLE_PANEL_ROWS;
    if (gram->width < LEAST_PANEL_ROWS)
        return LEAST_PANEL_ROWS;
    return gram->width / 2 > WIDE_PANEL_ROWS ? gram->width / 2 : WIDE_PANEL_ROWS;
}

static void plan_digits(wn_gram *gram)
{
    size_t width = gram->width;
    bool is_pairs = gram->shape.products == WN_GRAM_PAIRS;
    gram->n_lines = is_pairs ? width : gram->n_label_cols + 2;
    gram->n_packed = is_pairs ? width * (width + 1) / 2 : gram->n_lines * width;
    gram->n_digits = gram->shape.is_single ? WN_GRAM_SINGLE_DIGITS : WN_GRAM_DIGITS;
    gram->unit = bits_of_rows(gram) + WN_GRAM_HEADROOM - SUM_BITS;
    if (gram->shape.is_single && gram->unit < SINGLE_UNIT)
        gram->unit = SINGLE_UNIT;
    for (size_t digit = 0; digit < gram->n_digits; digit++)
        gram->weight[digit] = ldexpl(1, gram->unit + (int)digit * WN_GRAM_DIGIT_BITS);
    gram->panel_rows = panel_rows(gram);
}

int wn_gram_exponent(double spread)
{
    enum { LARGEST = 1000 }; /* 2^+-exponent stays a normal double */
    if (!(spread > 0) || !isfinite(spread))
        return 0;
    int exponent = ilogb(spread) + 1;
    return exponent > LARGEST ? LARGEST : exponent < -LARGEST ? -LARGEST : exponent;
}

wn_status wn_gram_new(wn_gram **gram, const wn_gram_shape *shape)
{
    wn_status status = WN_OK;
    wn_gram *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(copy_shape(made, shape));
    made->n_label_cols = n_label_columns(shape);
    made->width = 1 + shape->n_cols + made->n_label_cols;
    plan_digits(made);
    TRY(wn_new(&made->factor, shape->n_cols));
    for (size_t c = 0; c < shape->n_cols; c++)
        made->factor[c] = ldexp(1.0, -shape->exponent[c]);
    TRY(wn_new(&made->sums, 1 + made->n_digits * made->n_packed));
    TRY(wn_new(&made->product, (made->shape.is_single ? 1 : made->n_lines) * made->width));
    if (made->shape.is_single)
        TRY(wn_new(&made->single_product, made->width * made->width));
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
    wn_free(gram->single_product);
    wn_free(gram->single_scaled);
    wn_free(gram->product);
    wn_free(gram->scaled);
    wn_free(gram->sums);
    wn_free(gram->factor);
    wn_free((void *)(uintptr_t)gram->shape.classes);
    wn_free((void *)(uintptr_t)gram->shape.exponent);
    wn_free((void *)(uintptr_t)gram->shape.centre);
    wn_free(gram);
}

/* Sparse columns become dense here, if products of pairs are made; those with the label are made of entries. */
static wn_status make_room(wn_gram *gram, const wn_block *block)
{
    wn_status status = WN_OK;
    size_t n = block->n_rows < gram->panel_rows ? block->n_rows : gram->panel_rows;
    if (n <= gram->capacity || (block->wide != NULL && gram->shape.products == WN_GRAM_WITH_LABEL))
        return WN_OK;
    if (gram->shape.is_single)
        TRY(wn_resize(&gram->single_scaled, n * gram->width));
    else
        TRY(wn_resize(&gram->scaled, n * gram->width));
    gram->capacity = n;
done:
    return status;
}

/* What a panel may hold a row so that the lowest digit has room for all rows. */
static int headroom_of(const wn_gram *gram)
{
    return gram->unit + SUM_BITS - bits_of_rows(gram);
}

static void add_product(wn_gram *gram)
{
    double factor = ldexp(1.0, -gram->unit);
    int64_t *sums = gram->sums + 1;
    for (size_t i = 0; i < gram->n_lines; i++) {
        size_t begin = wn_gram_line_begin(gram, i), n = gram->width - begin;
        wn_product_round(wn_gram_line(gram, i) + begin, n, factor, sums);
        sums += n;
    }
}

/* Each digit takes what it can of the entry, rounded; the difference is exact and goes to the next lower one. */
static void add_large(wn_gram *gram, double left, int64_t *sums)
{
    for (size_t digit = gram->n_digits; digit-- > 0;) {
        int weight = gram->unit + (int)digit * WN_GRAM_DIGIT_BITS;
        double taken = rint(ldexp(left, -weight));
        sums[digit * gram->n_packed] += (int64_t)taken;
        left -= ldexp(taken, weight);
    }
}

static void add_large_product(wn_gram *gram)
{
    int64_t *sums = gram->sums + 1;
    for (size_t i = 0; i < gram->n_lines; i++) {
        const double *line = wn_gram_line(gram, i);
        for (size_t j = wn_gram_line_begin(gram, i); j < gram->width; j++)
            add_large(gram, line[j], sums++);
    }
}

static wn_status add_panel(wn_gram *gram, const wn_block *block, size_t first, size_t n_rows)
{
    wn_gram_multiply(gram, block, first, n_rows);
    double most = wn_gram_largest_square(gram), bound = ldexp((double)n_rows, headroom_of(gram));
    if (most <= bound)
        add_product(gram);
    else if (most <= ldexp(bound, (int)(gram->n_digits - 1) * WN_GRAM_DIGIT_BITS))
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
    TRY(make_room(gram, block));
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
    return (wn_span){gram->sums, 1 + gram->n_digits * gram->n_packed};
}

static wn_span keys_of(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_gram_accumulator(wn_gram *gram)
{
    static const wn_accumulator_ops ops = {"gram", add, sums_of, keys_of, true};
    return (wn_accumulator){&ops, gram};
}
