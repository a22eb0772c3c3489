#include "truth.h"

#include "normal.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>

enum { FILE_BYTES = 256 << 20, CHUNK_BYTES = 512 << 10, MOST_FILES = 100000 };

/* The identities of the draws of a truth. */
typedef enum { DRAW_ROLES, DRAW_SOURCES, DRAW_STRENGTHS, DRAW_SHIFTS, DRAW_LOADINGS, DRAW_PLACES, DRAW_CODES } draw;

static wn_random stream_of(const wn_truth *truth, draw identity)
{
    return (wn_random){truth->options.seed, WN_RANDOM_TABLE, identity};
}

static double uniform(const wn_truth *truth, draw identity, size_t counter)
{
    return wn_random_uniform(stream_of(truth, identity), counter);
}

static double normal(const wn_truth *truth, draw identity, size_t counter)
{
    return wn_normal_quantile(uniform(truth, identity, counter) + 0x1p-54);
}

int64_t wn_truth_gap(wn_store_type type)
{
    switch (type) {
    case WN_STORE_UINT8:
        return UINT8_MAX;
    case WN_STORE_INT8:
        return INT8_MIN;
    case WN_STORE_INT16:
        return INT16_MIN;
    default:
        return INT32_MIN; /* also of 64 bits: a double holds it */
    }
}

wn_store_type wn_truth_code_type(const wn_truth *truth)
{
    size_t n = truth->options.n_levels;
    return n <= INT8_MAX ? WN_STORE_INT8 : n <= INT16_MAX ? WN_STORE_INT16 : WN_STORE_INT32;
}

size_t wn_truth_code_bytes(const wn_truth *truth)
{
    size_t n = 2; /* c0 */
    for (size_t most = truth->options.n_levels; truth->options.has_texts && most > 10; most = (most + 9) / 10)
        n++;
    return truth->options.has_texts ? n : wn_store_bytes(wn_truth_code_type(truth));
}

wn_store_type wn_truth_label_type(const wn_truth *truth)
{
    if (truth->options.n_classes > 0)
        return WN_STORE_INT32;
    return truth->options.type == WN_STORE_FLOAT64 ? WN_STORE_FLOAT64 : WN_STORE_FLOAT32;
}

bool wn_truth_category_tells(size_t category)
{
    return category % 2 == 0;
}

float wn_truth_category_shift(const wn_truth *truth, size_t target)
{
    if (truth->options.n_classes == 0)
        return 1.0f;
    return 3.0f * ((float)target / (float)(truth->options.n_classes - 1) - 0.5f);
}

/* Everything about files and chunks that was left to the size of the table; nothing about ranks. */
static void settle_files(wn_generate_options *options)
{
    size_t row_bytes = options->n_columns * wn_store_bytes(options->type);
    if (options->n_files == 0) {
        double files = ceil((double)options->n_rows * (double)row_bytes / FILE_BYTES);
        options->n_files = files < MOST_FILES ? (size_t)files : MOST_FILES;
        if ((int64_t)options->n_files > options->n_rows)
            options->n_files = (size_t)options->n_rows;
    }
    size_t rows = 1;
    while (2 * rows * row_bytes <= CHUNK_BYTES && rows < 8192)
        rows *= 2;
    if (options->is_chunked && options->chunk_rows == 0)
        options->chunk_rows = rows;
    if (!options->is_chunked)
        options->chunk_rows = 0;
}

