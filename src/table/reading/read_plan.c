#include "read_plan.h"

#include "winnow/memory.h"

#include <float.h>
#include <math.h>

#define MOST_HALF 65504.0

enum { WIDEST_GAP = 16 }; /* fewer columns than this between two included ones are read along */

/* To the nearest float16, of equally near ones the even one: below 2^-14 they are multiples of 2^-24, above they have
 * 11 bits. */
static double rounded_to_half(double value)
{
    int exponent = -14;
    if (fabs(value) >= 0x1p-14)
        exponent = ilogb(value);
    return ldexp(nearbyint(ldexp(value, 10 - exponent)), exponent - 10);
}

wn_status wn_missing_values_of(const wn_dataset_info *dataset, const double *given, size_t n_given, double **values,
                               size_t *n_values)
{
    wn_status status = WN_OK;
    size_t n = 0;
    double *found = NULL;
    TRY(wn_new(&found, 3 * n_given + 1));
    if (dataset->has_fill)
        found[n++] = dataset->fill;
    for (size_t i = 0; i < n_given; i++) {
        found[n++] = given[i];
        if (dataset->has_single && fabs(given[i]) <= (double)FLT_MAX)
            found[n++] = (double)(float)given[i];
        if (dataset->has_half && fabs(given[i]) <= MOST_HALF)
            found[n++] = rounded_to_half(given[i]);
    }
    *values = found;
    *n_values = n;
done:
    return status;
}

/* Positions ascend, so one sweep cuts them into ranges. */
static void cut_ranges(wn_read_plan *plan, const wn_column *columns)
{
    for (size_t i = 0; i < plan->n_columns; i++) {
        size_t position = columns[i].position;
        wn_column_range *last = plan->n_ranges > 0 ? &plan->ranges[plan->n_ranges - 1] : NULL;
        if (last == NULL || position >= last->first + last->n + WIDEST_GAP) {
            last = &plan->ranges[plan->n_ranges++];
            *last = (wn_column_range){.first = position};
        }
        plan->ranges_width += position + 1 - (last->first + last->n);
        last->n = position + 1 - last->first;
        plan->in_ranges[i] = plan->ranges_width - 1;
        plan->in_row[i] = position;
    }
}

static wn_status fill_plan(wn_read_plan *plan, const wn_catalog *catalog, const wn_dataset_info *dataset,
                           const wn_reader_options *options)
{
    wn_status status = WN_OK;
    TRY(wn_new(&plan->ranges, plan->n_columns));
    TRY(wn_new(&plan->in_ranges, plan->n_columns));
    TRY(wn_new(&plan->in_row, plan->n_columns));
    TRY(wn_missing_values_of(dataset, options->missing_values, options->n_missing_values, &plan->missing,
                             &plan->n_missing));
    cut_ranges(plan, catalog->columns + plan->first_column);
done:
    return status;
}

wn_status wn_read_plans_new(wn_read_plan **plans, const wn_catalog *catalog, const wn_reader_options *options)
{
    wn_status status = WN_OK;
    wn_read_plan *p = NULL;
    TRY(wn_new(&p, catalog->n_datasets));
    for (size_t c = 0; c < catalog->n_columns; c++) {
        wn_read_plan *plan = &p[catalog->columns[c].dataset];
        if (plan->n_columns++ == 0)
            plan->first_column = c;
    }
    for (size_t d = 0; d < catalog->n_datasets; d++)
        TRY(fill_plan(&p[d], catalog, &catalog->datasets[d], options));
    *plans = p;
    p = NULL;
done:
    wn_read_plans_free(p, catalog);
    return status;
}

void wn_read_plans_free(wn_read_plan *plans, const wn_catalog *catalog)
{
    for (size_t d = 0; plans != NULL && d < catalog->n_datasets; d++) {
        wn_free(plans[d].ranges);
        wn_free(plans[d].in_ranges);
        wn_free(plans[d].in_row);
        wn_free(plans[d].missing);
    }
    wn_free(plans);
}
