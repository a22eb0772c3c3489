#include "statistics_plan.h"

#include "clean.h"
#include "encoder.h"
#include "transform.h"

#include "winnow/gram.h"
#include "winnow/memory.h"
#include "winnow/quantiles.h"
#include "winnow/radix_sort.h"

#include <math.h>
#include <string.h>

enum { ENCODER_SAMPLE = 1024 };

/* Rows that give centres and scales where no bins are asked for: neither needs more than a digit. */
enum { SAMPLE_ROWS = 1024 };

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
    return wn_gram_exponent(scale > 0 ? scale * sqrt(sum / (double)n) : half_span);
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

/* Features are dealt to ranks, so that each sorts a part of them. */
static bool is_mine(const wn_ranks *ranks, size_t feature)
{
    return feature % (size_t)ranks->size == (size_t)ranks->rank;
}

/* Puts the cells into another order; scratch (n). They are sorted only where bins ask for it: that takes most of the
 * time. */
static void plan_cells(wn_statistics_plan *plan, size_t i, double *cells, size_t n, double *scratch, double half_span)
{
    bool sorts = plan->n_bins > 1;
    if (sorts)
        wn_doubles_sort_by(cells, scratch, n);
    plan->centre[i] = sorts ? wn_quantile_sorted(cells, n, 0.5) : wn_quantile_select(cells, n, 0.5);
    plan->exponent[i] = choose_exponent(cells, n, plan->centre[i], half_span);
    for (size_t k = 1; k < plan->n_bins; k++)
        plan->edges[i * (plan->n_bins - 1) + k - 1] = wn_quantile_sorted(cells, n, (double)k / (double)plan->n_bins);
}

static void plan_column(wn_statistics_plan *plan, size_t i, const wn_recipe_column *column, double *cells, size_t n,
                        double *scratch)
{
    double ends[2], no_cells[2];
    clean_range(column, &ends[0], &ends[1]);
    double half_span = ends[1] / 2 - ends[0] / 2;
    plan_cells(plan, i, n > 0 ? cells : ends, n > 0 ? n : 2, n > 0 ? scratch : no_cells, half_span);
}

/* As cells are, by what the encoder knows of its training rows. */
static wn_status plan_known(wn_statistics_plan *plan, size_t i, const wn_encoder *encoder)
{
    wn_status status = WN_OK;
    double sample[ENCODER_SAMPLE] = {0}, scratch[ENCODER_SAMPLE];
    size_t n = 0;
    TRY(encoder->ops->sample(encoder->state, i - encoder->first, sample, ENCODER_SAMPLE, &n));
    plan_cells(plan, i, sample, n > 0 ? n : 1, scratch, 0);
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
static wn_status plan_sampled(const wn_ranks *ranks, wn_statistics_plan *plan, const wn_encoder *encoder,
                              const wn_recipe *recipe, const wn_pilot *pilot, double *cells)
{
    wn_status status = WN_OK;
    double *features = NULL, greatest = encoder->ops->greatest(encoder->state);
    size_t size = encoder->ops->size(encoder->state);
    wn_raw_rows rows = {.cells = {.data = pilot->cells}, .n_rows = pilot->n_rows, .n_cols = pilot->n_cols};
    TRY(wn_memory_new((void **)&features, pilot->n_rows, size * sizeof *features, __func__));
    TRY(encoder->ops->apply(encoder, recipe, &rows, features, size));
    for (size_t f = 0; f < size; f++) {
        size_t n = 0;
        if (!is_mine(ranks, encoder->first + f))
            continue;
        for (size_t i = 0; i < pilot->n_rows; i++)
            if (!isnan(features[i * size + f]))
                cells[n++] = features[i * size + f];
        double *own = n > 0 ? cells : (double[]){0, greatest}, *scratch = n > 0 ? cells + n : (double[2]){0};
        plan_cells(plan, encoder->first + f, own, n > 0 ? n : 2, scratch, greatest / 2);
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

/* Every so many rows of a pilot, into new memory. */
static wn_status thin_pilot(const wn_pilot *pilot, wn_pilot *sample)
{
    wn_status status = WN_OK;
    size_t n = SAMPLE_ROWS, n_cols = pilot->n_cols;
    *sample = (wn_pilot){.n_rows = n, .n_cols = n_cols};
    TRY(wn_new(&sample->cells, n * n_cols));
    TRY(wn_new(&sample->labels, n));
    TRY(wn_new(&sample->rows, n));
    for (size_t i = 0; i < n; i++) {
        size_t from = i * pilot->n_rows / n;
        memcpy(sample->cells + i * n_cols, pilot->cells + from * n_cols, n_cols * sizeof *sample->cells);
        sample->labels[i] = pilot->labels[from];
        sample->rows[i] = pilot->rows[from];
    }
done:
    return status;
}

/* Local. This rank's features; the others stay 0. */
static wn_status plan_features(const wn_ranks *ranks, wn_statistics_plan *plan, const wn_pilot *pilot,
                               const wn_pilot *cleaned, const wn_recipe *recipe, double *cells)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < plan->n_cols; i++) {
        size_t column = recipe->feature_source[i], e = recipe->feature_encoder[i];
        if (!is_mine(ranks, i))
            continue;
        if (e == WN_NO_ENCODER)
            plan_column(plan, i, &recipe->columns[column], cells, wn_pilot_cells(cleaned, column, cells),
                        cells + pilot->n_rows);
        else if (recipe->encoders[e].ops->sample != NULL)
            TRY(plan_known(plan, i, &recipe->encoders[e]));
        else
            plan_encoded(plan, i, &recipe->encoders[e]);
    }
    for (size_t e = 0; e < recipe->n_encoders; e++)
        if (recipe->encoders[e].ops->is_sampled)
            TRY(plan_sampled(ranks, plan, &recipe->encoders[e], recipe, pilot, cells));
done:
    return status;
}

/* Local. */
static wn_status plan_part(const wn_ranks *ranks, wn_statistics_plan *plan, const wn_pilot *pilot,
                           const wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_pilot sample = {0}, cleaned = {0};
    double *cells = NULL;
    if (plan->n_bins == 0 && pilot->n_rows > SAMPLE_ROWS) {
        TRY(thin_pilot(pilot, &sample));
        pilot = &sample;
    }
    TRY(wn_clean_pilot(pilot, recipe, true, &cleaned));
    TRY(wn_new(&cells, 2 * pilot->n_rows));
    TRY(plan_features(ranks, plan, pilot, &cleaned, recipe, cells));
    if (plan->has_label)
        plan_labels(plan, &cleaned, &recipe->labels, cells);
done:
    wn_free(cells);
    wn_clean_pilot_clear(&cleaned);
    wn_clean_pilot_clear(&sample);
    return status;
}

wn_status wn_statistics_plan_init(const wn_ranks *ranks, wn_statistics_plan *plan, const wn_pilot *pilot,
                                  const wn_recipe *recipe, bool has_label, size_t n_bins)
{
    wn_status status = wn_statistics_plan_new(plan, recipe, has_label, n_bins);
    if (status == WN_OK)
        status = plan_part(ranks, plan, pilot, recipe);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_unite(ranks, plan->centre, plan->n_cols * sizeof *plan->centre));
    TRY(wn_ranks_unite(ranks, plan->exponent, plan->n_cols * sizeof *plan->exponent));
    if (n_bins > 1)
        TRY(wn_ranks_unite(ranks, plan->edges, plan->n_cols * (n_bins - 1) * sizeof *plan->edges));
done:
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