static int compare_sizes(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* A random part of the columns is informative, another redundant. */
static wn_status draw_roles(wn_truth *truth)
{
    const wn_generate_options *o = &truth->options;
    int64_t *order = NULL;
    wn_status status = wn_new(&order, o->n_columns);
    if (status != WN_OK)
        return status;
    wn_random_permutation(stream_of(truth, DRAW_ROLES), o->n_columns, order);
    for (size_t i = 0; i < o->n_informative; i++)
        truth->informative[i] = (size_t)order[i];
    for (size_t i = 0; i < o->n_redundant; i++) {
        truth->redundant[i] = (size_t)order[o->n_informative + i];
        truth->source[i] = wn_random_below(wn_random_bits(stream_of(truth, DRAW_SOURCES), i), o->n_informative);
    }
    qsort(truth->informative, o->n_informative, sizeof *truth->informative, compare_sizes);
    qsort(truth->redundant, o->n_redundant, sizeof *truth->redundant, compare_sizes);
    wn_free(order);
    return WN_OK;
}

/* Each informative column shares 0.2 to 0.6 of its variance within classes with the factors. */
static void draw_loadings(wn_truth *truth)
{
    size_t m = truth->options.n_informative, n_factors = truth->options.n_factors;
    for (size_t i = 0; i < m; i++) {
        double shared = n_factors > 0 ? 0.2 + 0.4 * uniform(truth, DRAW_STRENGTHS, m + i) : 0, squares = 0;
        for (size_t k = 0; k < n_factors; k++) {
            double g = normal(truth, DRAW_LOADINGS, i * n_factors + k);
            squares += g * g;
        }
        for (size_t k = 0; k < n_factors; k++)
            truth->loading[k * m + i] =
                (float)(normal(truth, DRAW_LOADINGS, i * n_factors + k) * sqrt(shared / squares));
        truth->unique[i] = (float)sqrt(1 - shared);
    }
}

/* Directions: means of the classes about 0 whose deviation is the column's strength, 0.5 to 1.5. */
static void draw_shifts(wn_truth *truth)
{
    size_t m = truth->options.n_informative;
    for (size_t i = 0; i < m; i++) {
        double mean = 0, squares = 0, strength = 0.5 + uniform(truth, DRAW_STRENGTHS, i);
        truth->strength[i] = strength;
        if (truth->options.n_classes == 0) {
            truth->shift[i] = (float)(normal(truth, DRAW_SHIFTS, i) < 0 ? -strength : strength);
            continue;
        }
        for (size_t k = 0; k < truth->n_targets; k++)
            mean += truth->priors[k] * normal(truth, DRAW_SHIFTS, i * truth->n_targets + k);
        for (size_t k = 0; k < truth->n_targets; k++) {
            double g = normal(truth, DRAW_SHIFTS, i * truth->n_targets + k) - mean;
            squares += truth->priors[k] * g * g;
        }
        for (size_t k = 0; k < truth->n_targets; k++)
            truth->shift[k * m + i] =
                (float)((normal(truth, DRAW_SHIFTS, i * truth->n_targets + k) - mean) * strength / sqrt(squares));
    }
}

/* Centres and scales that differ by column, and leave room for outliers in narrow integers. */
static void draw_places(wn_truth *truth)
{
    for (size_t j = 0; j < truth->options.n_columns; j++) {
        double u = uniform(truth, DRAW_PLACES, 3 * j), v = uniform(truth, DRAW_PLACES, 3 * j + 1);
        double width = (1 + v) * ldexp(0.25, (int)(4 * uniform(truth, DRAW_PLACES, 3 * j + 2)));
        double centre = 0, scale = 2;
        switch (truth->options.type) {
        case WN_STORE_FLOAT32:
        case WN_STORE_FLOAT64:
            centre = 20 * u - 10, scale = width;
            break;
        case WN_STORE_UINT8:
            centre = 127;
            break;
        case WN_STORE_INT8:
            break;
        case WN_STORE_INT16:
            centre = floor(200 * u) - 100, scale = 16 * width;
            break;
        default:
            centre = floor(2000 * u) - 1000, scale = 256 * width;
        }
        truth->centre[j] = (float)centre;
        truth->scale[j] = (float)scale;
    }
}

static void set_classes(wn_truth *truth, const double *priors)
{
    double sum = 0, total = 0;
    size_t n = truth->options.n_classes;
    for (size_t k = 0; k < n; k++)
        total += priors ? priors[k] : 1;
    for (size_t k = 0; k < n; k++) {
        truth->priors[k] = (priors ? priors[k] : 1) / total;
        sum += truth->priors[k];
        truth->class_end[k] = k + 1 < n ? (int64_t)floor(sum * (double)truth->n_unique + 0.5) : truth->n_unique;
        if (truth->class_end[k] > truth->n_unique)
            truth->class_end[k] = truth->n_unique;
    }
}

static wn_status set_levels(wn_truth *truth)
{
    wn_status status = WN_OK;
    int64_t *order = NULL;
    size_t n = truth->options.n_levels;
    double sum = 0, total = 0;
    TRY(wn_new(&order, n));
    for (size_t l = 0; l < n; l++)
        total += 1.0 / (double)(l + 1);
    for (size_t l = 0; l + 1 < n; l++) {
        sum += 1.0 / (double)(l + 1) / total;
        truth->threshold[l] = (float)wn_normal_quantile(sum < 1 ? sum : 1 - 0x1p-53);
    }
    for (size_t c = 0; c < truth->options.n_categories; c++) {
        wn_random stream = stream_of(truth, DRAW_CODES);
        stream.identity += c;
        wn_random_permutation(stream, n, order);
        for (size_t l = 0; l < n; l++)
            truth->code[c * n + l] = (int32_t)order[l];
    }
done:
    wn_free(order);
    return status;
}

static wn_status reserve(wn_truth *truth)
{
    wn_status status = WN_OK;
    const wn_generate_options *o = &truth->options;
    size_t m = o->n_informative;
    TRY(wn_new(&truth->informative, m));
    TRY(wn_new(&truth->redundant, o->n_redundant));
    TRY(wn_new(&truth->source, o->n_redundant));
    TRY(wn_new(&truth->strength, m));
    TRY(wn_new(&truth->weight, truth->n_targets * m));
    TRY(wn_new(&truth->intercept, truth->n_targets));
    TRY(wn_new(&truth->loading, o->n_factors * m));
    TRY(wn_new(&truth->unique, m));
    TRY(wn_new(&truth->shift, truth->n_targets * m));
    TRY(wn_new(&truth->centre, o->n_columns));
    TRY(wn_new(&truth->scale, o->n_columns));
    TRY(wn_new(&truth->priors, o->n_classes));
    TRY(wn_new(&truth->class_end, o->n_classes));
    TRY(wn_new(&truth->threshold, o->n_levels));
    TRY(wn_new(&truth->code, o->n_categories * o->n_levels));
done:
    return status;
}

wn_status wn_truth_new(wn_truth **truth, const wn_generate_options *options)
{
    wn_status status = WN_OK;
    wn_truth *t = NULL;
    TRY(wn_new(&t, 1));
    t->options = *options;
    settle_files(&t->options);
    t->n_unique = options->n_rows - (int64_t)floor(options->duplicates * (double)options->n_rows + 0.5);
    t->n_unique = t->n_unique > 0 ? t->n_unique : 1;
    t->n_targets = options->n_classes > 0 ? options->n_classes : 1;
    TRY(reserve(t));
    t->options.priors = t->priors;
    set_classes(t, options->priors);
    TRY(draw_roles(t));
    draw_loadings(t);
    draw_shifts(t);
    draw_places(t);
    TRY(wn_truth_weigh(t));
    if (options->n_categories > 0)
        TRY(set_levels(t));
    *truth = t;
    t = NULL;
done:
    wn_truth_free(t);
    return status;
}

void wn_truth_free(wn_truth *truth)
{
    if (truth == NULL)
        return;
    void *const parts[] = {truth->informative, truth->redundant, truth->source,    truth->strength,  truth->weight,
                           truth->intercept,   truth->loading,   truth->unique,    truth->shift,     truth->centre,
                           truth->scale,       truth->priors,    truth->class_end, truth->threshold, truth->code};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        wn_free(parts[i]);
    wn_free(truth);
}
