#include "winnow/agreement.h"

#include "winnow/stop.h"

static bool post(wn_agreement *agreement, wn_status status, bool works)
{
    agreement->sent[0] = (int64_t)status;
    agreement->sent[1] = works ? 1 : 0;
    int code = MPI_Iallreduce(agreement->sent, agreement->result, 2, MPI_INT64_T, MPI_MAX, agreement->ranks->comm,
                              &agreement->request);
    if (code != MPI_SUCCESS)
        agreement->is_over = true;
    return code == MPI_SUCCESS;
}

wn_status wn_agreement_begin(wn_agreement *agreement, const wn_ranks *ranks)
{
    *agreement = (wn_agreement){.ranks = ranks, .request = MPI_REQUEST_NULL};
    return post(agreement, WN_OK, true) ? WN_OK : wn_fail(WN_INTERNAL, "MPI_Iallreduce failed");
}

/* A completed round either ends the work or leads to the next. */
static bool goes_on(const wn_agreement *agreement)
{
    return agreement->result[0] == (int64_t)WN_OK && agreement->result[1] != 0;
}

bool wn_agreement_poll(wn_agreement *agreement)
{
    int is_complete = 0;
    if (agreement->is_over)
        return true;
    MPI_Test(&agreement->request, &is_complete, MPI_STATUS_IGNORE);
    if (!is_complete)
        return false;
    if (goes_on(agreement))
        post(agreement, WN_OK, true);
    else
        agreement->is_over = true;
    return agreement->is_over;
}

wn_status wn_agreement_finish(wn_agreement *agreement, wn_status status)
{
    while (!agreement->is_over) {
        MPI_Wait(&agreement->request, MPI_STATUS_IGNORE);
        if (status == WN_OK && wn_stop_requested())
            status = wn_stop_fail("waiting for other ranks");
        if (goes_on(agreement))
            post(agreement, status, false);
        else
            agreement->is_over = true;
    }
    return wn_ranks_agree(agreement->ranks, status);
}
