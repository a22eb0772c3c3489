/* time_limit.h - when a run has to stop, as its options and Slurm say. Private to src/job. */
#ifndef WINNOW_JOB_TIME_LIMIT_H
#define WINNOW_JOB_TIME_LIMIT_H

#include <stdbool.h>

/* Local. Seconds from now until the run has to stop, INFINITY without a limit: the earliest of max_hours (0: none) and
 * the end of the Slurm job (SLURM_JOB_END_TIME, else what `squeue` says, which gets at most 10 s) less a margin for a
 * step, a checkpoint and run.json: a minute, or a tenth of what is left where that is less. *source says which it was.
 * In a Slurm job whose end is not known it warns, with what holds then. */
double wn_time_limit_seconds(double max_hours, const char **source);

/* Local. The time left as squeue's %L prints it: "[days-][[hours:]minutes:]seconds", or UNLIMITED (INFINITY). False for
 * anything else (INVALID, NOT_SET). */
bool wn_time_limit_parse(const char *text, double *seconds);

enum { WN_DURATION_SIZE = 40 };

/* Local. A time (seconds, finite) as people read it: "0 s", "7.5 s", "12 min 5 s", "30 h 15 min". */
void wn_duration_text(double seconds, char text[WN_DURATION_SIZE]);

#endif
