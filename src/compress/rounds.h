/* rounds.h - when fine-tuning takes snapshots and applies decisions, and what compression asks of the background stage
 * besides its public functions. Private to src/compress. */
#ifndef WINNOW_COMPRESS_ROUNDS_H
#define WINNOW_COMPRESS_ROUNDS_H

#include "decision.h"

#include "winnow/background.h"

enum { WN_MAX_ROUNDS = 8 };

/* A snapshot at one step, a decision that takes effect at another. */
typedef struct {
    int64_t snapshot, apply;
    double sparsity;
} wn_round;

/* Local. The rounds of n_steps steps from first_step on, from one sparsity to another by the gradual schedule: at most
 * n_rounds, in the first half, so that the second half trains under one mask. Returns how many there are: at least one,
 * with steps or without. Round r is applied no later than round r+1 takes its snapshot. */
size_t wn_rounds_fill(wn_round *rounds, size_t n_rounds, int64_t first_step, int64_t n_steps, double from, double to);

/* Collective. Plans rounds for the steps to come; those before must have been taken. */
void wn_background_plan(wn_background *background, const wn_round *rounds, size_t n_rounds);

/* Collective. Without waiting for a step: a decision on this network (with projection), taken at once. */
WN_MUST_USE wn_status wn_background_decide(wn_background *background, int64_t step, const wn_network *network,
                                           double sparsity);

/* Local. The first step of fine-tuning: n_dense_steps. */
int64_t wn_background_first_step(const wn_background *background);

/* Local. Goes back to a mask (copied) that was in force before, or to all 1 (NULL). */
void wn_background_go_back(wn_background *background, const unsigned char *mask);

/* Local. How many decisions were taken, and the last one. */
int64_t wn_background_n_decisions(const wn_background *background);
wn_decision wn_background_last(const wn_background *background);

/* Local. The latest decision whose mask has this hash; SIZE_MAX if there is none. */
size_t wn_background_find(const wn_background *background, wn_hash hash);

/* Collective. What was done so far, into the report. */
WN_MUST_USE wn_status wn_background_report(wn_background *background, wn_compress_report *report);

#endif
