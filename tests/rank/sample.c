#include "sample.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 4096 };

static double normal(size_t row, uint64_t counter)
{
    return wn_random_normal((wn_random){7, WN_RANDOM_TEST, row}, counter);
}

static void fill_row(const sample *table, size_t i, double *cells, double *label)
{
    wn_random stream = {7, WN_RANDOM_TEST, i};
    double n_classes = (double)table->n_classes;
    *label = table->n_classes > 0 ? floor(wn_random_uniform(stream, 100) * n_classes) : 5 + 10 * normal(i, 101);
    cells[SAMPLE_SHIFTED] = normal(i, 1) + 0.3 * *label;
    cells[SAMPLE_FAR] = 1e9 + normal(i, 2) + 0.2 * *label;
    cells[SAMPLE_CONSTANT] = 0.1;
    cells[SAMPLE_SEPARATED] = 3.14 - 1.7 * *label;
    cells[SAMPLE_NOISE] = normal(i, 3);
    cells[SAMPLE_TINY] = 1e-12 * (normal(i, 4) + 0.1 * *label);
    cells[SAMPLE_STEPS] = floor(wn_random_uniform(stream, 102) * 3);
    cells[SAMPLE_TWIN] = cells[SAMPLE_SHIFTED];
}

static wn_status fill_rows(sample *table)
{
    wn_status status = WN_OK;
    TRY(wn_new(&table->cells, table->n_rows * SAMPLE_COLS));
    TRY(wn_new(&table->labels, table->n_rows));
    for (size_t i = 0; i < table->n_rows; i++)
        fill_row(table, i, table->cells + i * SAMPLE_COLS, table->labels + i);
done:
    return status;
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* Inner quantiles of every stride-th value, in place of the pilot's. edges (n_bins - 1). */
static wn_status find_edges(const double *values, size_t n, size_t stride, size_t n_bins, double *edges)
{
    wn_status status = WN_OK;
    double *sorted = NULL;
    TRY(wn_new(&sorted, n));
    for (size_t i = 0; i < n; i++)
        sorted[i] = values[i * stride];
    qsort(sorted, n, sizeof *sorted, ascending);
    for (size_t k = 1; k < n_bins; k++)
        edges[k - 1] = sorted[k * n / n_bins];
done:
    wn_free(sorted);
    return status;
}

/* The accumulators of one pass. */
typedef struct {
    wn_moments *moments;
    wn_gram *gram;
    wn_contingency *contingency;
    wn_block *block;
    double *class_edges;
} states;

static void clear_states(states *s)
{
    wn_free(s->class_edges);
    wn_block_free(s->block);
    wn_contingency_free(s->contingency);
    wn_gram_free(s->gram);
    wn_moments_free(s->moments);
}

static wn_status new_gram(const sample *table, wn_gram **gram)
{
    double centre[SAMPLE_COLS], classes[WN_MAX_CLASSES];
    int exponent[SAMPLE_COLS] = {0};
    memcpy(centre, table->cells, sizeof centre);
    exponent[SAMPLE_TINY] = -40;
    for (size_t k = 0; k < table->n_classes; k++)
        classes[k] = (double)k;
    wn_gram_shape shape = {.n_cols = SAMPLE_COLS,
                           .centre = centre,
                           .exponent = exponent,
                           .n_classes = table->n_classes,
                           .classes = classes,
                           .has_label = true,
                           .label_centre = 4,
                           .label_exponent = 3,
                           .n_rows = (int64_t)table->n_rows};
    return wn_gram_new(gram, &shape);
}

static wn_status new_states(const sample *table, states *s)
{
    wn_status status = WN_OK;
    wn_statistics *statistics = table->statistics;
    size_t n_bins = statistics->n_bins, n_classes = statistics->n_classes;
    TRY(wn_new(&statistics->edges, SAMPLE_COLS * (n_bins - 1)));
    for (size_t c = 0; c < SAMPLE_COLS; c++)
        TRY(find_edges(table->cells + c, table->n_rows, SAMPLE_COLS, n_bins, statistics->edges + c * (n_bins - 1)));
    TRY(wn_new(&s->class_edges, n_classes));
    if (table->n_classes == 0)
        TRY(find_edges(table->labels, table->n_rows, 1, n_bins, s->class_edges));
    for (size_t k = 1; k < table->n_classes; k++)
        s->class_edges[k - 1] = (double)k;
    TRY(wn_contingency_new(&s->contingency, SAMPLE_COLS, n_bins, statistics->edges, n_classes, s->class_edges));
    TRY(wn_moments_new(&s->moments, SAMPLE_COLS));
    TRY(new_gram(table, &s->gram));
    TRY(wn_block_new(&s->block, CAPACITY, SAMPLE_COLS, false));
done:
    return status;
}

static wn_status add_rows(const sample *table, states *s)
{
    wn_status status = WN_OK;
    for (size_t first = 0; first < table->n_rows; first += CAPACITY) {
        size_t n = table->n_rows - first < CAPACITY ? table->n_rows - first : CAPACITY;
        s->block->n_rows = n;
        memcpy(s->block->cells, table->cells + first * SAMPLE_COLS, n * SAMPLE_COLS * sizeof *table->cells);
        memcpy(s->block->labels, table->labels + first, n * sizeof *table->labels);
        for (size_t i = 0; i < n; i++)
            s->block->rows[i] = (int64_t)(first + i);
        TRY(wn_moments_add(s->moments, s->block));
        TRY(wn_gram_add(s->gram, s->block));
        wn_contingency_add(s->contingency, s->block);
    }
done:
    return status;
}

static wn_status make_statistics(sample *table, size_t n_bins)
{
    wn_status status = WN_OK;
    states s = {0};
    TRY(wn_new(&table->statistics, 1));
    wn_statistics *statistics = table->statistics;
    statistics->n_bins = n_bins;
    statistics->n_classes = table->n_classes > 0 ? table->n_classes : n_bins;
    TRY(new_states(table, &s));
    TRY(add_rows(table, &s));
    TRY(wn_moments_finish(s.moments, &statistics->moments));
    TRY(wn_gram_finish(s.gram, &statistics->gram));
    size_t n_counts = SAMPLE_COLS * n_bins * statistics->n_classes;
    TRY(wn_new(&statistics->contingency, n_counts));
    memcpy(statistics->contingency, wn_contingency_counts(s.contingency), n_counts * sizeof *statistics->contingency);
done:
    clear_states(&s);
    return status;
}

static wn_status make_recipe(wn_recipe **recipe)
{
    wn_status status = WN_OK;
    static char names[SAMPLE_COLS][4] = {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"};
    wn_column columns[SAMPLE_COLS];
    for (size_t i = 0; i < SAMPLE_COLS; i++)
        columns[i] = (wn_column){.name = names[i], .position = i, .place = i};
    wn_catalog catalog = {.n_columns = SAMPLE_COLS, .columns = columns};
    TRY(wn_recipe_new(recipe, &catalog));
done:
    return status;
}

static wn_status make(sample *table, size_t n_bins)
{
    wn_status status = WN_OK;
    TRY(fill_rows(table));
    TRY(make_statistics(table, n_bins));
    TRY(make_recipe(&table->recipe));
done:
    return status;
}

bool sample_fill(sample *table, size_t n_rows, size_t n_classes, size_t n_bins)
{
    *table = (sample){.n_rows = n_rows, .n_classes = n_classes};
    return CHECK_OK(make(table, n_bins));
}

void sample_clear(sample *table)
{
    wn_recipe_free(table->recipe);
    wn_statistics_free(table->statistics);
    wn_free(table->labels);
    wn_free(table->cells);
}

sample_column sample_source(const sample *table, size_t feature)
{
    return (sample_column)table->recipe->feature_source[feature];
}
