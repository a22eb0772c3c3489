#include "statistics_plan.h"

#include "clean.h"
#include "encoder.h"
#include "transform.h"

#include "winnow/memory.h"
#include "winnow/quantiles.h"
#include "winnow/radix_sort.h"

#include <math.h>

enum { LARGEST_EXPONENT = 1000, ENCODER_SAMPLE = 1024 }; /* 2^+-exponent stays a normal double */

/* The exponent of the cells' root mean square about the centre; of half_span where they do not vary. */
static int choose_exponent(const double *cells, size_t n, double centre, double half_span)
{
    double scale = 0, sum = 0;
    for (size_t i = 0; i < n; i++)
        scale = fmax(scale, fabs(cells[i] - centre));
    for (size_t i = 0; i < n && scale > 0; i++) {
        double ratio = (cells[i] - centre) / scale; /* no overflow when squared */
        sum += ratio * ratio;
    }
    double spread = scale > 0 ? scale * sqrt(sum / (double)n) : half_span;
    if (!(spread > 0) || !isfinite(spread))
        return 0;
    int exponent = ilogb(spread) + 1;
    return exponent > LARGEST_EXPONENT ? LARGEST_EXPONENT : exponent < -LARGEST_EXPONENT ? -LARGEST_EXPONENT : exponent;
}

/* Least and greatest that a cleaned cell can be. */
static void clean_range(const wn_recipe_column *column, double *low, double *high)
{
    bool is_bounded = column->rule.action != WN_OUTLIER_REPORT;
    *low = is_bounded ? fmax(column->min, column->lower) : column->min;
    *high = is_bounded ? fmin(column->max, column->upper) : column->max;
    *low = fmin(*low, column->fill); /* NaN is ignored */
    *high = fmax(*high, column->fill);
    *low = wn_transform_apply(column->rule.transform, *low);
    *high = wn_transform_apply(column->rule.transform, *high);
    if (isnan(*low) || isnan(*high))
        *low = *high = 0;
}

/* Puts the cells into another order. They are sorted only where bins ask for it: that takes most of the time. */
static void plan_cells(wn_statistics_plan *plan, size_t i, double *cells, size_t n, double half_span)
{
    bool sorts = plan->n_bins > 1;
    if (sorts)
        wn_doubles_sort(cells, n);
    plan->centre[i] = sorts ? wn_quantile_sorted(cells, n, 0.5) : wn_quantile_select(cells, n, 0.5);
    plan->exponent[i] = choose_exponent(cells, n, plan->centre[i], half_span);
    for (size_t k = 1; k < plan->n_bins; k++)
        plan->edges[i * (plan->n_bins - 1) + k - 1] = wn_quantile_sorted(cells, n, (double)k / (double)plan->n_bins);
}

static void plan_column(wn_statistics_plan *plan, size_t i, const wn_recipe_column *column, double *cells, size_t n)
{
    double ends[2];
    clean_range(column, &ends[0], &ends[1]);
    double half_span = ends[1] / 2 - ends[0] / 2;
    plan_cells(plan, i, n > 0 ? cells : ends, n > 0 ? n : 2, half_span);
}

/* As cells are, by what the encoder knows of its training rows. */
static wn_status plan_known(wn_statistics_plan *plan, size_t i, const wn_encoder *encoder)
{
    wn_status status = WN_OK;
    double sample[ENCODER_SAMPLE] = {0};
    size_t n = 0;
    TRY(encoder->ops->sample(encoder->state, i - encoder->first, sample, ENCODER_SAMPLE, &n));
    plan_cells(plan, i, sample, n > 0 ? n : 1, 0);
done:
    return status;
}

/* By even steps from 0 to the greatest value, and most often 0: the centre that keeps sparse features sparse. */
static void plan_encoded(wn_statistics_plan *plan, size_t i, const wn_encoder *encoder)
{
    double greatest = encoder->ops->greatest != NULL ? encoder->ops->greatest(encoder->state) : 1;
    plan->exponent[i] = greatest > 1 ? ilogb(greatest) + 1 : 0;
    for (size_t k = 1; k < plan->n_bins; k++)
        plan->edges[i * (plan->n_bins - 1) + k - 1] = greatest * (double)k / (double)plan->n_bins;
}

