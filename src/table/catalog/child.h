/* child.h - runs a task in a child process, so that a crash in it is a status here. */
#ifndef WINNOW_TABLE_CHILD_H
#define WINNOW_TABLE_CHILD_H

#include "winnow/status.h"

#include <stdio.h>

/* What the child does: prints to `out`, and may not count on anything it changes being seen by its parent. */
typedef wn_status (*wn_child_task)(void *context, FILE *out);

/* Local. Runs the task in a child; what it prints goes on to `out` (NULL: nowhere). Returns its status and message;
 * WN_BAD_DATA, naming the HDF5 file it had opened last, where it died. Fails: WN_IO where no child can be started. */
WN_MUST_USE wn_status wn_child_run(wn_child_task task, void *context, FILE *out);

#endif
