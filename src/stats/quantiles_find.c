#include "cell_search.h"
#include "quantile_place.h"
#include "quantiles_state.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <math.h>

void wn_order_statistics(int64_t n, double probability, int64_t *lower, int64_t *upper, double *weight)
{
    double place = (double)(n - 1) * probability;
    *lower = (int64_t)floor(place);
    *lower = *lower > n - 1 ? n - 1 : *lower;
    *upper = *lower + 1 < n ? *lower + 1 : *lower;
    *weight = place - (double)*lower;
}

double wn_between(double a, double b, double weight)
{
    if (weight == 0 || a == b)
        return a;
    double gap = b - a;
    return weight >= 0.5 ? b - gap * (1 - weight) : a + gap * weight;
}

double wn_quantile_sorted(const double *sorted, size_t n, double probability)
{
    int64_t lower, upper;
    double weight;
    if (n == 0)
        return NAN;
    wn_order_statistics((int64_t)n, probability, &lower, &upper, &weight);
    return wn_between(sorted[lower], sorted[upper], weight);
}

/* A target's two order statistics, counted from the least cell of its window. */
typedef struct {
    int64_t lower, upper;
    double weight;      /* of the upper one */
    bool is_inside;     /* both are */
    int64_t is_counted; /* some rank has counts in place of cells */
} placement;

static placement place(const wn_quantiles *quantiles, size_t target)
{
    placement placed = {0};
    target_counts counts = quantiles->counts[target];
    if (counts.valid == 0)
        return placed;
    wn_order_statistics(counts.valid, quantiles->probability[target % quantiles->n_probabilities], &placed.lower,
                        &placed.upper, &placed.weight);
    placed.lower -= counts.below;
    placed.upper -= counts.below;
    placed.is_inside = placed.lower >= 0 && placed.upper < counts.inside;
    return placed;
}

/* The part of the line that holds both, where the window missed. */
static wn_window part_of_line(const wn_quantiles *quantiles, size_t target, const placement *placed)
{
    wn_window window = quantiles->windows[target], next = {-INFINITY, INFINITY};
    if (window.low <= window.high && placed->lower >= 0)
        next.low = window.low;
    if (window.low <= window.high && placed->upper < quantiles->counts[target].inside)
        next.high = window.high;
    return next;
}

static cell_search search_for(const wn_quantiles *quantiles, size_t target, const placement *placed)
{
    wn_window window = quantiles->windows[target];
    size_t n = 0;
    wn_cells kept = {NULL, quantiles->is_float32};
    if (wn_window_keeps(window))
        kept = wn_window_cells_kept(&quantiles->room, &quantiles->cells[target], quantiles->is_float32, &n);
    return (cell_search){.cells = kept,
                         .n = n,
                         .low = window.low,
                         .high = window.high,
                         .number = placed->lower,
                         .has_next = placed->upper > placed->lower,
                         .is_wanted = placed->is_inside && !placed->is_counted && window.low < window.high};
}

/* An order statistic by the counts of buckets over all ranks: its bucket, and its number there. */
typedef struct {
    size_t bucket;
    int64_t number;
} bucket_place;

static bucket_place find_bucket(key_counts counts, int64_t number)
{
    bucket_place found = {0, number};
    while (found.number >= counts.count[found.bucket])
        found.number -= counts.count[found.bucket++];
    return found;
}

/* The least and the greatest of a bucket are known, and so is what lies between equal ones. */
static bool is_known(key_counts counts, bucket_place place, double *value)
{
    int64_t greatest = counts.keys[2 * place.bucket], least = ~counts.keys[2 * place.bucket + 1];
    *value = wn_order_key_value(place.number == 0 ? least : greatest);
    return place.number == 0 || place.number == counts.count[place.bucket] - 1 || least == greatest;
}

/* The quantile; or false, and the window of the one bucket that both order statistics lie in: in two buckets the lower
 * is the greatest of its own, the upper the least. */
static bool look_up(key_counts counts, const placement *placed, double *value, wn_window *next)
{
    bucket_place lower = find_bucket(counts, placed->lower), upper = find_bucket(counts, placed->upper);
    double low, high;
    bool is_low_known = is_known(counts, lower, &low), is_high_known = is_known(counts, upper, &high);
    if (is_low_known && is_high_known) {
        *value = wn_between(low, high, placed->weight);
        return true;
    }
    next->low = wn_order_key_value(~counts.keys[2 * lower.bucket + 1]);
    next->high = wn_order_key_value(counts.keys[2 * lower.bucket]);
    return false;
}

