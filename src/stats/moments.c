#include "winnow/moments.h"

#include "winnow/exact_sum.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <math.h>
#include <string.h>

/* Sums of one column: all int64, so that a state is one run of integers. */
typedef struct {
    int64_t count, missing;
    wn_exact_sum first;   /* S of every block */
    wn_exact_sum squares; /* sum (x - S/n)^2 of every block */
    wn_exact_sum between; /* S * (S/n) of every block, both factors rounded alike everywhere */
} column_sums;

typedef struct {
    int64_t max, min_complement; /* order keys */
} column_keys;

struct wn_moments {
    size_t n_cols;
    double *centre; /* (n_cols), owned */
    column_sums *sums;
    column_keys *keys;
    double *scratch; /* (4, n_cols): sums, means, squares, counts of a block */
};

wn_status wn_moments_new(wn_moments **moments, size_t n_cols, const double *centre)
{
    wn_status status = WN_OK;
    wn_moments *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    TRY(wn_new(&made->centre, n_cols));
    TRY(wn_new(&made->sums, n_cols));
    TRY(wn_new(&made->keys, n_cols));
    TRY(wn_new(&made->scratch, 4 * n_cols));
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

/* Sums and counts of the valid cells about the centre, column by column in the inner loop. */
static void sweep_sums(const wn_moments *moments, const wn_block *block, double *sum, double *count)
{
    size_t p = moments->n_cols;
    for (size_t i = 0; i < block->n_rows; i++) {
        const double *row = block->cells + i * p;
        for (size_t c = 0; c < p; c++) {
            double valid = row[c] == row[c] ? 1.0 : 0.0;
            sum[c] += valid != 0.0 ? row[c] - moments->centre[c] : 0.0;
            count[c] += valid;
        }
    }
}

static void sweep_squares(const wn_moments *moments, const wn_block *block, const double *mean, double *squares)
{
    size_t p = moments->n_cols;
    for (size_t i = 0; i < block->n_rows; i++) {
        const double *row = block->cells + i * p;
        for (size_t c = 0; c < p; c++) {
            double gap = row[c] == row[c] ? row[c] - moments->centre[c] - mean[c] : 0.0;
            squares[c] += gap * gap;
        }
    }
}

/* Least and greatest as doubles within the block; then as keys. NaN never compares less or greater. */
static void sweep_extremes(wn_moments *moments, const wn_block *block, double *least, double *most)
{
    size_t p = moments->n_cols;
    for (size_t c = 0; c < p; c++) {
        least[c] = INFINITY;
        most[c] = -INFINITY;
    }
    for (size_t i = 0; i < block->n_rows; i++) {
        const double *row = block->cells + i * p;
        for (size_t c = 0; c < p; c++) {
            least[c] = row[c] < least[c] ? row[c] : least[c];
            most[c] = row[c] > most[c] ? row[c] : most[c];
        }
    }
}

static void add_extremes(wn_moments *moments, size_t column, double least, double most)
{
    column_keys *keys = &moments->keys[column];
    int64_t high = wn_order_key(most), low = ~wn_order_key(least);
    keys->max = high > keys->max ? high : keys->max;
    keys->min_complement = low > keys->min_complement ? low : keys->min_complement;
}

void wn_moments_add(wn_moments *moments, const wn_block *block)
{
    size_t p = moments->n_cols;
    double *sum = moments->scratch, *mean = sum + p, *squares = mean + p, *count = squares + p;
    memset(moments->scratch, 0, 4 * p * sizeof *moments->scratch);
    sweep_sums(moments, block, sum, count);
    for (size_t c = 0; c < p; c++)
        mean[c] = count[c] > 0 ? sum[c] / count[c] : 0.0;
    sweep_squares(moments, block, mean, squares);
    for (size_t c = 0; c < p; c++) {
        column_sums *sums = &moments->sums[c];
        sums->count += (int64_t)count[c];
        sums->missing += (int64_t)block->n_rows - (int64_t)count[c];
        wn_exact_sum_add(&sums->first, sum[c]);
        wn_exact_sum_add(&sums->squares, squares[c]);
        wn_exact_sum_add_product(&sums->between, sum[c], mean[c]);
    }
    double *least = sum, *most = mean; /* the sums are in the state now */
    sweep_extremes(moments, block, least, most);
    for (size_t c = 0; c < p; c++)
        if (count[c] > 0)
            add_extremes(moments, c, least[c], most[c]);
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
        wn_exact_sum_normalize(&moments->sums[c].between);
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
    static const wn_accumulator_ops ops = {"moments", add, sums_of, keys_of};
    return (wn_accumulator){&ops, moments};
}

/* sum (x - mean)^2 over all cells = sum of the blocks' squares + sum S (S/n) - S_total^2 / N; the first difference is
 * exact. */
static double total_squares(const column_sums *sums, double total)
{
    wn_exact_sum all = sums->squares;
    wn_exact_sum_merge(&all, &sums->between);
    wn_exact_sum_add_product(&all, -total, total / (double)sums->count);
    double squares = wn_exact_sum_round(&all);
    return squares > 0 ? squares : 0;
}

static void finish_column(const wn_moments *moments, size_t c, wn_moments_summary *summary)
{
    const column_sums *sums = &moments->sums[c];
    summary->count[c] = sums->count;
    summary->missing[c] = sums->missing;
    summary->mean[c] = summary->deviation[c] = summary->min[c] = summary->max[c] = NAN;
    if (sums->count == 0)
        return;
    double total = wn_exact_sum_round(&sums->first);
    summary->min[c] = wn_order_key_value(~moments->keys[c].min_complement);
    summary->max[c] = wn_order_key_value(moments->keys[c].max);
    summary->mean[c] = moments->centre[c] + total / (double)sums->count;
    summary->deviation[c] = sqrt(total_squares(sums, total) / (double)sums->count);
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
