/* stage_scores.h - scores of a ranking method that reads rows, by a stage of its own: a start after a kill in what
 * follows does not read them again, nor does another choice among the same scores. Private to src/job. */
#ifndef WINNOW_JOB_STAGE_SCORES_H
#define WINNOW_JOB_STAGE_SCORES_H

#include "run_state.h"

/* How they are made: score (n_features); *told is what run.json's `rank` says of it, a new reference or NULL. */
typedef wn_status (*wn_scores_maker)(wn_run_state *state, const wn_statistics *statistics, double *score, json_t **told,
                                     wn_stage_meter *meter);

typedef struct {
    const char *name, *file; /* in the manifest, in the directory */
    const wn_hash *key;
    wn_scores_maker make; /* Collective */
} wn_scores_stage;

/* Collective. *score is new, the caller's; *told as the maker gave it, in this start or the one that made them. Fails:
 * as the maker; WN_IO, WN_CANT_CREATE, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_stage_scores(wn_run_state *state, const wn_statistics *statistics,
                                      const wn_scores_stage *stage, double **score, json_t **told);

#endif
