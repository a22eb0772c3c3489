#include "winnow/target_codes.h"

#include "winnow/exact_sum.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <string.h>

struct wn_target_sums {
    size_t n_codes, n_folds, n_classes;
    size_t width;      /* integers of a cell */
    size_t n;          /* of all */
    int64_t *integers; /* (n_codes, n_folds, width): rows, then an exact sum of the targets or rows by class; owned */
};

/* A group of rows: how many, and a sum of their targets. */
typedef struct {
    int64_t rows;
    wn_exact_sum sum;
} group;

size_t wn_target_fold(uint64_t seed, uint64_t row, size_t n_folds)
{
    wn_random stream = {seed, WN_RANDOM_FOLDS, row};
    return (size_t)wn_random_below(wn_random_bits(stream, 0), n_folds);
}

static size_t width_of(size_t n_classes)
{
    return 1 + (n_classes > 0 ? n_classes : WN_EXACT_SUM_SIZE);
}

size_t wn_target_sums_bytes(size_t n_codes, size_t n_folds, size_t n_classes)
{
    return n_codes * n_folds * width_of(n_classes) * sizeof(int64_t);
}

wn_status wn_target_sums_new(wn_target_sums **sums, size_t n_codes, size_t n_folds, size_t n_classes)
{
    wn_status status = WN_OK;
    wn_target_sums *made = NULL;
    TRY(wn_new(&made, 1));
    *made = (wn_target_sums){n_codes, n_folds, n_classes, width_of(n_classes), 0, NULL};
    made->n = n_codes * n_folds * made->width;
    TRY(wn_new(&made->integers, made->n));
    *sums = made;
    made = NULL;
done:
    wn_target_sums_free(made);
    return status;
}

void wn_target_sums_free(wn_target_sums *sums)
{
    if (sums == NULL)
        return;
    wn_free(sums->integers);
    wn_free(sums);
}

static int64_t *cell_of(const wn_target_sums *sums, size_t code, size_t fold)
{
    return sums->integers + (code * sums->n_folds + fold) * sums->width;
}

static wn_exact_sum *sum_of(int64_t *cell)
{
    return (wn_exact_sum *)(void *)(cell + 1);
}

void wn_target_sums_add_class(wn_target_sums *sums, size_t code, size_t fold, size_t class_index)
{
    int64_t *cell = cell_of(sums, code, fold);
    cell[0]++;
    cell[1 + class_index]++;
}

void wn_target_sums_add_value(wn_target_sums *sums, size_t code, size_t fold, double target)
{
    int64_t *cell = cell_of(sums, code, fold);
    cell[0]++;
    wn_exact_sum_add(sum_of(cell), target);
}

void wn_target_sums_normalize(wn_target_sums *sums)
{
    if (sums->n_classes == 0)
        for (size_t i = 0; i < sums->n; i += sums->width)
            wn_exact_sum_normalize(sum_of(sums->integers + i));
}

int64_t *wn_target_sums_integers(wn_target_sums *sums, size_t *n)
{
    *n = sums->n;
    return sums->integers;
}

int64_t wn_target_sums_rows(const wn_target_sums *sums, size_t code)
{
    int64_t rows = 0;
    for (size_t fold = 0; fold < sums->n_folds; fold++)
        rows += cell_of(sums, code, fold)[0];
    return rows;
}

size_t wn_target_sums_features(const wn_target_sums *sums)
{
    return sums->n_classes > 2 ? sums->n_classes : 1;
}

/* Which class's rows a feature counts: the second of two. */
static size_t class_of(const wn_target_sums *sums, size_t feature)
{
    return sums->n_classes == 2 ? 1 : feature;
}

/* Adds a cell to the group as one feature sees it. */
static void join(group *all, const wn_target_sums *sums, size_t code, size_t fold, size_t feature)
{
    int64_t *cell = cell_of(sums, code, fold);
    all->rows += cell[0];
    if (sums->n_classes == 0)
        wn_exact_sum_merge(&all->sum, sum_of(cell));
    else
        wn_exact_sum_add(&all->sum, (double)cell[1 + class_of(sums, feature)]);
}

/* The rows of a code, or of all codes where it is n_codes, in all folds but one (n_folds leaves none out). */
static group rows_outside(const wn_target_sums *sums, size_t code, size_t left_out, size_t feature)
{
    group all = {0};
    size_t first = code < sums->n_codes ? code : 0, end = code < sums->n_codes ? code + 1 : sums->n_codes;
    for (size_t c = first; c < end; c++)
        for (size_t fold = 0; fold < sums->n_folds; fold++)
            if (fold != left_out)
                join(&all, sums, c, fold, feature);
    return all;
}

static double mean_outside(const wn_target_sums *sums, size_t left_out, size_t feature)
{
    group all = rows_outside(sums, sums->n_codes, left_out, feature);
    if (all.rows == 0)
        all = rows_outside(sums, sums->n_codes, sums->n_folds, feature);
    return all.rows > 0 ? wn_exact_sum_round(&all.sum) / (double)all.rows : 0;
}

void wn_target_sums_finish(const wn_target_sums *sums, double smooth, double *codes)
{
    size_t n_features = wn_target_sums_features(sums);
    for (size_t fold = 0; fold <= sums->n_folds; fold++)
        for (size_t k = 0; k < n_features; k++) {
            double mean = mean_outside(sums, fold, k);
            for (size_t code = 0; code < sums->n_codes; code++) {
                group own = rows_outside(sums, code, fold, k);
                double weight = (double)own.rows + smooth;
                double *at = codes + (fold * sums->n_codes + code) * n_features + k;
                *at = weight > 0 ? (wn_exact_sum_round(&own.sum) + smooth * mean) / weight : mean;
            }
        }
}
