#include "winnow/moments.h"

#include "quantiles_run.h"
#include "winnow/exact_sum.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <math.h>
#include <string.h>

/* Sums of one column: all int64, so that a state is one run of integers. A block whose valid cells number n gives, by a
 * sweep about a point q, R = sum (x - q) and D = sum (x - q)^2, rounded. What is summed follows from these three
 * without further rounding: n q + R and D + 2 q R + n q^2. As both hold the same q and R, the squares about any mean m
 * are, exactly, sum of D + 2 (q - m) R + n (q - m)^2: what R and D lack in digits is never multiplied by a large mean
 * (in the manner of Chan, Golub, LeVeque 1983). q is the block's first valid cell, or its mean where that lies far from
 * it: what a block gives follows from its cells alone, so that tables read apart have the sums of one read together. */
typedef struct {
    int64_t count, missing;
    wn_exact_sum first;   /* n q + R of every block */
    wn_exact_sum squares; /* D + 2 q R + n q^2 of every block */
} column_sums;

typedef struct {
    int64_t max, min_complement; /* order keys */
} column_keys;

struct wn_moments {
    size_t n_cols;
    double *about; /* (n_cols) the q of the block that is added */
    column_sums *sums;
    column_keys *keys;
    wn_run_moments *block; /* (n_cols) of the block that is added */
    double *point;         /* (n_cols) what sparse columns of it are swept about */
    wn_column_strip *strip;
    wn_quantiles *carried; /* or NULL; borrowed */
};

wn_status wn_moments_new(wn_moments **moments, size_t n_cols)
{
    wn_status status = WN_OK;
    wn_moments *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    TRY(wn_new(&made->about, n_cols));
    TRY(wn_new(&made->sums, n_cols));
    TRY(wn_new(&made->keys, n_cols));
    TRY(wn_new(&made->block, n_cols));
    TRY(wn_new(&made->point, n_cols));
    TRY(wn_new(&made->strip, 1));
    for (size_t c = 0; c < n_cols; c++)
        made->keys[c] = (column_keys){WN_KEY_NONE, WN_KEY_NONE};
    *moments = made;
    made = NULL;
done:
    wn_moments_free(made);
    return status;
}

void wn_moments_free(wn_moments *moments)
{
    if (moments == NULL)
        return;
    wn_free(moments->strip);
    wn_free(moments->point);
    wn_free(moments->block);
    wn_free(moments->keys);
    wn_free(moments->sums);
    wn_free(moments->about);
    wn_free(moments);
}

void wn_moments_carry(wn_moments *moments, wn_quantiles *quantiles)
{
    moments->carried = quantiles;
    wn_quantiles_carried(quantiles);
}

static void merge(wn_run_moments *block, wn_run_moments strip)
{
    block->count += strip.count;
    block->rest += strip.rest;
    block->squares += strip.squares;
    block->least = strip.least < block->least ? strip.least : block->least;
    block->most = strip.most > block->most ? strip.most : block->most;
}

static const wn_run_moments NO_CELLS = {.least = (double)INFINITY, .most = -(double)INFINITY};

/* 0 where no cell is valid: then it counts for nothing. */
static double first_valid(wn_cells run, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double x = run.is_float32 ? (double)((const float *)run.data)[i] : ((const double *)run.data)[i];
        if (!isnan(x))
            return x;
    }
    return 0;
}

/* A run of a column, with the windows of the quantiles that are carried along. */
static void sweep_run(wn_moments *moments, size_t column, wn_cells run, size_t n)
{
    wn_quantiles *carried = moments->carried;
    wn_run_window *windows = carried != NULL ? wn_quantiles_windows(carried, column, n) : NULL;
    size_t n_windows = carried != NULL ? wn_quantiles_n_windows(carried) : 0;
    if (moments->block[column].count == 0)
        moments->about[column] = first_valid(run, n);
    wn_run_moments found = wn_run_sweep(run, n, moments->about[column], windows, n_windows);
    merge(&moments->block[column], found);
    if (carried != NULL)
        wn_quantiles_take(carried, column, found.count);
}

/* All columns, each about its first valid cell. Rows are summed in strips, so that the rounding of a long block stays
 * that of a short one; a strip's columns are gone through while it lies in a cache. */
