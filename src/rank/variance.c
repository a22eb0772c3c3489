#include "winnow/ranking.h"

void wn_rank_variance(const wn_statistics *statistics, const wn_recipe *recipe, double *score)
{
    for (size_t f = 0; f < recipe->n_features; f++) {
        size_t c = recipe->feature_source[f];
        double range = statistics->moments->max[c] - statistics->moments->min[c];
        double deviation = statistics->moments->deviation[c];
        score[f] = range > 0 ? (deviation / range) * (deviation / range) : 0;
    }
}