/* Collective. Whether a target's cells were only counted on some rank. */
static wn_status agree_on_counting(const wn_ranks *ranks, const wn_quantiles *quantiles, placement *placed,
                                   int64_t *flags, size_t n)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++)
        flags[i] = quantiles->cells[i].is_counted;
    TRY(wn_ranks_max(ranks, flags, n));
    for (size_t i = 0; i < n; i++)
        placed[i].is_counted = flags[i];
done:
    return status;
}

/* Scratch of one finish. */
typedef struct {
    placement *placed;     /* (n) */
    cell_search *searches; /* (n) */
    int64_t *words;        /* (n, or a bucket's three for all buckets if that is more) */
} finishing;

/* Collective. Targets that were only counted: their values, or windows for the next pass. */
static wn_status look_up_counted(const wn_ranks *ranks, const wn_quantiles *quantiles, const finishing *f,
                                 double *values, wn_window *windows, unsigned char *missed)
{
    wn_status status = WN_OK;
    size_t n_buckets = quantiles->room.n_buckets;
    key_counts counts = {f->words, f->words + n_buckets};
    for (size_t i = 0; i < quantiles->n_cols * quantiles->n_probabilities; i++) {
        if (!f->placed[i].is_inside || !f->placed[i].is_counted)
            continue;
        wn_window_cells_counts(&quantiles->room, &quantiles->cells[i], quantiles->is_float32, counts);
        TRY(wn_ranks_sum(ranks, counts.count, n_buckets));
        TRY(wn_ranks_max(ranks, counts.keys, 2 * n_buckets));
        missed[i] = !look_up(counts, &f->placed[i], &values[i], &windows[i]);
    }
done:
    return status;
}

static wn_status finishing_init(finishing *f, const wn_quantiles *quantiles, size_t n)
{
    wn_status status = WN_OK;
    size_t n_words = 3 * quantiles->room.n_buckets;
    TRY(wn_new(&f->placed, n));
    TRY(wn_new(&f->searches, n));
    TRY(wn_new(&f->words, n > n_words ? n : n_words));
done:
    return status;
}

static void finishing_clear(finishing *f)
{
    wn_free(f->words);
    wn_free(f->searches);
    wn_free(f->placed);
}

/* A target whose cells were found among the kept ones, or that has one value (-0 is 0). */
static double value_of(const wn_quantiles *quantiles, size_t target, const finishing *f)
{
    const placement *placed = &f->placed[target];
    const cell_search *search = &f->searches[target];
    if (search->is_wanted)
        return wn_between(search->value, search->next, placed->weight);
    return placed->is_inside && !placed->is_counted ? quantiles->windows[target].low + 0.0 : (double)NAN;
}

wn_status wn_quantiles_finish(const wn_ranks *ranks, const wn_quantiles *quantiles, double *values, wn_window *windows,
                              unsigned char *missed, size_t *n_missed)
{
    wn_status status = WN_OK;
    size_t n = quantiles->n_cols * quantiles->n_probabilities;
    finishing f = {0};
    TRY(wn_ranks_agree(ranks, finishing_init(&f, quantiles, n)));
    for (size_t i = 0; i < n; i++)
        f.placed[i] = place(quantiles, i);
    TRY(agree_on_counting(ranks, quantiles, f.placed, f.words, n));
    for (size_t i = 0; i < n; i++)
        f.searches[i] = search_for(quantiles, i, &f.placed[i]);
    TRY(wn_cell_search_run(ranks, f.searches, n));
    for (size_t i = 0; i < n; i++) {
        values[i] = value_of(quantiles, i, &f);
        missed[i] = !f.placed[i].is_inside && quantiles->counts[i].valid > 0;
        if (missed[i])
            windows[i] = part_of_line(quantiles, i, &f.placed[i]);
    }
    TRY(look_up_counted(ranks, quantiles, &f, values, windows, missed));
    *n_missed = 0;
    for (size_t i = 0; i < n; i++)
        *n_missed += missed[i];
done:
    finishing_clear(&f);
    return status;
}
