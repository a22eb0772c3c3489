#include "quantile_search.h"

#include "winnow/memory.h"
#include "winnow/profile.h"
#include "winnow/window_sample.h"

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

/* The blocks that windows are guessed from once the pilot is there: of a table of many times as many. */
enum { LEAST_BLOCKS = 32, MOST_BLOCKS = 64 };

typedef struct {
    int64_t blocks[MOST_BLOCKS];
    size_t n_blocks, n_rows;
} sampled_blocks;

/* One in eight, held between these. */
static void choose_blocks(const wn_catalog *catalog, sampled_blocks *chosen)
{
    int64_t n = catalog->n_blocks / 8;
    n = n < LEAST_BLOCKS ? LEAST_BLOCKS : n > MOST_BLOCKS ? MOST_BLOCKS : n;
    chosen->n_blocks = wn_pilot_blocks(catalog->n_blocks, (size_t)n, chosen->blocks);
    chosen->n_rows = 0;
    for (size_t k = 0; k < chosen->n_blocks; k++)
        chosen->n_rows += wn_catalog_block(catalog, chosen->blocks[k]).n_rows;
}

size_t wn_profile_window_rows(const wn_catalog *catalog, size_t n_pilot_rows)
{
    enum { FEW_OF_BLOCKS = 4, FEW_OF_ROWS = 4 };
    sampled_blocks chosen;
    choose_blocks(catalog, &chosen);
    bool is_worth = catalog->n_blocks >= FEW_OF_BLOCKS * LEAST_BLOCKS && chosen.n_rows >= FEW_OF_ROWS * n_pilot_rows;
    return is_worth ? chosen.n_rows : n_pilot_rows;
}

/* Bytes for what windows hold of so many rows: twice what they do of random ones, of doubles. */
static size_t sample_budget(const wn_quantile_search *search, const wn_pass *pass, size_t n_pilot_rows, size_t n_rows)
{
    double cells = 2 * wn_window_share(n_pilot_rows, 0.5) * (double)n_rows;
    size_t wanted = search->n * ((size_t)cells * sizeof(double) + WN_WINDOW_LEAST);
    return pass->window_bytes > 0 && pass->window_bytes < wanted ? pass->window_bytes : wanted;
}

wn_status wn_quantile_search_narrow(wn_quantile_search *search, const wn_pilot *sample, const wn_catalog *catalog,
                                    const wn_pass *pass, const wn_block_step *steps, size_t n_steps, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_window_sample *cells = NULL;
    wn_accumulator accumulators[WN_WINDOW_SAMPLE_STATES];
    sampled_blocks chosen;
    int64_t mine[MOST_BLOCKS];
    size_t n_mine = 0;
    if (search->n_open == 0)
        return WN_OK;
    choose_blocks(catalog, &chosen);
    for (size_t k = 0; k < chosen.n_blocks; k++)
        if (chosen.blocks[k] >= pass->blocks.first && chosen.blocks[k] < pass->blocks.last)
            mine[n_mine++] = chosen.blocks[k];
    TRY(wn_ranks_agree(pass->ranks, wn_window_sample_new(&cells, search->n_cols, search->n_probabilities,
                                                         search->probability, search->windows,
                                                         sample_budget(search, pass, sample->n_rows, chosen.n_rows))));
    wn_window_sample_accumulators(cells, accumulators);
    TRY(wn_pass_run_blocks(pass, mine, n_mine, steps, n_steps, accumulators, WN_WINDOW_SAMPLE_STATES, cost));
    TRY(wn_window_sample_finish(pass->ranks, cells, search->windows));
done:
    wn_window_sample_free(cells);
    return status;
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
