/* job_record.h - job.yaml of a run: the job with every default filled in, and below it the checksum of that text, by
 * which a byte that changed since is found. What is read back as true goes by it; a job that a user starts does not. */
#ifndef WINNOW_JOB_RECORD_H
#define WINNOW_JOB_RECORD_H

#include "winnow/job.h"

/* Local. The file's text. Owned by the caller. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_job_record_text(const wn_job *job, char **text);

/* Local. The job of a run's job.yaml. Owned by the caller. Fails: WN_NO_INPUT; WN_BAD_DATA where it is not what the run
 * wrote; as wn_job_read. */
WN_MUST_USE wn_status wn_job_record_read(wn_job **job, const char *path);

#endif
