#include "winnow/ranking.h"

void wn_rank_variance(const wn_statistics *statistics, const wn_recipe *recipe, double *score)
{
    for (size_t f = 0; f < recipe->n_features; f++) {
        double range = statistics->moments->max[f] - statistics->moments->min[f];
        double deviation = statistics->moments->deviation[f];
        score[f] = range > 0 ? (deviation / range) * (deviation / range) : 0;
    }
}
