/* options.h - what the command line of `winnow run` says. */
#ifndef WINNOW_OPTIONS_H
#define WINNOW_OPTIONS_H

#include "winnow/log.h"
#include "winnow/run_directory.h"

typedef struct {
    const char *job;             /* path of the job file */
    const char *const *settings; /* --set KEY=VALUE */
    size_t n_settings;
    const char *out; /* NULL: the job's output.directory */
    wn_resume resume;
    wn_log_level level;
    double max_hours;    /* stop at a checkpoint after this time; 0: no limit but Slurm's */
    double hang_minutes; /* a rank, or a read, without a sign of life for so long hangs; 0: not watched */
    const char *outcome; /* a file that a word on the end is appended to; NULL: none */
} wn_run_options;

#endif
