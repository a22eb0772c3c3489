#include "winnow/moments.h"

#include "winnow/exact_sum.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <math.h>
#include <string.h>

/* Sums of one column: all int64, so that a state is one run of integers. A block whose valid cells number n gives its
 * mean q, rounded, and by a second sweep R = sum (x - q) and D = sum (x - q)^2, rounded. What is summed follows from
 * these three without further rounding: n q + R and D + 2 q R + n q^2. As both hold the same q and R, the squares about
 * any mean m are, exactly, sum of D + 2 (q - m) R + n (q - m)^2: what R and D lack in digits is never multiplied by a
 * large mean (in the manner of Chan, Golub, LeVeque 1983). */
typedef struct {
    int64_t count, missing;
    wn_exact_sum first;   /* n q + R of every block */
    wn_exact_sum squares; /* D + 2 q R + n q^2 of every block */
} column_sums;

typedef struct {
    int64_t max, min_complement; /* order keys */
} column_keys;

/* What the sweeps over a block find, each (n_cols). */
typedef struct {
    double *sum, *count, *least, *most; /* first sweep; sum: of x - centre */
    double *mean, *rest, *squares;      /* second sweep: q, R, D */
    double *strip_rest, *strip_squares; /* of a strip of rows */
} block_sums;

enum { BLOCK_ARRAYS = 9, STRIP_ROWS = 128 };

struct wn_moments {
    size_t n_cols;
    double *centre; /* (n_cols), owned */
    column_sums *sums;
    column_keys *keys;
    double *scratch; /* (BLOCK_ARRAYS, n_cols) */
    block_sums block;
};

static block_sums lay_out(double *scratch, size_t n_cols)
{
    double *at[BLOCK_ARRAYS];
    for (size_t i = 0; i < BLOCK_ARRAYS; i++)
        at[i] = scratch + i * n_cols;
    return (block_sums){at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8]};
}

wn_status wn_moments_new(wn_moments **moments, size_t n_cols, const double *centre)
{
    wn_status status = WN_OK;
    wn_moments *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    TRY(wn_new(&made->centre, n_cols));
    TRY(wn_new(&made->sums, n_cols));
    TRY(wn_new(&made->keys, n_cols));
    TRY(wn_new(&made->scratch, BLOCK_ARRAYS * n_cols));
    made->block = lay_out(made->scratch, n_cols);
    for (size_t c = 0; c < n_cols; c++) {
        made->centre[c] = centre != NULL ? centre[c] : 0;
        made->keys[c] = (column_keys){WN_KEY_NONE, WN_KEY_NONE};
    }
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
    wn_free(moments->scratch);
    wn_free(moments->keys);
    wn_free(moments->sums);
    wn_free(moments->centre);
    wn_free(moments);
}

/* Columns are the inner loop, for vectors; choices are between numbers that are there anyway, so that there is no
 * branch. NaN is unequal to itself and compares neither less nor greater. */
static void sweep_cells(const double *restrict row, const double *restrict centre, size_t n, double *restrict sum,
                        double *restrict count)
{
    for (size_t c = 0; c < n; c++) {
        double cell = row[c], difference = cell - centre[c], gap = cell == cell ? difference : 0.0;
        sum[c] += gap;
        count[c] += cell == cell ? 1.0 : 0.0;
    }
}

static void sweep_extremes(const double *restrict row, size_t n, double *restrict least, double *restrict most)
{
    for (size_t c = 0; c < n; c++) {
        double cell = row[c], low = least[c], high = most[c];
        least[c] = cell < low ? cell : low;
        most[c] = cell > high ? cell : high;
    }
}

static void sweep_gaps(const double *restrict row, const double *restrict mean, size_t n, double *restrict rest,
                       double *restrict squares)
{
    for (size_t c = 0; c < n; c++) {
        double cell = row[c], difference = cell - mean[c], gap = cell == cell ? difference : 0.0;
        rest[c] += gap;
        squares[c] += gap * gap;
    }
}

static void add_to(double *restrict sum, const double *restrict term, size_t n)
{
    for (size_t c = 0; c < n; c++)
        sum[c] += term[c];
}

static void first_sweep(const wn_moments *moments, const wn_block *block, block_sums *use)
{
    size_t p = moments->n_cols;
    for (size_t c = 0; c < p; c++) {
        use->sum[c] = use->count[c] = 0;
        use->least[c] = INFINITY;
        use->most[c] = -INFINITY;
    }
    for (size_t i = 0; i < block->n_rows; i++) {
        const double *row = block->cells + i * block->n_cols;
        sweep_cells(row, moments->centre, p, use->sum, use->count);
        sweep_extremes(row, p, use->least, use->most);
    }
    for (size_t c = 0; c < p; c++)
        use->mean[c] = use->count[c] > 0 ? moments->centre[c] + use->sum[c] / use->count[c] : 0.0;
}

/* Rows are summed in strips, so that the rounding of a long block stays that of a short one. */
static void second_sweep(const wn_moments *moments, const wn_block *block, block_sums *use)
{
    size_t p = moments->n_cols, bytes = p * sizeof(double);
    memset(use->rest, 0, bytes);
    memset(use->squares, 0, bytes);
    for (size_t first = 0; first < block->n_rows; first += STRIP_ROWS) {
        size_t end = first + STRIP_ROWS < block->n_rows ? first + STRIP_ROWS : block->n_rows;
        memset(use->strip_rest, 0, bytes);
        memset(use->strip_squares, 0, bytes);
        for (size_t i = first; i < end; i++)
            sweep_gaps(block->cells + i * block->n_cols, use->mean, p, use->strip_rest, use->strip_squares);
        add_to(use->rest, use->strip_rest, p);
        add_to(use->squares, use->strip_squares, p);
    }
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

void wn_moments_add(wn_moments *moments, const wn_block *block)
{
    block_sums *use = &moments->block;
    first_sweep(moments, block, use);
    second_sweep(moments, block, use);
    for (size_t c = 0; c < moments->n_cols; c++) {
        column_sums *sums = &moments->sums[c];
        sums->count += (int64_t)use->count[c];
        sums->missing += (int64_t)block->n_rows - (int64_t)use->count[c];
        if (use->count[c] == 0)
            continue;
        add_column(sums, use->count[c], use->mean[c], use->rest[c], use->squares[c]);
        add_extremes(&moments->keys[c], use->least[c], use->most[c]);
    }
}

static wn_status add(void *state, const wn_block *block)
{
    wn_moments_add(state, block);
    return WN_OK;
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
    static const wn_accumulator_ops ops = {"moments", add, sums_of, keys_of, false};
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
