#include "sums.h"

#include "winnow/memory.h"

#include <string.h>

static wn_status new_gram(wn_sums *sums, const wn_statistics_plan *plan, const wn_catalog *catalog,
                          const wn_labels *labels, const wn_statistics_options *options)
{
    wn_gram_shape shape = {
        .n_cols = plan->n_cols,
        .centre = plan->centre,
        .exponent = plan->exponent,
        .n_classes = plan->has_label ? labels->n_classes : 0,
        .classes = labels->classes,
        .has_label = plan->has_label,
        .label_centre = plan->label_centre,
        .label_exponent = plan->label_exponent,
        .n_rows = catalog->n_rows,
        .run_blocks = wn_catalog_run_blocks(catalog),
        .products = options->products,
        .is_single = options->is_single,
    };
    return wn_gram_new(&sums->gram, &shape);
}

wn_status wn_sums_init(wn_sums *sums, const wn_statistics_plan *plan, const wn_catalog *catalog,
                       const wn_labels *labels, const wn_statistics_options *options)
{
    wn_status status = WN_OK;
    TRY(wn_moments_new(&sums->moments, plan->n_cols));
    if (options->gram)
        TRY(new_gram(sums, plan, catalog, labels, options));
    if (options->n_bins > 0)
        TRY(wn_contingency_new(&sums->contingency, plan->n_cols, plan->n_bins, plan->edges, plan->n_classes,
                               plan->class_edges));
done:
    return status;
}

void wn_sums_clear(wn_sums *sums)
{
    wn_contingency_free(sums->contingency);
    wn_gram_free(sums->gram);
    wn_moments_free(sums->moments);
    *sums = (wn_sums){0};
}

size_t wn_sums_accumulators(const wn_sums *sums, wn_accumulator accumulators[WN_SUMS_STATES])
{
    size_t n = 0;
    accumulators[n++] = wn_moments_accumulator(sums->moments);
    if (sums->gram)
        accumulators[n++] = wn_gram_accumulator(sums->gram);
    if (sums->contingency)
        accumulators[n++] = wn_contingency_accumulator(sums->contingency);
    return n;
}

wn_status wn_sums_finish(const wn_sums *sums, const wn_statistics_plan *plan, wn_statistics *statistics)
{
    wn_status status = WN_OK;
    TRY(wn_moments_finish(sums->moments, &statistics->moments));
    if (sums->gram)
        TRY(wn_gram_finish(sums->gram, &statistics->gram));
    statistics->n_bins = plan->n_bins;
    statistics->n_classes = plan->n_classes;
    if (sums->contingency) {
        size_t n = plan->n_cols * plan->n_bins * plan->n_classes;
        TRY(wn_new(&statistics->contingency, n));
        memcpy(statistics->contingency, wn_contingency_counts(sums->contingency), n * sizeof(int64_t));
    }
done:
    return status;
}
