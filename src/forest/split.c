#include "split.h"

#include "node_counts.h"

#include <string.h>

/* The bins of one feature that rows are in, and by each what lies up to it. */
typedef struct {
    size_t n;
    uint8_t bin[WN_FOREST_MOST_BINS];
    double weight[WN_FOREST_MOST_BINS], sum[WN_FOREST_MOST_BINS], gap[WN_FOREST_MOST_BINS];
} steps;

int64_t wn_totals_weight(const int64_t *totals, size_t n_classes)
{
    int64_t weight = totals[0];
    for (size_t c = 1; c < n_classes; c++)
        weight += totals[c];
    return weight;
}

bool wn_totals_pure(const int64_t *totals, size_t n_classes)
{
    size_t n_present = 0;
    for (size_t c = 0; c < n_classes; c++)
        n_present += totals[c] > 0;
    return n_present == 1;
}

/* Two classes, or weight and sum of labels: one number tells both sides. A bin without rows is written over. */
static void find_pairs(const int64_t *counts, size_t n_bins, bool is_weighed, double weight, double total, steps *s)
{
    int64_t up_to = 0, sum = 0;
    s->n = 0;
    for (size_t b = 0; b < n_bins; b++) {
        int64_t here = counts[2 * b] + (is_weighed ? 0 : counts[2 * b + 1]);
        up_to += here;
        sum += counts[2 * b + 1];
        s->bin[s->n] = (uint8_t)b;
        s->weight[s->n] = (double)up_to;
        s->sum[s->n] = (double)sum;
        s->n += here > 0;
    }
    for (size_t i = 0; i < s->n; i++) {
        double gap = s->sum[i] * weight - total * s->weight[i];
        s->gap[i] = gap * gap;
    }
}

/* left (n_classes) is scratch. */
static void find_many(const int64_t *counts, size_t n_bins, size_t n_classes, double weight, const int64_t *totals,
                      int64_t *left, steps *s)
{
    int64_t up_to = 0;
    s->n = 0;
    memset(left, 0, n_classes * sizeof *left);
    for (size_t b = 0; b < n_bins; b++, counts += n_classes) {
        int64_t here = 0;
        for (size_t c = 0; c < n_classes; c++)
            here += counts[c];
        if (here == 0)
            continue;
        up_to += here;
        double gaps = 0;
        for (size_t c = 0; c < n_classes; c++) {
            left[c] += counts[c];
            double gap = (double)left[c] * weight - (double)totals[c] * (double)up_to;
            gaps += gap * gap;
        }
        s->bin[s->n] = (uint8_t)b;
        s->weight[s->n] = (double)up_to;
        s->gap[s->n++] = gaps;
    }
}

/* Scores into gap: to be compared within the node, whose weight is the same for all. */
static void score(steps *s, double weight)
{
    for (size_t i = 0; i + 1 < s->n; i++)
        s->gap[i] = s->gap[i] / (s->weight[i] * (weight - s->weight[i]));
}

static void sum_left(const int64_t *counts, uint8_t bin, size_t channels, int64_t *left)
{
    memset(left, 0, channels * sizeof *left);
    for (size_t b = 0; b <= bin; b++)
        for (size_t c = 0; c < channels; c++)
            left[c] += counts[b * channels + c];
}

wn_split wn_split_find(const int64_t *counts, const uint32_t *features, size_t n_tried, size_t n_bins, size_t n_classes,
                       const int64_t *totals, int64_t *left)
{
    size_t channels = wn_node_channels(n_classes), best = 0;
    double weight = (double)wn_totals_weight(totals, n_classes), most = 0;
    wn_split split = {.is_constant = true};
    steps s;
    for (size_t k = 0; k < n_tried; k++) {
        const int64_t *own = counts + k * n_bins * channels;
        if (channels == 2)
            find_pairs(own, n_bins, n_classes == 0, weight, (double)totals[1], &s);
        else
            find_many(own, n_bins, n_classes, weight, totals, left, &s);
        score(&s, weight);
        split.is_constant = split.is_constant && s.n < 2;
        for (size_t i = 0; i + 1 < s.n; i++) {
            if (!(s.gap[i] > most))
                continue;
            most = s.gap[i];
            best = k;
            split.is_found = true;
            split.bin = (uint8_t)((s.bin[i] + s.bin[i + 1]) / 2);
        }
    }
    if (!split.is_found)
        return split;
    split.feature = features[best];
    split.decrease = (n_classes == 2 ? 2 * most : most) / weight; /* both classes' gaps are the same */
    sum_left(counts + best * n_bins * channels, split.bin, channels, left);
    return split;
}
