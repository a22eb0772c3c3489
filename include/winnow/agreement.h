/* agreement.h - errors and stop requests among ranks that work at their own pace. Where all reach the same place,
 * wn_ranks_agree is enough.
 * One Iallreduce is outstanding at any time: a round. A rank that still works looks at it after every block and joins
 * the next round when it is complete; a rank that has finished or failed waits in rounds. A round's result is the same
 * on all ranks, so all leave after the same round: the first that brings a fault, or in which nobody works any more. */
#ifndef WINNOW_AGREEMENT_H
#define WINNOW_AGREEMENT_H

#include "winnow/ranks.h"

typedef struct {
    const wn_ranks *ranks;
    MPI_Request request;
    int64_t sent[2], result[2]; /* status, whether the rank still works */
    bool is_over;
} wn_agreement;

/* Collective. Posts the first round. */
WN_MUST_USE wn_status wn_agreement_begin(wn_agreement *agreement, const wn_ranks *ranks);

/* Local. Progresses; true once a round told of a fault: stop working. */
bool wn_agreement_poll(wn_agreement *agreement);

/* Collective. Takes part until all have finished, one failed, or one was asked to stop (stop.h; those still at work
 * look themselves); then the agreed status, whose message is the failing rank's. */
WN_MUST_USE wn_status wn_agreement_finish(wn_agreement *agreement, wn_status status);

#endif
