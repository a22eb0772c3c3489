#include "rounds.h"

static bool post(wn_rounds *rounds, wn_status status, bool works)
{
    rounds->sent[0] = (int64_t)status;
    rounds->sent[1] = works ? 1 : 0;
    int code =
        MPI_Iallreduce(rounds->sent, rounds->result, 2, MPI_INT64_T, MPI_MAX, rounds->ranks->comm, &rounds->request);
    if (code != MPI_SUCCESS)
        rounds->is_over = true;
    return code == MPI_SUCCESS;
}

wn_status wn_rounds_begin(wn_rounds *rounds, const wn_ranks *ranks)
{
    *rounds = (wn_rounds){.ranks = ranks, .request = MPI_REQUEST_NULL};
    return post(rounds, WN_OK, true) ? WN_OK : wn_fail(WN_INTERNAL, "MPI_Iallreduce failed");
}

/* A completed round either ends the work or leads to the next. */
static bool goes_on(const wn_rounds *rounds)
{
    return rounds->result[0] == (int64_t)WN_OK && rounds->result[1] != 0;
}

bool wn_rounds_poll(wn_rounds *rounds)
{
    int is_complete = 0;
    if (rounds->is_over)
        return true;
    MPI_Test(&rounds->request, &is_complete, MPI_STATUS_IGNORE);
    if (!is_complete)
        return false;
    if (goes_on(rounds))
        post(rounds, WN_OK, true);
    else
        rounds->is_over = true;
    return rounds->is_over;
}

wn_status wn_rounds_finish(wn_rounds *rounds, wn_status status)
{
    while (!rounds->is_over) {
        MPI_Wait(&rounds->request, MPI_STATUS_IGNORE);
        if (goes_on(rounds))
            post(rounds, status, false);
        else
            rounds->is_over = true;
    }
    return wn_ranks_agree(rounds->ranks, status);
}
