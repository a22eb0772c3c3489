/* One order from several scores, by the positions that they give. */
#include "consensus.h"

#include "winnow/memory.h"
#include "winnow/ranking.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    double score, second; /* second: between equal scores */
    size_t feature;
} scored;

/* Best first: larger score, larger second, smaller number; a NaN score is last. */
static int best_first(const void *a, const void *b)
{
    const scored *left = a, *right = b;
    bool left_nan = isnan(left->score), right_nan = isnan(right->score);
    if (left_nan != right_nan)
        return left_nan ? 1 : -1;
    if (!left_nan && left->score != right->score)
        return left->score > right->score ? -1 : 1;
    if (left->second != right->second)
        return left->second > right->second ? -1 : 1;
    return left->feature < right->feature ? -1 : left->feature > right->feature;
}

static wn_status sorted_scores(const double *score, size_t n, scored **sorted)
{
    wn_status status = WN_OK;
    TRY(wn_new(sorted, n));
    for (size_t i = 0; i < n; i++)
        (*sorted)[i] = (scored){score[i], 0, i};
    qsort(*sorted, n, sizeof **sorted, best_first);
done:
    return status;
}

static bool is_tie(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

wn_status wn_rank_positions(const double *score, size_t n, double *position)
{
    wn_status status = WN_OK;
    scored *sorted = NULL;
    TRY(sorted_scores(score, n, &sorted));
    for (size_t first = 0, last; first < n; first = last) {
        for (last = first + 1; last < n && is_tie(sorted[last].score, sorted[first].score); last++)
            ;
        double shared = 0.5 * (double)(first + 1 + last); /* mean of first + 1 .. last */
        for (size_t i = first; i < last; i++)
            position[sorted[i].feature] = shared;
    }
done:
    wn_free(sorted);
    return status;
}

static int compare_positions(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double sum_of(const double *positions, size_t n)
{
    double sum = 0;
    for (size_t s = 0; s < n; s++)
        sum += positions[s];
    return sum;
}

/* What a rule makes of a feature's positions, ascending; larger is better. */
static double points_of(wn_consensus rule, size_t keep, const double *positions, size_t n)
{
    double worst = n > 0 ? positions[n - 1] : 0;
    if (rule == WN_CONSENSUS_BORDA)
        return n > 0 ? -(positions[(n - 1) / 2] + positions[n / 2]) : 0;
    if (rule == WN_CONSENSUS_INTERSECTION)
        return worst <= (double)keep ? -worst : -(double)INFINITY;
    return -sum_of(positions, n);
}

/* positions (n, n_scores): of each feature in every score, ascending. */
static wn_status find_positions(const double *const *scores, size_t n_scores, size_t n, double *positions)
{
    wn_status status = WN_OK;
    double *of_score = NULL;
    TRY(wn_new(&of_score, n));
    for (size_t s = 0; s < n_scores; s++) {
        TRY(wn_rank_positions(scores[s], n, of_score));
        for (size_t i = 0; i < n; i++)
            positions[i * n_scores + s] = of_score[i];
    }
    for (size_t i = 0; i < n && n_scores > 0; i++)
        qsort(positions + i * n_scores, n_scores, sizeof *positions, compare_positions);
done:
    wn_free(of_score);
    return status;
}

wn_status wn_rank_consensus(wn_consensus rule, size_t keep, const double *const *scores, size_t n_scores, size_t n,
                            double *consensus, size_t *order)
{
    wn_status status = WN_OK;
    double *positions = NULL;
    scored *sorted = NULL;
    TRY(wn_new(&positions, n * n_scores));
    TRY(wn_new(&sorted, n));
    TRY(find_positions(scores, n_scores, n, positions));
    for (size_t i = 0; i < n; i++) {
        const double *own = positions + i * n_scores;
        sorted[i] = (scored){points_of(rule, keep, own, n_scores), -sum_of(own, n_scores), i};
    }
    qsort(sorted, n, sizeof *sorted, best_first);
    for (size_t i = 0; i < n; i++) {
        order[i] = sorted[i].feature;
        consensus[sorted[i].feature] = (double)(i + 1);
    }
done:
    wn_free(sorted);
    wn_free(positions);
    return status;
}
