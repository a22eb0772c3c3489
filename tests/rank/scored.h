/* scored.h - the statistics of a small table, as the statistics pass leaves them, made naively. */
#ifndef WINNOW_TESTS_RANK_SCORED_H
#define WINNOW_TESTS_RANK_SCORED_H

#include "../reduce/sums.h"

#include "winnow/ranking.h"

typedef struct {
    wn_statistics statistics;
    wn_moments_summary moments;
    double mean[SUMS_MOST_COLS], deviation[SUMS_MOST_COLS], min[SUMS_MOST_COLS], max[SUMS_MOST_COLS];
    wn_recipe *recipe;
} scored_table;

/* Local. Sums, moments and a recipe of the table; no contingency tables. False after a failed check. */
bool scored_open(scored_table *scored, const sums_table *table);
void scored_close(scored_table *scored);

#endif
