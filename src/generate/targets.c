#include "targets.h"

#include "normal.h"
#include "winnow/random.h"

/* The first class that ends after a unique row. */
static uint32_t class_of(const wn_truth *truth, uint64_t unique)
{
    size_t low = 0, high = truth->options.n_classes - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (unique < (uint64_t)truth->class_end[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return (uint32_t)low;
}

static uint64_t bits_of(const uint32_t *words)
{
    return (uint64_t)words[1] << 32 | words[0];
}

static void make_classes(const wn_truth *truth, const uint64_t *unique, size_t n, const uint32_t *words,
                         wn_targets *targets, int32_t *labels)
{
    uint64_t noisy = (uint64_t)(truth->options.noise * 0x1p32);
    for (size_t i = 0; i < n; i++) {
        uint32_t label = class_of(truth, unique[i]);
        bool is_noisy = words[4 * i + 2] < noisy;
        uint64_t other = is_noisy ? wn_random_below(bits_of(words + 4 * i), (uint64_t)truth->n_unique) : 0;
        targets->target[i] = is_noisy ? class_of(truth, other) : label;
        targets->amount[i] = 1.0f;
        labels[i] = (int32_t)label;
    }
}

/* The (unique + u)/n_unique quantile: ascending, and standard normal as a whole. */
static void make_numbers(const wn_truth *truth, const uint64_t *unique, size_t n, const uint32_t *words,
                         wn_targets *targets, void *labels)
{
    float *singles = labels;
    double *doubles = labels;
    bool is_double = truth->options.type == WN_STORE_FLOAT64;
    for (size_t i = 0; i < n; i++) {
        double u = ((double)(bits_of(words + 4 * i) >> 12) + 0.5) * 0x1p-52;
        double p = ((double)unique[i] + u) / (double)truth->n_unique;
        double y = wn_normal_quantile(p < 1 ? p : 1 - 0x1p-53);
        targets->target[i] = 0;
        targets->amount[i] = (float)y;
        if (is_double)
            doubles[i] = y;
        else
            singles[i] = (float)y;
    }
}

void wn_targets_make(const wn_truth *truth, const uint64_t *unique, size_t n, uint32_t *words, wn_targets *targets,
                     void *labels)
{
    wn_random_words(truth->options.seed, WN_RANDOM_TABLE_ROWS, unique, n, 0, 1, words);
    if (truth->options.n_classes > 0)
        make_classes(truth, unique, n, words, targets, labels);
    else
        make_numbers(truth, unique, n, words, targets, labels);
}
