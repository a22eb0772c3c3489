/* quantile_search.h - exact quantiles of columns over one or more passes: windows from a sample, and wider ones for
 * what a pass missed. measure.h makes the passes; use this where a pass that is made anyway is to bring quantiles
 * along. */
#ifndef WINNOW_PREPARE_QUANTILE_SEARCH_H
#define WINNOW_PREPARE_QUANTILE_SEARCH_H

#include "winnow/pilot.h"
#include "winnow/quantiles.h"

typedef struct {
    size_t n_cols, n_probabilities, n;
    const double *probability;    /* (n_probabilities), borrowed */
    double *found;                /* (n_cols, n_probabilities), like windows, open and missed */
    wn_window *windows;           /* empty where nothing is sought */
    unsigned char *open, *missed; /* not known yet; missed by the last pass */
    size_t n_open;
    wn_quantiles *quantiles; /* of the pass under way; NULL where nothing is open */
} wn_quantile_search;

/* Collective. For the quantiles `probability` (borrowed) of the columns of a sample of the cells, which all ranks have
 * and each sorts a part of; wanted (n_cols, n_probabilities) says which, NULL all. The caller clears it, also after a
 * failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_quantile_search_init(const wn_ranks *ranks, wn_quantile_search *search, const wn_pilot *sample,
                                              size_t n_probabilities, const double *probability,
                                              const unsigned char *wanted);
void wn_quantile_search_clear(wn_quantile_search *search);

/* Collective. Before the first pass, where wn_profile_window_rows says so: makes windows narrower, by all rows of
 * some blocks of the catalog that the steps leave; these see the rows once more in the passes. Fails: as wn_pass_run.
 */
WN_MUST_USE wn_status wn_quantile_search_narrow(wn_quantile_search *search, const wn_pilot *sample,
                                                const wn_catalog *catalog, const wn_pass *pass,
                                                const wn_block_step *steps, size_t n_steps, wn_pass_cost *cost);

/* Local. Before each pass while n_open > 0: makes `quantiles`, whose accumulator the pass takes, of pass->window_bytes.
 * Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_quantile_search_begin(wn_quantile_search *search, const wn_pass *pass);

/* Collective. After the pass: what it found goes into values (n_cols, n_probabilities; others stay), the rest stays
 * open. Nothing where nothing was open. */
WN_MUST_USE wn_status wn_quantile_search_end(const wn_ranks *ranks, wn_quantile_search *search, double *values);

#endif