static void sweep(wn_moments *moments, const wn_block *block)
{
    wn_column_strip *strip = moments->strip;
    for (size_t c = 0; c < moments->n_cols; c++)
        moments->block[c] = NO_CELLS;
    for (size_t row = 0; row < block->n_rows; row += WN_RUN_ROWS)
        for (size_t col = 0; col < block->n_cols; col += WN_RUN_COLS) {
            wn_column_strip_fill(strip, block, row, col);
            for (size_t c = 0; c < strip->n_cols; c++) {
                wn_column_strip_ask_ahead(block, row, col, c);
                sweep_run(moments, wn_block_column(block, col + c), wn_column_strip_run(strip, c), strip->n);
            }
        }
}

/* A sparse column's cells of n_rows rows, of which the entries are among `found` already: the others are 0. */
static void add_zeros(wn_run_moments *found, size_t n_rows, double centre)
{
    size_t n = n_rows - (size_t)found->count;
    if (n == 0)
        return;
    found->count += (int64_t)n;
    found->rest -= (double)n * centre;
    found->squares += (double)n * (centre * centre);
    found->least = found->least < 0 ? found->least : 0;
    found->most = found->most > 0 ? found->most : 0;
}

/* The columns of a part about their points; a column whose point is NaN stays as it is. */
static void sweep_part(wn_moments *moments, const wn_sparse_part *part, size_t n_rows)
{
    const double *point = moments->point + part->first;
    wn_run_moments *found = moments->block + part->first;
    for (size_t c = 0; c < part->n_cols; c++)
        if (!isnan(point[c]))
            found[c] = NO_CELLS;
    for (size_t k = 0; k < part->rows.n_entries; k++) {
        size_t c = part->rows.column[k];
        double x = part->rows.value[k], gap = x - point[c];
        if (!isnan(gap))
            merge(&found[c], (wn_run_moments){1, gap, gap * gap, x, x});
    }
    for (size_t c = 0; c < part->n_cols; c++)
        if (!isnan(point[c]))
            add_zeros(&found[c], n_rows, point[c]);
}

/* With the quantiles that are carried along. */
static wn_status sweep_block(wn_moments *moments, const wn_block *block)
{
    wn_status status = moments->carried != NULL ? wn_quantiles_begin(moments->carried, block) : WN_OK;
    if (status == WN_OK)
        sweep(moments, block);
    return status;
}

/* One dense column about another point. */
static wn_run_moments sweep_column(wn_moments *moments, const wn_block *block, size_t column, double point)
{
    wn_run_moments found = NO_CELLS;
    for (size_t row = 0; row < block->n_rows; row += WN_RUN_ROWS) {
        wn_column_strip_fill(moments->strip, block, row, column);
        merge(&found, wn_run_sweep(wn_column_strip_run(moments->strip, 0), moments->strip->n, point, NULL, 0));
    }
    return found;
}

/* The squares about q hold enough digits of those about the mean while that lies within a few deviations; otherwise
 * (also where they overflowed) the block is swept again. */
static bool is_near(const wn_run_moments *about)
{
    enum { MOST_DEVIATIONS = 4 };
    double n = (double)about->count, gap = about->rest / n, spread = about->squares / n - gap * gap;
    return gap * gap <= MOST_DEVIATIONS * MOST_DEVIATIONS * spread;
}

static void add_extremes(column_keys *keys, double least, double most)
{
    int64_t high = wn_order_key(most), low = ~wn_order_key(least);
    keys->max = high > keys->max ? high : keys->max;
    keys->min_complement = low > keys->min_complement ? low : keys->min_complement;
}

/* sum += n q^2, from the exact double-double n q. */
static void add_square(wn_exact_sum *sum, double n, double q)
{
    double high = n * q, low = fma(n, q, -high);
    wn_exact_sum_add_product(sum, high, q);
    wn_exact_sum_add_product(sum, low, q);
}

static void add_column(column_sums *sums, double n, double q, double rest, double squares)
{
    wn_exact_sum_add_product(&sums->first, n, q);
    wn_exact_sum_add(&sums->first, rest);
    wn_exact_sum_add(&sums->squares, squares);
    wn_exact_sum_add_product(&sums->squares, 2 * q, rest);
    add_square(&sums->squares, n, q);
}

