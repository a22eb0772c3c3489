/* job_fit.h - whether what a job says of columns by name fits what they hold. Which columns a name means is in
 * job_rules.h; section-wide choices need no fit, they go to the columns that they suit. */
#ifndef WINNOW_JOB_FIT_H
#define WINNOW_JOB_FIT_H

#include "winnow/job.h"

/* Local. One entry of input.types, clean.overrides or normalize.overrides beside all columns of a recipe, whose kinds
 * are set. Fails: WN_BAD_DATA naming the key, the entry and the first column that it makes no sense for. */
WN_MUST_USE wn_status wn_job_type_fit(const wn_job *job, size_t entry, const wn_recipe *recipe);
WN_MUST_USE wn_status wn_job_clean_fit(const wn_job *job, size_t entry, const wn_recipe *recipe);
WN_MUST_USE wn_status wn_job_normalize_fit(const wn_job *job, size_t entry, const wn_recipe *recipe);

#endif
