#include "quantile_search.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* Nothing is kept for a quantile that is not sought. */
static const wn_window empty_window = {INFINITY, -INFINITY};

/* The windows of a column, by its cells in the sample; cells: room for twice as many. */
static void guess_column(wn_quantile_search *search, const wn_pilot *sample, size_t i, double *cells)
{
    size_t q = search->n_probabilities, first = i * q;
    if (memchr(search->open + first, 1, q) != NULL)
        wn_windows_of_sample(cells, cells + sample->n_rows, wn_pilot_cells(sample, i, cells), q, search->probability,
                             search->windows + first);
}

/* The windows of this rank's columns: every size-th. */
static wn_status guess(const wn_ranks *ranks, wn_quantile_search *search, const wn_pilot *sample)
{
    wn_status status = WN_OK;
    double *cells = NULL;
    size_t first = (size_t)ranks->rank, step = (size_t)ranks->size;
    TRY(wn_new(&cells, 2 * sample->n_rows));
    for (size_t i = first; i < search->n_cols; i += step)
        guess_column(search, sample, i, cells);
done:
    wn_free(cells);
    return status;
}

static wn_status init(wn_quantile_search *search, const wn_pilot *sample, size_t n_probabilities,
                      const double *probability, const unsigned char *wanted)
{
    wn_status status = WN_OK;
    size_t n_cols = sample->n_cols, n = n_cols * n_probabilities;
    *search =
        (wn_quantile_search){.n_cols = n_cols, .n_probabilities = n_probabilities, .n = n, .probability = probability};
    TRY(wn_new(&search->found, n));
    TRY(wn_new(&search->windows, n));
    TRY(wn_new(&search->open, 2 * n));
    search->missed = search->open + n;
    for (size_t k = 0; k < n; k++) {
        search->open[k] = !wanted || wanted[k];
        search->n_open += search->open[k];
    }
done:
    return status;
}

wn_status wn_quantile_search_init(const wn_ranks *ranks, wn_quantile_search *search, const wn_pilot *sample,
                                  size_t n_probabilities, const double *probability, const unsigned char *wanted)
{
    wn_status status = init(search, sample, n_probabilities, probability, wanted);
    if (status == WN_OK && search->n_open > 0)
        status = guess(ranks, search, sample);
    TRY(wn_ranks_agree(ranks, status));
    if (search->n_open > 0)
        TRY(wn_ranks_unite(ranks, search->windows, search->n * sizeof *search->windows));
    for (size_t k = 0; k < search->n; k++)
        if (!search->open[k])
            search->windows[k] = empty_window;
done:
    return status;
}

void wn_quantile_search_clear(wn_quantile_search *search)
{
    wn_quantiles_free(search->quantiles);
    wn_free(search->found);
    wn_free(search->windows);
    wn_free(search->open);
    *search = (wn_quantile_search){0};
}

wn_status wn_quantile_search_begin(wn_quantile_search *search, const wn_pass *pass)
{
    wn_quantiles_free(search->quantiles);
    search->quantiles = NULL;
    if (search->n_open == 0)
        return WN_OK;
    return wn_quantiles_new(&search->quantiles, search->n_cols, search->n_probabilities, search->probability,
                            search->windows, pass->window_bytes > 0 ? pass->window_bytes : WN_WINDOW_BYTES);
}

wn_status wn_quantile_search_end(const wn_ranks *ranks, wn_quantile_search *search, double *values)
{
    wn_status status = WN_OK;
    size_t n_missed = 0;
    if (search->n_open == 0)
        return WN_OK;
    TRY(wn_quantiles_finish(ranks, search->quantiles, search->found, search->windows, search->missed, &n_missed));
    for (size_t k = 0; k < search->n; k++) {
        if (search->open[k] && !search->missed[k]) {
            values[k] = search->found[k];
            search->open[k] = false;
            search->n_open--;
        }
        if (!search->open[k])
            search->windows[k] = empty_window;
    }
done:
    return status;
}
