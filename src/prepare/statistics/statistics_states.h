/* statistics_states.h - the states of the statistics pass: made by a plan, listed for the pass, and what is taken from
 * them once their sums are those of all ranks. Private to statistics.c. */
#ifndef WINNOW_PREPARE_STATISTICS_STATES_H
#define WINNOW_PREPARE_STATISTICS_STATES_H

#include "clean.h"
#include "clean_quartiles.h"
#include "extraction.h"
#include "folds.h"
#include "statistics_plan.h"

/* All zero before the plan is made. */
typedef struct {
    wn_statistics_plan plan;
    wn_cleaner cleaner, filler; /* filler: of a table with encoders, for quartiles */
    wn_extraction extraction;   /* of a table that is not of numbers alone */
    wn_sums sums;
    bool is_filled;  /* moments follow from the profile's: the pass does not sum them */
    wn_folds *folds; /* NULL unless asked for */
    wn_quantile_search quartiles;
} wn_statistics_states;

enum { WN_STATISTICS_STATES = WN_SUMS_STATES + 1, WN_STATISTICS_STEPS = 4 };
_Static_assert(WN_STATISTICS_STATES + WN_FOLDS_STATES <= WN_EXTRACTION_ACCUMULATORS,
               "features of a pass with the most folds go to all of its accumulators");

/* Local. By a plan that is there. The caller clears them, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_statistics_states_init(wn_statistics_states *states, wn_rows *rows, const wn_recipe *recipe,
                                                const wn_statistics_options *options);
void wn_statistics_states_clear(wn_statistics_states *states);

/* Local. Before the pass: quartiles that wn_clean_quartiles_init found to be sought are sought along with it. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_statistics_states_begin_quartiles(wn_statistics_states *states, const wn_pass *pass,
                                                           wn_rows *rows, const wn_recipe *recipe);

/* Local. The cleaner after which all gaps are filled; borrowed. */
wn_cleaner *wn_statistics_states_filler(wn_statistics_states *states);

/* Local. Steps of the pass. Returns how many. */
size_t wn_statistics_states_steps(wn_statistics_states *states, wn_rows *rows,
                                  wn_block_step steps[WN_STATISTICS_STEPS]);

/* Local. The accumulators of all rows, and behind them those of the folds, into a[WN_STATISTICS_STATES +
 * WN_FOLDS_STATES]. Returns how many. */
size_t wn_statistics_states_accumulators(wn_statistics_states *states, wn_accumulator *a);

/* Local. The integers of every state, and what they are about, into the recipe: /statistics of its file. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_statistics_states_keep(wn_statistics_states *states, wn_recipe *recipe);

/* Local. Moves what is finished out of the states. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_statistics_states_finish(wn_statistics_states *states, wn_statistics *statistics);

/* Local. What a later start needs of the pass, into a file. Fails: as wn_statistics_file_write. */
WN_MUST_USE wn_status wn_statistics_states_write(const char *path, wn_statistics_states *states,
                                                 const wn_recipe *recipe);

#endif
