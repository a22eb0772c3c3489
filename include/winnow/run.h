/* run.h - a whole run: the stages of a job in their order, on all ranks. */
#ifndef WINNOW_RUN_H
#define WINNOW_RUN_H

#include "winnow/job.h"
#include "winnow/options.h"

/* Collective. Runs the job into its directory (a memory of 0 is found first): stages whose result is there are reused.
 * *summary (rank 0; a new reference, NULL elsewhere) is what run.json says. Fails: with the contract's exit status; the
 * message is the one line of cause. */
WN_MUST_USE wn_status wn_run(const wn_ranks *ranks, wn_job *job, const wn_run_options *options, json_t **summary);

#endif
