#include "winnow/generate.h"
#include "winnow/sizes.h"

#include "truth.h"

#include <limits.h>
#include <math.h>

enum { MOST_COLUMNS = 1 << 20, MOST_CLASSES = 10000, MOST_FACTORS = 1024, MOST_LEVELS = 1 << 24, MOST_FILES = 100000 };

wn_generate_options wn_generate_defaults(int64_t n_rows, size_t n_columns)
{
    size_t n_informative = wn_size_min(32, (n_columns + 3) / 4);
    return (wn_generate_options){.n_rows = n_rows,
                                 .n_columns = n_columns,
                                 .n_classes = 2,
                                 .n_informative = n_informative,
                                 .n_redundant = wn_size_min(16, n_columns / 8),
                                 .n_factors = wn_size_min(4, n_informative),
                                 .correlation = 0.9,
                                 .separation = 2,
                                 .noise = 0.05,
                                 .type = WN_STORE_FLOAT32};
}

/* A share that is at least 0 and below 1 (NaN is neither). */
static bool is_share(double value)
{
    return value >= 0 && value < 1;
}

static wn_status check_columns(const wn_generate_options *o)
{
    if (o->n_rows < 1 || o->n_rows > INT64_C(1) << 48)
        return wn_fail(WN_USAGE, "rows are 1 to 2^48");
    if (o->n_columns < 1 || o->n_columns > MOST_COLUMNS)
        return wn_fail(WN_USAGE, "columns are 1 to %d", MOST_COLUMNS);
    if (o->n_informative > o->n_columns || o->n_redundant > o->n_columns - o->n_informative)
        return wn_fail(WN_USAGE, "informative and redundant columns are at most the %zu columns", o->n_columns);
    if (o->n_redundant > 0 && o->n_informative == 0)
        return wn_fail(WN_USAGE, "redundant columns follow informative ones, of which there are none");
    if (o->n_factors > MOST_FACTORS)
        return wn_fail(WN_USAGE, "factors are at most %d", MOST_FACTORS);
    if (o->n_categories > MOST_COLUMNS || o->n_levels > MOST_LEVELS || (o->n_categories > 0 && o->n_levels < 2))
        return wn_fail(WN_USAGE, "categories are at most %d columns of 2 to %d levels", MOST_COLUMNS, MOST_LEVELS);
    return WN_OK;
}

/* What a truth keeps in memory, on every rank. */
static wn_status check_truth(const wn_generate_options *o)
{
    const size_t most = (size_t)1 << 26, m = o->n_informative;
    if (o->n_categories * o->n_levels > most)
        return wn_fail(WN_USAGE, "categories have at most %zu levels, all columns together", most);
    if (o->n_classes * m > most || o->n_factors * m > most)
        return wn_fail(WN_USAGE, "informative columns x classes, and x factors, are at most %zu", most);
    return WN_OK;
}

static wn_status check_target(const wn_generate_options *o)
{
    if (o->n_classes == 1 || o->n_classes > MOST_CLASSES)
        return wn_fail(WN_USAGE, "classes are 2 to %d", MOST_CLASSES);
    for (size_t k = 0; o->priors != NULL && k < o->n_classes; k++)
        if (!(o->priors[k] > 0) || !isfinite(o->priors[k]))
            return wn_fail(WN_USAGE, "priors are above 0");
    if (!is_share(o->noise) || (o->n_classes == 0 && o->noise < 1e-4))
        return wn_fail(WN_USAGE, "noise is a share from 0 (of a regression from 0.0001) to below 1");
    if (!(o->separation > 0 && o->separation <= 1000))
        return wn_fail(WN_USAGE, "separation is above 0, and at most 1000");
    if (!(o->correlation >= -1 && o->correlation <= 1))
        return wn_fail(WN_USAGE, "correlation is -1 to 1");
    return WN_OK;
}

static wn_status check_faults(const wn_generate_options *o)
{
    if (!is_share(o->missing) || !is_share(o->outliers) || !is_share(o->missing + o->outliers))
        return wn_fail(WN_USAGE, "missing cells and outliers are shares from 0 to below 1, together too");
    if (!is_share(o->duplicates))
        return wn_fail(WN_USAGE, "duplicates are a share from 0 to below 1");
    return WN_OK;
}

static wn_status check_files(const wn_generate_options *o)
{
    size_t row_bytes = o->n_columns * wn_store_bytes(o->type);
    if (o->n_files > MOST_FILES || (int64_t)o->n_files > o->n_rows)
        return wn_fail(WN_USAGE, "files are at most %d, and no more than rows", MOST_FILES);
    if (!o->is_chunked && (o->chunk_rows > 0 || o->compression > 0 || o->shuffle))
        return wn_fail(WN_USAGE, "a contiguous layout has no chunks and no filters");
    if (o->chunk_rows > UINT32_MAX / row_bytes)
        return wn_fail(WN_USAGE, "a chunk is smaller than 4 GiB: at most %zu rows here", UINT32_MAX / row_bytes);
    if (o->compression < 0 || o->compression > 9)
        return wn_fail(WN_USAGE, "compression is 0 to 9");
    return WN_OK;
}

wn_status wn_generate_check(const wn_generate_options *options)
{
    wn_status status = WN_OK;
    TRY(check_columns(options));
    TRY(check_target(options));
    TRY(check_truth(options));
    TRY(check_faults(options));
    TRY(check_files(options));
done:
    return status;
}
