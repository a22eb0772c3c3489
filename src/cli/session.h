/* session.h - MPI for the verbs that run on many ranks, from its start to one status for all. */
#ifndef WINNOW_CLI_SESSION_H
#define WINNOW_CLI_SESSION_H

#include "winnow/log.h"
#include "winnow/ranks.h"

/* Collective. Starts MPI (FUNNELED, errors are returned), lets rank 0 speak, and turns SIGTERM and SIGUSR1 into stop
 * requests. Fails: WN_INTERNAL, told; MPI is then not up. */
wn_status wn_session_open(wn_ranks *ranks, wn_log_level level);

/* Local. A session of this process alone, without MPI, whose start takes longer than small work: for verbs that many
 * ranks may share but that need none, where no launcher asks for them. */
void wn_session_open_alone(wn_ranks *ranks, wn_log_level level);

/* Collective. Rank 0 prints "winnow: cause" where status is not WN_OK; ends MPI where it was started. Returns the
 * largest status of all ranks: the exit status of each. */
wn_status wn_session_close(const wn_ranks *ranks, wn_status status);

/* Local. Whether mpirun, srun or another launcher has started this process. */
bool wn_session_is_launched(void);

/* Collective. For a process that ends with a status before MPI was up: under a launcher all ranks meet first, since it
 * kills the others, rank 0 before its message, when one ends with a status that is not 0. */
void wn_session_leave(wn_status status);

#endif
