#include "moments_state.h"

#include "winnow/memory.h"
#include "winnow/order_key.h"

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
    wn_sum_add_square(&all, n, m);
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