static void keep_column(wn_moments *moments, size_t c, wn_run_moments found, double q)
{
    add_column(&moments->sums[c], (double)found.count, q, found.rest, found.squares);
    add_extremes(&moments->keys[c], found.least, found.most);
}

/* The ith of a block's dense columns. */
static void add_dense(wn_moments *moments, const wn_block *block, size_t i)
{
    size_t c = wn_block_column(block, i);
    column_sums *sums = &moments->sums[c];
    wn_run_moments found = moments->block[c];
    double q = moments->about[c];
    sums->count += found.count;
    sums->missing += (int64_t)block->n_rows - found.count;
    if (found.count == 0)
        return;
    if (!is_near(&found)) {
        q = isfinite(found.rest) ? q + found.rest / (double)found.count : 0;
        found = sweep_column(moments, block, i, q);
    }
    keep_column(moments, c, found, q);
}

/* Sparse columns of rows, of which there is one at least: about 0, their most frequent cell. Those that are not near
 * are swept once more, together. */
static void add_part(wn_moments *moments, const wn_sparse_part *part, size_t n_rows)
{
    double *point = moments->point + part->first;
    bool is_any_far = false;
    memset(point, 0, part->n_cols * sizeof *point);
    sweep_part(moments, part, n_rows);
    for (size_t c = 0; c < part->n_cols; c++) {
        const wn_run_moments *found = &moments->block[part->first + c];
        bool is_far = !is_near(found);
        moments->sums[part->first + c].count += found->count;
        if (!is_far)
            keep_column(moments, part->first + c, *found, point[c]);
        point[c] = is_far ? found->rest / (double)found->count : (double)NAN;
        is_any_far |= is_far;
    }
    if (is_any_far)
        sweep_part(moments, part, n_rows);
    for (size_t c = 0; c < part->n_cols && is_any_far; c++)
        if (!isnan(point[c]))
            keep_column(moments, part->first + c, moments->block[part->first + c], point[c]);
}

wn_status wn_moments_add(wn_moments *moments, const wn_block *block)
{
    wn_status status = sweep_block(moments, block);
    if (status != WN_OK)
        return status;
    for (size_t i = 0; i < block->n_cols; i++)
        add_dense(moments, block, i);
    for (size_t p = 0; block->wide != NULL && p < block->wide->n_parts && block->n_rows > 0; p++)
        add_part(moments, &block->wide->parts[p], block->n_rows);
    return WN_OK;
}

void wn_moments_add_value(wn_moments *moments, size_t column, double value, int64_t n)
{
    if (n == 0)
        return;
    moments->sums[column].count += n;
    add_column(&moments->sums[column], (double)n, value, 0, 0);
    add_extremes(&moments->keys[column], value, value);
}

void wn_moments_fill(wn_moments *filled, const wn_moments *moments, const double *fill)
{
    memcpy(filled->sums, moments->sums, moments->n_cols * sizeof *filled->sums);
    memcpy(filled->keys, moments->keys, moments->n_cols * sizeof *filled->keys);
    for (size_t c = 0; c < moments->n_cols; c++) {
        int64_t n = isnan(fill[c]) ? 0 : moments->sums[c].missing;
        filled->sums[c].missing -= n;
        wn_moments_add_value(filled, c, fill[c], n);
    }
}

void wn_moments_join(wn_moments *moments, size_t column, const wn_moments *from, size_t from_column)
{
    column_sums *sums = &moments->sums[column];
    column_keys *keys = &moments->keys[column];
    const column_sums *other = &from->sums[from_column];
    const column_keys *others = &from->keys[from_column];
    sums->count += other->count;
    sums->missing += other->missing;
    wn_exact_sum_merge(&sums->first, &other->first);
    wn_exact_sum_merge(&sums->squares, &other->squares);
    keys->max = others->max > keys->max ? others->max : keys->max;
    keys->min_complement =
        others->min_complement > keys->min_complement ? others->min_complement : keys->min_complement;
}

size_t wn_moments_n_cols(const wn_moments *moments)
{
    return moments->n_cols;
}

static wn_status add(void *state, const wn_block *block)
{
    return wn_moments_add(state, block);
}