/* Classes in place of bins, or bins of a real label. sorted: room for the pilot's. */
static void plan_labels(wn_statistics_plan *plan, const wn_pilot *pilot, const wn_labels *labels, double *sorted)
{
    size_t n = 0;
    for (size_t k = 1; k < labels->n_classes; k++)
        plan->class_edges[k - 1] = labels->classes[k];
    if (labels->n_classes > 0)
        return;
    for (size_t i = 0; i < pilot->n_rows; i++)
        if (!isnan(pilot->labels[i]))
            sorted[n++] = pilot->labels[i];
    if (n == 0)
        return;
    wn_doubles_sort(sorted, n);
    plan->label_centre = wn_quantile_sorted(sorted, n, 0.5);
    plan->label_exponent = choose_exponent(sorted, n, plan->label_centre, 0);
    for (size_t k = 1; k < plan->n_classes; k++)
        plan->class_edges[k - 1] = wn_quantile_sorted(sorted, n, (double)k / (double)plan->n_bins);
}

/* From the pilot's rows as they are; what is dropped of them matters little. */
static wn_status plan_sampled(wn_statistics_plan *plan, const wn_encoder *encoder, const wn_recipe *recipe,
                              const wn_pilot *pilot, double *cells)
{
    wn_status status = WN_OK;
    double *features = NULL, greatest = encoder->ops->greatest(encoder->state);
    size_t size = encoder->ops->size(encoder->state);
    wn_raw_rows rows = {.cells = {.data = pilot->cells}, .n_rows = pilot->n_rows, .n_cols = pilot->n_cols};
    TRY(wn_memory_new((void **)&features, pilot->n_rows, size * sizeof *features, __func__));
    TRY(encoder->ops->apply(encoder, recipe, &rows, features, size));
    for (size_t f = 0; f < size; f++) {
        size_t n = 0;
        for (size_t i = 0; i < pilot->n_rows; i++)
            if (!isnan(features[i * size + f]))
                cells[n++] = features[i * size + f];
        plan_cells(plan, encoder->first + f, n > 0 ? cells : (double[]){0, greatest}, n > 0 ? n : 2, greatest / 2);
    }
done:
    wn_free(features);
    return status;
}

wn_status wn_statistics_plan_new(wn_statistics_plan *plan, const wn_recipe *recipe, bool has_label, size_t n_bins)
{
    wn_status status = WN_OK;
    size_t n_cols = recipe->n_features, n_classes = recipe->labels.n_classes > 0 ? recipe->labels.n_classes : n_bins;
    *plan = (wn_statistics_plan){.n_cols = n_cols, .n_bins = n_bins, .has_label = has_label};
    plan->n_classes = has_label ? n_classes : 0;
    TRY(wn_new(&plan->centre, n_cols));
    TRY(wn_new(&plan->exponent, n_cols));
    TRY(wn_new(&plan->edges, n_bins > 0 ? n_cols * (n_bins - 1) : 0));
    TRY(wn_new(&plan->class_edges, plan->n_classes));
done:
    return status;
}

wn_status wn_statistics_plan_init(wn_statistics_plan *plan, const wn_pilot *pilot, const wn_recipe *recipe,
                                  bool has_label, size_t n_bins)
{
    wn_status status = WN_OK;
    wn_pilot cleaned = {0};
    double *cells = NULL;
    TRY(wn_statistics_plan_new(plan, recipe, has_label, n_bins));
    TRY(wn_clean_pilot(pilot, recipe, true, &cleaned));
    TRY(wn_new(&cells, pilot->n_rows));
    for (size_t i = 0; i < plan->n_cols; i++) {
        size_t column = recipe->feature_source[i], e = recipe->feature_encoder[i];
        if (e == WN_NO_ENCODER)
            plan_column(plan, i, &recipe->columns[column], cells, wn_pilot_cells(&cleaned, column, cells));
        else if (recipe->encoders[e].ops->sample != NULL)
            TRY(plan_known(plan, i, &recipe->encoders[e]));
        else
            plan_encoded(plan, i, &recipe->encoders[e]);
    }
    for (size_t e = 0; e < recipe->n_encoders; e++)
        if (recipe->encoders[e].ops->is_sampled)
            TRY(plan_sampled(plan, &recipe->encoders[e], recipe, pilot, cells));
    if (has_label)
        plan_labels(plan, &cleaned, &recipe->labels, cells);
done:
    wn_free(cells);
    wn_clean_pilot_clear(&cleaned);
    return status;
}

void wn_statistics_plan_clear(wn_statistics_plan *plan)
{
    wn_free(plan->centre);
    wn_free(plan->exponent);
    wn_free(plan->edges);
    wn_free(plan->class_edges);
    *plan = (wn_statistics_plan){0};
}
