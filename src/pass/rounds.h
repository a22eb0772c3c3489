/* rounds.h - errors and stop requests among ranks that work at their own pace. Private to src/pass.
 * One Iallreduce is outstanding at any time: a round. A rank that still works looks at it after every block and joins
 * the next round when it is complete; a rank that has finished or failed waits in rounds. A round's result is the same
 * on all ranks, so all leave after the same round: the first that brings a fault, or in which nobody works any more. */
#ifndef WINNOW_ROUNDS_H
#define WINNOW_ROUNDS_H

#include "winnow/ranks.h"

typedef struct {
    const wn_ranks *ranks;
    MPI_Request request;
    int64_t sent[2], result[2]; /* status, whether the rank still works */
    bool is_over;
} wn_rounds;

/* Collective. Posts the first round. */
WN_MUST_USE wn_status wn_rounds_begin(wn_rounds *rounds, const wn_ranks *ranks);

/* Local. Progresses; true once a round told of a fault: stop working. */
bool wn_rounds_poll(wn_rounds *rounds);

/* Collective. Takes part until all have finished or one failed; then the agreed status, whose message is the failing
 * rank's. */
WN_MUST_USE wn_status wn_rounds_finish(wn_rounds *rounds, wn_status status);

#endif
