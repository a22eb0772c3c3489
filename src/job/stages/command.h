/* command.h - the command that goes on with a run, as a shell takes it. */
#ifndef WINNOW_JOB_COMMAND_H
#define WINNOW_JOB_COMMAND_H

#include "winnow/options.h"

/* Local. Of a run that was started with these options on so many ranks, in this process's working directory. New, owned
 * by the caller. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_run_command(const wn_run_options *options, int n_ranks, char **command);

#endif
