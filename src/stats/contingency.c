#include "winnow/contingency.h"

#include "winnow/memory.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

struct wn_contingency {
    size_t n_cols, n_bins, n_classes;
    double *edges;       /* (n_cols, n_bins - 1), owned */
    double *class_edges; /* (n_classes - 1), owned */
    int64_t *counts;     /* (n_cols, n_bins, n_classes), owned */
};

wn_status wn_contingency_new(wn_contingency **contingency, size_t n_cols, size_t n_bins, const double *edges,
                             size_t n_classes, const double *class_edges)
{
    wn_status status = WN_OK;
    wn_contingency *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    made->n_bins = n_bins;
    made->n_classes = n_classes;
    TRY(wn_new(&made->edges, n_cols * (n_bins - 1)));
    TRY(wn_new(&made->class_edges, n_classes - 1));
    TRY(wn_new(&made->counts, n_cols * n_bins * n_classes));
    if (n_cols * (n_bins - 1) > 0)
        memcpy(made->edges, edges, n_cols * (n_bins - 1) * sizeof *edges);
    if (n_classes > 1)
        memcpy(made->class_edges, class_edges, (n_classes - 1) * sizeof *class_edges);
    *contingency = made;
    made = NULL;
done:
    wn_contingency_free(made);
    return status;
}

void wn_contingency_free(wn_contingency *contingency)
{
    if (contingency == NULL)
        return;
    wn_free(contingency->counts);
    wn_free(contingency->class_edges);
    wn_free(contingency->edges);
    wn_free(contingency);
}

/* How many edges are <= x: the bin of x, by halving. */
static size_t bin_of(const double *edges, size_t n, double x)
{
    size_t first = 0;
    while (n > 0) {
        size_t half = n / 2;
        bool right = edges[first + half] <= x;
        first = right ? first + half + 1 : first;
        n = right ? n - half - 1 : half;
    }
    return first;
}

void wn_contingency_add(wn_contingency *contingency, const wn_block *block)
{
    size_t p = contingency->n_cols, n_edges = contingency->n_bins - 1,
           table = contingency->n_bins * contingency->n_classes;
    for (size_t i = 0; i < block->n_rows; i++) {
        if (isnan(block->labels[i]))
            continue;
        size_t class = bin_of(contingency->class_edges, contingency->n_classes - 1, block->labels[i]);
        const double *row = block->cells + i * block->n_cols;
        for (size_t c = 0; c < p; c++) {
            if (isnan(row[c]))
                continue;
            size_t bin = bin_of(contingency->edges + c * n_edges, n_edges, row[c]);
            contingency->counts[c * table + bin * contingency->n_classes + class]++;
        }
    }
}

static wn_status add(void *state, const wn_block *block)
{
    wn_contingency_add(state, block);
    return WN_OK;
}

static wn_span sums_of(void *state)
{
    wn_contingency *contingency = state;
    return (wn_span){contingency->counts, contingency->n_cols * contingency->n_bins * contingency->n_classes};
}

static wn_span keys_of(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_contingency_accumulator(wn_contingency *contingency)
{
    static const wn_accumulator_ops ops = {"contingency", add, sums_of, keys_of};
    return (wn_accumulator){&ops, contingency};
}

const int64_t *wn_contingency_counts(const wn_contingency *contingency)
{
    return contingency->counts;
}