static wn_span sums_of(void *state)
{
    wn_moments *moments = state;
    for (size_t c = 0; c < moments->n_cols; c++) {
        wn_exact_sum_normalize(&moments->sums[c].first);
        wn_exact_sum_normalize(&moments->sums[c].squares);
    }
    return (wn_span){(int64_t *)(void *)moments->sums, moments->n_cols * sizeof *moments->sums / sizeof(int64_t)};
}

static wn_span keys_of(void *state)
{
    wn_moments *moments = state;
    return (wn_span){(int64_t *)(void *)moments->keys, moments->n_cols * sizeof *moments->keys / sizeof(int64_t)};
}

wn_accumulator wn_moments_accumulator(wn_moments *moments)
{
    static const wn_accumulator_ops ops = {"moments", add, sums_of, keys_of, true};
    return (wn_accumulator){&ops, moments};
}

/* sum - n m, rounded once: the part of a sum that the rounded mean m lacks. */
static double beyond_mean(const wn_exact_sum *sum, double n, double m)
{
    wn_exact_sum rest = *sum;
    wn_exact_sum_add_product(&rest, -n, m);
    return wn_exact_sum_round(&rest);
}

/* sum (x - m)^2 - beyond^2 / n, where sum (x - m)^2 = squares - 2 m first + n m^2 is exact: `first` enters by its
 * leading 159 bits. */
static double squares_about_mean(const column_sums *sums, double n, double m, double beyond)
{
    enum { N_PARTS = 3 };
    wn_exact_sum all = sums->squares, left = sums->first;
    for (int i = 0; i < N_PARTS; i++) {
        double part = wn_exact_sum_round(&left);
        wn_exact_sum_add(&left, -part);
        wn_exact_sum_add_product(&all, -2 * m, part);
    }
    add_square(&all, n, m);
    wn_exact_sum_add_product(&all, -beyond, beyond / n);
    double squares = wn_exact_sum_round(&all);
    if (!isfinite(squares)) /* beyond a double, or of cells that are */
        return (double)INFINITY;
    return squares < 0 ? 0 : squares;
}

static void finish_column(const wn_moments *moments, size_t c, wn_moments_summary *summary)
{
    const column_sums *sums = &moments->sums[c];
    double n = (double)sums->count;
    summary->count[c] = sums->count;
    summary->missing[c] = sums->missing;
    summary->mean[c] = summary->deviation[c] = summary->min[c] = summary->max[c] = NAN;
    if (sums->count == 0)
        return;
    double m = wn_exact_sum_round(&sums->first) / n;
    double beyond = beyond_mean(&sums->first, n, m);
    summary->min[c] = wn_order_key_value(~moments->keys[c].min_complement);
    summary->max[c] = wn_order_key_value(moments->keys[c].max);
    summary->mean[c] = m + beyond / n;
    summary->deviation[c] = sqrt(squares_about_mean(sums, n, m, beyond) / n);
    if (summary->min[c] == summary->max[c]) { /* a constant column is exactly that */
        summary->mean[c] = summary->min[c];
        summary->deviation[c] = 0;
    }
}

wn_status wn_moments_finish(const wn_moments *moments, wn_moments_summary **summary)
{
    wn_status status = WN_OK;
    wn_moments_summary *made = NULL;
    size_t p = moments->n_cols;
    TRY(wn_new(&made, 1));
    made->n_cols = p;
    made->n_rows = p > 0 ? moments->sums[0].count + moments->sums[0].missing : 0;
    TRY(wn_new(&made->count, p));
    TRY(wn_new(&made->missing, p));
    TRY(wn_new(&made->mean, p));
    TRY(wn_new(&made->deviation, p));
    TRY(wn_new(&made->min, p));
    TRY(wn_new(&made->max, p));
    for (size_t c = 0; c < p; c++)
        finish_column(moments, c, made);
    *summary = made;
    made = NULL;
done:
    wn_moments_summary_free(made);
    return status;
}

void wn_moments_summary_free(wn_moments_summary *summary)
{
    if (summary == NULL)
        return;
    wn_free(summary->max);
    wn_free(summary->min);
    wn_free(summary->deviation);
    wn_free(summary->mean);
    wn_free(summary->missing);
    wn_free(summary->count);
    wn_free(summary);
}
