/* expand.h - $NAME, ${NAME} and ~ in the paths of a job. */
#ifndef WINNOW_JOB_EXPAND_H
#define WINNOW_JOB_EXPAND_H

#include "winnow/status.h"

/* Local. The path with $NAME and ${NAME} replaced by the environment's values, $$ by one dollar, and a leading ~ or
 * ~USER by a home. Nothing is run and nothing is split. *expanded is the caller's; NULL where that cannot be, and
 * *problem (also the caller's) then says why. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_path_expand(const char *path, char **expanded, char **problem);

#endif
