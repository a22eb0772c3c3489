/* job_profile.h - a job as the sums of its profile keep it: profile_sums.h. */
#ifndef WINNOW_JOB_PROFILE_H
#define WINNOW_JOB_PROFILE_H

#include "winnow/job.h"

/* Local. Whether no row is held back or dropped by others: else a profile cannot be added to those of other files. */
bool wn_job_profile_adds(const wn_job *job);

/* Local. For a new recipe whose rules are set: begins to keep its profile's sums, or says why they do not add, by what
 * the profile itself follows from. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_job_profile_sums(const wn_job *job, const wn_catalog *catalog, wn_recipe *recipe);

/* Local. For the finished recipe: the sums get the job's options, or give way to the reason why they do not add after
 * all (what was ranked, reduced or scaled by quantiles). Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_job_profile_close(const wn_job *job, wn_recipe *recipe);

/* Local. The sections that a profile follows from as YAML, every default filled in: input, clean, normalize, extract.
 * Owned by the caller. */
WN_MUST_USE wn_status wn_job_profile_text(const wn_job *job, char **yaml);

/* Local. The job of a text that wn_job_text or wn_job_profile_text made; `path` is for messages. */
WN_MUST_USE wn_status wn_job_read_text(wn_job **job, const char *yaml, const char *path, wn_job_errors *errors);

#endif
