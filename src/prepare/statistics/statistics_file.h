/* statistics_file.h - the finished sums of a statistics pass in a file, with the plan they were made by: what a later
 * start reads instead of making the pass. The file is wrapped as a recipe's is (recipe_file.h). */
#ifndef WINNOW_PREPARE_STATISTICS_FILE_H
#define WINNOW_PREPARE_STATISTICS_FILE_H

#include "clean_quartiles.h"
#include "recipe_file.h"
#include "statistics_plan.h"

#include "winnow/accumulator.h"
#include "winnow/ranks.h"

/* Local. Writes plan and quartiles (nothing of them where plan is NULL) and the states' integers (sums that are those
 * of all ranks) beside `path`, syncs, renames; from where they lie: nothing is copied. Fails: WN_IO, WN_CANT_CREATE,
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_statistics_file_write(const char *path, const wn_statistics_plan *plan,
                                               wn_clean_quartiles quartiles, const wn_accumulator *accumulators,
                                               size_t n_accumulators);

/* Collective. Rank 0 opens the file, after verifying its checksum, and reads the plan and quartiles (of the
 * sizes that they have already; nothing where plan is NULL) into every rank's. Rank 0's `file` is to be closed, also
 * after a failure. Fails: WN_NO_INPUT, WN_BAD_DATA, WN_IO. */
WN_MUST_USE wn_status wn_statistics_file_open(const wn_ranks *ranks, wn_recipe_file *file, const char *path,
                                              wn_statistics_plan *plan, wn_clean_quartiles quartiles);

/* Collective. The integers of all states, in place of their own, on every rank. Fails: WN_BAD_DATA. */
WN_MUST_USE wn_status wn_statistics_file_sums(const wn_ranks *ranks, const wn_recipe_file *file,
                                              const wn_accumulator *accumulators, size_t n_accumulators);

#endif
