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

/* What a rule needs to know of the positions of one feature. */
typedef struct {
    double sum, worst, points;
} standing;

static void add_position(standing *at, double position, double keep)
{
    at->sum += position;
    at->worst = fmax(at->worst, position);
    at->points += fmax(keep + 1 - position, 0);
}

static double points_of(wn_consensus rule, const standing *at, double keep)
{
    if (rule == WN_CONSENSUS_BORDA)
        return at->points;
    if (rule == WN_CONSENSUS_INTERSECTION)
        return at->worst <= keep ? -at->worst : -(double)INFINITY;
    return -at->sum;
}

static wn_status find_standings(const double *const *scores, size_t n_scores, size_t n, double keep, standing *at)
{
    wn_status status = WN_OK;
    double *position = NULL;
    TRY(wn_new(&position, n));
    for (size_t s = 0; s < n_scores; s++) {
        TRY(wn_rank_positions(scores[s], n, position));
        for (size_t i = 0; i < n; i++)
            add_position(&at[i], position[i], keep);
    }
done:
    wn_free(position);
    return status;
}

wn_status wn_rank_consensus(wn_consensus rule, size_t keep, const double *const *scores, size_t n_scores, size_t n,
                            double *consensus, size_t *order)
{
    wn_status status = WN_OK;
    standing *at = NULL;
    scored *sorted = NULL;
    TRY(wn_new(&at, n));
    TRY(wn_new(&sorted, n));
    TRY(find_standings(scores, n_scores, n, (double)keep, at));
    for (size_t i = 0; i < n; i++)
        sorted[i] = (scored){points_of(rule, &at[i], (double)keep), -at[i].sum, i};
    qsort(sorted, n, sizeof *sorted, best_first);
    for (size_t i = 0; i < n; i++) {
        order[i] = sorted[i].feature;
        consensus[sorted[i].feature] = (double)(i + 1);
    }
done:
    wn_free(sorted);
    wn_free(at);
    return status;
}
