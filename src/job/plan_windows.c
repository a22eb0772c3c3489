#include "plan_windows.h"

#include "winnow/cells.h"
#include "winnow/quantiles.h"

enum { QUARTILES = 3, TAILS = 2 };
enum { NARROWING = 256 << 10 }; /* bytes a window: buckets of one pass, and what they leave for the next */
enum { BUCKET_COUNTS = 1 << 20, MOST_BUCKETS = 2048, LEAST_BUCKETS = 16 }; /* of cell_search.c */
enum { STATE = 320 }; /* bytes a window: itself, its counts, its search */

/* Windows are guessed for no gaps; with half of the cells missing they hold this much more of the others. Of a value
 * that half of a column has they hold all: while memory is plenty they get room for NARROWING bytes, or for every row.
 */
static const double GAPS = 1.5;

/* Quartiles of every column; tails where some rule asks for them. */
static size_t count_windows(const wn_job *job, size_t n_columns)
{
    bool has_tails = job->clean.rule == WN_OUTLIERS_QUANTILE;
    for (size_t i = 0; i < job->clean.n_overrides; i++)
        has_tails |= job->clean.overrides[i].has_outliers && job->clean.overrides[i].rule == WN_OUTLIERS_QUANTILE;
    return n_columns * (job->has_clean && has_tails ? QUARTILES + TAILS : QUARTILES);
}

/* Quartiles of cleaned cells are of doubles. */
static bool takes_doubles(const wn_job *job, const wn_catalog *catalog)
{
    bool is_robust = job->normalize.how.method == WN_NORMALIZE_ROBUST;
    for (size_t i = 0; i < job->normalize.n_overrides; i++)
        is_robust |= job->normalize.overrides[i].how.method == WN_NORMALIZE_ROBUST;
    return !catalog->is_float32 || (job->has_normalize && is_robust);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Beside the cells: states, and the counts of their search. */
static size_t search_bytes(size_t n_windows)
{
    size_t counts = least(n_windows * MOST_BUCKETS, larger(n_windows * LEAST_BUCKETS, BUCKET_COUNTS));
    return n_windows * STATE + counts * sizeof(int64_t);
}

wn_windows_plan wn_windows_plan_of(const wn_job *job, const wn_catalog *catalog, size_t rows, size_t n_sample,
                                   size_t left)
{
    size_t n = count_windows(job, catalog->n_cells);
    double share = GAPS * wn_window_share(n_sample, 0.5);
    size_t cells = share < 1 ? (size_t)(share * (double)rows) + 1 : rows;
    size_t width = wn_cell_bytes(!takes_doubles(job, catalog));
    size_t wanted = n * (cells * width + WN_WINDOW_LEAST), beside = search_bytes(n);
    left = left > beside ? left - beside : 0;
    size_t budget = wanted <= left
                        ? larger(wanted, least(left / 2, n * least(rows * width + WN_WINDOW_LEAST, NARROWING)))
                        : larger(least(left, n * NARROWING), n * WN_WINDOW_LEAST);
    return (wn_windows_plan){budget, budget + beside, wanted};
}
