#include "plan_windows.h"

#include "winnow/cells.h"
#include "winnow/profile.h"
#include "winnow/sizes.h"

#include <math.h>

enum { QUARTILES = 3, TAILS = 2 };
enum { NARROWING = 128 << 10 }; /* bytes a window: buckets of one pass, and what they leave for the next */
/* Of cell_search.c: what a round counts, and the cells that are shared in the end. */
enum { BUCKET_COUNTS = 1 << 20, MOST_BUCKETS = 2048, LEAST_BUCKETS = 16 };
enum { FEW_CELLS = 1 << 18, MOST_FEW = 512, LEAST_FEW = 8, FEW_BYTES = 16 };
enum { STATE = 320 }; /* bytes a window: itself, its counts, its search */

/* Cells in a window: the share of the rows that the cells of the sample in it are, whose number errs by its root; five
 * times that are enough for thousands of windows. Gaps make them fewer: a column of half as many cells has windows
 * wider by the root of 2 alone. */
static double share_of_window(size_t n_sample)
{
    static const double STANDARD_ERRORS = 5;
    double share = wn_window_share(n_sample, 0.5), in_window = share * (double)n_sample;
    return in_window > 0 ? share * (1 + STANDARD_ERRORS / sqrt(in_window)) : 1;
}

static size_t cells_of_window(size_t n_sample, size_t rows)
{
    double share = share_of_window(n_sample);
    return share < 1 ? (size_t)(share * (double)rows) + 1 : rows;
}

/* Quartiles of every column; tails where some rule asks for them. */
static size_t count_windows(const wn_job *job, size_t n_columns)
{
    bool has_tails = job->clean.rule == WN_OUTLIERS_QUANTILE;
    for (size_t i = 0; i < job->clean.n_overrides; i++)
        has_tails |= job->clean.overrides[i].has_outliers && job->clean.overrides[i].rule == WN_OUTLIERS_QUANTILE;
    return n_columns * (job->has_clean && has_tails ? QUARTILES + TAILS : QUARTILES);
}

static bool seeks_clean_quartiles(const wn_job *job)
{
    bool is_robust = job->normalize.how.method == WN_NORMALIZE_ROBUST;
    for (size_t i = 0; i < job->normalize.n_overrides; i++)
        is_robust |= job->normalize.overrides[i].how.method == WN_NORMALIZE_ROBUST;
    return job->has_normalize && is_robust;
}

/* Quartiles of cleaned cells are of doubles. */
static bool takes_doubles(const wn_job *job, const wn_catalog *catalog)
{
    return !catalog->is_float32 || seeks_clean_quartiles(job);
}

/* Bytes for the cells in windows. Those of cleaned cells are as wide as the pilot alone makes them: all of them where
 * quartiles are sought, else one a column, a median of doubles that may fill. */
static size_t wanted_bytes(const wn_job *job, const wn_catalog *catalog, size_t rows, size_t n_sample, size_t n)
{
    size_t width = wn_cell_bytes(!takes_doubles(job, catalog));
    size_t raw = n * cells_of_window(wn_profile_window_rows(catalog, n_sample), rows) * width;
    size_t clean = (seeks_clean_quartiles(job) ? n
                    : job->has_clean           ? catalog->n_cells
                                               : 0) *
                   cells_of_window(n_sample, rows) * sizeof(double);
    return (raw > clean ? raw : clean) + n * WN_WINDOW_LEAST;
}

/* Beside the cells: states, and the counts of their search. */
static size_t search_bytes(size_t n_windows)
{
    size_t counts = wn_size_min(n_windows * MOST_BUCKETS, wn_size_max(n_windows * LEAST_BUCKETS, BUCKET_COUNTS));
    size_t few = wn_size_min(n_windows * MOST_FEW, wn_size_max(n_windows * LEAST_FEW, FEW_CELLS));
    return n_windows * STATE + counts * sizeof(int64_t) + 2 * few * FEW_BYTES;
}

/* What a window may take while memory is plenty. Rows that lie sorted or in groups sample worse than others: half as
 * much again; and of a value that half of a column has it holds all: NARROWING bytes, or every row. */
static size_t room_of_window(size_t wanted, size_t rows)
{
    return wn_size_max(wanted + wanted / 2, wn_size_min(rows * sizeof(double), NARROWING)) + WN_WINDOW_LEAST;
}

wn_windows_plan wn_windows_plan_of(const wn_job *job, const wn_catalog *catalog, size_t rows, size_t n_sample,
                                   size_t left)
{
    size_t n = count_windows(job, catalog->n_cells);
    size_t wanted = wanted_bytes(job, catalog, rows, n_sample, n), beside = search_bytes(n);
    left = left > beside ? left - beside : 0;
    size_t budget = wanted <= left
                        ? wn_size_max(wanted, wn_size_min(left / 2, n * room_of_window(n > 0 ? wanted / n : 0, rows)))
                        : wn_size_max(wn_size_min(left, n * NARROWING), n * WN_WINDOW_LEAST);
    return (wn_windows_plan){budget, budget + beside, wanted};
}
